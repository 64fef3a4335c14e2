"""What each depot holds, and the movements it is the sum of."""

from flask import Response, render_template, url_for

from tracker.accounts.policy import Permission
from tracker.catalogue.queries import depots
from tracker.db import Session
from tracker.registers import MOVEMENTS
from tracker.stock import queries
from tracker.values.actor import Actor
from tracker.web.door import Pages, category_names
from tracker.web.forms.stock import KIND_NAMES, MovementFilters
from tracker.web.lists import asked, file_of, links

pages = Pages("stock", __name__, url_prefix="/stock")


@pages.reads("/", Permission.READ_STOCK)
def index(reading: Session, actor: Actor) -> str:
    """In grams only: shipments and sortings are weighed, not counted, so nobody knows how many pieces are left."""
    return render_template(
        "stock/index.html",
        held=[balance for balance in queries.held(reading, actor) if balance.grams],
        depots={depot.code: depot for depot in depots(reading, actor, with_retired=True)},
        names=category_names(reading),
    )


@pages.reads("/movements", Permission.READ_STOCK)
def movements(reading: Session, actor: Actor) -> str:
    form = MovementFilters(reading, actor)
    found = queries.movements(reading, actor, form.wanted(), asked(queries.ORDERS))
    return render_template(
        "stock/movements.html",
        form=form,
        found=found,
        leads=links(queries.ORDERS, found, url_for(".register")),
        names=category_names(reading),
        KIND_NAMES=KIND_NAMES,
    )


@pages.reads("/movements.csv", Permission.READ_STOCK)
def register(reading: Session, actor: Actor) -> Response:
    wanted = MovementFilters(reading, actor).wanted()
    order = asked(queries.ORDERS).order
    return file_of(MOVEMENTS, lambda unit, cut: queries.movement_rows(unit, actor, wanted, cut), order)
