"""Depositors: found as one types, added, and shown with what they are owed."""

from flask import render_template, request
from werkzeug.wrappers import Response

from tracker.accounts.policy import Permission
from tracker.db import Session
from tracker.people import queries
from tracker.values.actor import Actor
from tracker.web.door import Pages, whole

pages = Pages("people", __name__, url_prefix="/depositors")
Page = str | tuple[str, int] | Response


@pages.reads("/find", Permission.READ_DEPOSITORS)
def find(reading: Session, actor: Actor) -> Page:
    """A piece of a page: those whom a drop-off may name, as one types."""
    found = queries.find_depositors(reading, actor, request.args.get("q", ""), depot_id=whole("depot"))
    return render_template("people/suggestions.html", found=found)
