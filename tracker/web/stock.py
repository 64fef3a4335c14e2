"""What each depot holds, and the movements it is the sum of."""

from flask import render_template

from tracker.accounts.policy import Permission
from tracker.catalogue.queries import depots
from tracker.db import Session
from tracker.stock import queries
from tracker.values.actor import Actor
from tracker.web.door import Pages, category_names, whole
from tracker.web.forms.filters import next_address
from tracker.web.forms.stock import KIND_NAMES, MovementFilters

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
    found = queries.movements(reading, actor, form.wanted(), after=whole("after"))
    return render_template(
        "stock/movements.html",
        form=form,
        found=found,
        next_url=next_address(found.after),
        names=category_names(reading),
        KIND_NAMES=KIND_NAMES,
    )
