"""Signing in, the first administrator, and the accounts that an administrator keeps."""

from collections.abc import Sequence

from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired

from tracker.accounts.rules import SHORTEST_PASSWORD
from tracker.accounts.service import AccountDetails, NewAccount
from tracker.catalogue.queries import DepotView
from tracker.i18n import lazy as _l
from tracker.values.actor import Actor, Role
from tracker.web.forms.fields import ChoiceField, Form

EVERY_DEPOT = ""
ROLE_NAMES = {
    Role.CLERK: _l("Clerk"),
    Role.MANAGER: _l("Manager"),
    Role.ADMIN: _l("Administrator"),
    Role.AUDITOR: _l("Auditor (reads only)"),
}
_PASSWORD_HINT = _l("At least %(shortest)s characters. A few words put together are easy to keep in mind.")


class SignInForm(Form):
    login = StringField(_l("Login"), [InputRequired(_l("Enter your login."))])
    password = PasswordField(_l("Password"), [InputRequired(_l("Enter your password."))])


class CodeForm(Form):
    code = StringField(
        _l("Code"), [InputRequired(_l("Enter the code that the application shows, or a recovery code."))]
    )


class _NewPassword(Form):
    password = PasswordField(_l("Password"), [InputRequired(_l("Enter a password."))])

    @property
    def password_hint(self) -> str:
        return str(_PASSWORD_HINT) % {"shortest": SHORTEST_PASSWORD}


class FirstAdminForm(_NewPassword):
    login = StringField(_l("Login"), [InputRequired(_l("Enter a login."))])
    display_name = StringField(_l("Name shown to others"))

    def command(self) -> NewAccount:
        return NewAccount(
            login=self.login.data or "",
            password=self.password.data or "",
            role=Role.ADMIN,
            display_name=self.display_name.data or "",
        )


class PasswordForm(_NewPassword):
    pass


class OwnPasswordForm(_NewPassword):
    password = PasswordField(_l("New password"), [InputRequired(_l("Enter a password."))])
    current = PasswordField(_l("Present password"), [InputRequired(_l("Enter your present password."))])


class SecondFactorForm(CodeForm):
    """The seed comes back with the code that proves it: until then nothing of it is written down."""

    seed = HiddenField()
    current = PasswordField(_l("Present password"), [InputRequired(_l("Enter your present password."))])


class _Reach(Form):
    """Role and depot: what a person may do, and where."""

    display_name = StringField(_l("Name shown to others"))
    role = ChoiceField(_l("Role"), pairs=[(role.value, name) for role, name in ROLE_NAMES.items()])
    depot = ChoiceField(_l("Depot"), description=_l("A clerk stands at one depot; the others may reach every depot."))

    def offer(self, actor: Actor, depots: Sequence[DepotView]) -> None:
        every = [(EVERY_DEPOT, _l("Every depot"))] if actor.depot_id is None else []
        self.depot.offer([*every, *((str(depot.id), depot.name) for depot in depots)])

    @property
    def depot_id(self) -> int | None:
        return int(self.depot.data) if self.depot.data else None

    def details(self) -> AccountDetails:
        return AccountDetails(self.display_name.data or "", Role(self.role.data), self.depot_id)


class NewAccountForm(_Reach, _NewPassword):
    login = StringField(_l("Login"), [InputRequired(_l("Enter a login."))])

    def command(self) -> NewAccount:
        return NewAccount(
            login=self.login.data or "",
            password=self.password.data or "",
            role=Role(self.role.data),
            depot_id=self.depot_id,
            display_name=self.display_name.data or "",
        )


class AccountForm(_Reach):
    pass
