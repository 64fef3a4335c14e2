"""Depots and categories, as an administrator describes them."""

from wtforms import BooleanField, StringField
from wtforms.validators import InputRequired

from tracker.catalogue.models import CountedBy, Hazard
from tracker.catalogue.service import CategoryDetails, DepotDetails
from tracker.i18n import lazy as _l
from tracker.web.forms.fields import ChoiceField, Form, WholeField

COUNTED_BY_NAMES = {CountedBy.PIECE: _l("By the piece"), CountedBy.KILOGRAM: _l("By the kilogram")}
HAZARD_NAMES = {
    Hazard.NO: _l("Not hazardous"),
    Hazard.YES: _l("Hazardous"),
    Hazard.UNKNOWN: _l("Not known"),
}
CODE_STAYS = _l("Two to eight capitals or digits. It stands on every paper and cannot be changed later.")


class RetiredForm(Form):
    """Asked by GET: there is nothing to protect, and the address can be kept."""

    class Meta:
        csrf = False

    retired = BooleanField(_l("Show retired ones too"))


class DepotForm(Form):
    name = StringField(_l("Name"), [InputRequired(_l("Enter the depot's name."))])
    place = StringField(_l("Place"), [InputRequired(_l("Enter where it is: quarter, commune, town."))])

    def details(self, code: str = "") -> DepotDetails:
        return DepotDetails(code, self.name.data or "", self.place.data or "")


class NewDepotForm(DepotForm):
    code = StringField(_l("Code"), [InputRequired(_l("Enter a code, for example DES."))], description=CODE_STAYS)

    def new(self) -> DepotDetails:
        return self.details(self.code.data or "")


class CategoryForm(Form):
    name_fr = StringField(_l("Name in French"), [InputRequired(_l("Enter the name in French."))])
    name_en = StringField(_l("Name in English"), [InputRequired(_l("Enter the name in English."))])
    counted_by = ChoiceField(_l("Counted"), pairs=[(each.value, name) for each, name in COUNTED_BY_NAMES.items()])
    typical_unit_grams = WholeField(
        _l("A typical piece weighs"),
        description=_l("Stands in for a weight that was not taken. Without it, this category must be weighed."),
    )
    min_unit_grams = WholeField(_l("The lightest piece weighs"))
    max_unit_grams = WholeField(
        _l("The heaviest piece weighs"),
        description=_l("Whatever is lighter or heavier a piece is asked about before it is saved."),
    )
    hazardous = ChoiceField(_l("Hazard"), pairs=[(each.value, name) for each, name in HAZARD_NAMES.items()])
    unu_key = StringField(_l("UNU key"), description=_l("Four digits, for international statistics."))

    def details(self, code: str = "") -> CategoryDetails:
        return CategoryDetails(
            code=code,
            name_fr=self.name_fr.data or "",
            name_en=self.name_en.data or "",
            counted_by=CountedBy(self.counted_by.data),
            typical_unit_grams=self.typical_unit_grams.data,
            min_unit_grams=self.min_unit_grams.data,
            max_unit_grams=self.max_unit_grams.data,
            hazardous=Hazard(self.hazardous.data),
            unu_key=self.unu_key.data or "",
        )


class NewCategoryForm(CategoryForm):
    code = StringField(_l("Code"), [InputRequired(_l("Enter a code, for example MOB."))], description=CODE_STAYS)

    def new(self) -> CategoryDetails:
        return self.details(self.code.data or "")
