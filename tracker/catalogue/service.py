"""Adding, changing and retiring depots and categories; furnishing a new database."""

import csv
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from typing import TypeVar

import sqlalchemy as sa

from tracker.accounts.policy import Permission, require, require_everywhere
from tracker.audit.service import record
from tracker.catalogue import rules
from tracker.catalogue.models import Category, CountedBy, Depot, Hazard
from tracker.db import Session
from tracker.errors import Conflict, NotFound
from tracker.values.actor import Actor


@dataclass(frozen=True, slots=True)
class DepotDetails:
    code: str
    name: str
    place: str


@dataclass(frozen=True, slots=True)
class CategoryDetails:
    """``code`` counts when the category is added; afterwards it never changes, old papers carry it."""

    code: str
    name_fr: str
    name_en: str
    counted_by: CountedBy
    typical_unit_grams: int | None
    min_unit_grams: int | None
    max_unit_grams: int | None
    hazardous: Hazard
    unu_key: str


Row = TypeVar("Row", Depot, Category)

FIRST_DEPOT = DepotDetails("DES", "Dar-es-salam", "Dar-es-salam, Commune III, Bamako")


def add_depot(session: Session, actor: Actor, details: DepotDetails) -> int:
    """Raises ``Invalid`` for an unusable code or name, ``Conflict("code_taken")``.

    Who keeps one depot adds no others.
    """
    require_everywhere(actor, Permission.EDIT_CATALOGUE)
    code = rules.checked_code(details.code)
    _refuse_taken(session, Depot, code)
    depot = Depot(code=code, retired_at=None)
    _name_depot(depot, details)
    session.add(depot)
    session.flush()
    record(session, actor, "depot.added", subject=("depot", depot.id))
    return depot.id


def change_depot(session: Session, actor: Actor, depot_id: int, details: DepotDetails) -> None:
    """The name and place; the code stays, receipts carry it.

    Raises ``Invalid`` for an unusable name, ``NotFound("depot_not_found")``, also for a depot out of reach.
    """
    require(actor, Permission.EDIT_CATALOGUE)
    depot = _held_depot(session, actor, depot_id)
    _name_depot(depot, details)
    record(session, actor, "depot.changed", subject=("depot", depot.id))


def retire_depot(session: Session, actor: Actor, depot_id: int, *, retired: bool = True) -> None:
    """Retire, or bring back with ``retired=False``. The depot keeps its books. Raises as ``change_depot``."""
    require(actor, Permission.EDIT_CATALOGUE)
    depot = _held_depot(session, actor, depot_id)
    depot.retired_at = _retired_at(session, depot, retired)
    record(session, actor, "depot.retired" if retired else "depot.restored", subject=("depot", depot.id))


def add_category(session: Session, actor: Actor, details: CategoryDetails) -> int:
    """Raises ``Invalid`` for an unusable code, name or range, ``Conflict("code_taken")``."""
    require_everywhere(actor, Permission.EDIT_CATALOGUE)
    category = _new_category(session, details)
    session.flush()
    record(session, actor, "category.added", subject=("category", category.id))
    return category.id


def change_category(session: Session, actor: Actor, category_id: int, details: CategoryDetails) -> None:
    """New typical masses count for lines yet to come: lines keep the grams they were saved with."""
    require_everywhere(actor, Permission.EDIT_CATALOGUE)
    category = _held(session, Category, category_id, "category_not_found")
    _describe_category(category, details)
    record(session, actor, "category.changed", subject=("category", category.id))


def retire_category(session: Session, actor: Actor, category_id: int, *, retired: bool = True) -> None:
    """Retire, or bring back with ``retired=False``."""
    require_everywhere(actor, Permission.EDIT_CATALOGUE)
    category = _held(session, Category, category_id, "category_not_found")
    category.retired_at = _retired_at(session, category, retired)
    action = "category.retired" if retired else "category.restored"
    record(session, actor, action, subject=("category", category.id))


def furnish(session: Session, actor: Actor) -> None:
    """The first depot and the categories the product ships, in an empty catalogue; else nothing."""
    require_everywhere(actor, Permission.EDIT_CATALOGUE)
    if session.scalars(sa.select(Depot.id).limit(1)).first() is not None:
        return
    depot_id = add_depot(session, actor, FIRST_DEPOT)
    for details in shipped_categories():
        _new_category(session, details)
    record(session, actor, "catalogue.furnished", subject=("depot", depot_id))


def shipped_categories() -> list[CategoryDetails]:
    """The catalogue as the product ships it."""
    shipped = resources.files("tracker.catalogue").joinpath("categories.csv")
    with shipped.open(encoding="utf-8") as file:
        return [_details_of(row) for row in csv.DictReader(file)]


def _details_of(row: dict[str, str]) -> CategoryDetails:
    def grams(column: str) -> int | None:
        return int(row[column]) if row[column] else None

    return CategoryDetails(
        code=row["code"],
        name_fr=row["name_fr"],
        name_en=row["name_en"],
        counted_by=CountedBy(row["counted_by"]),
        typical_unit_grams=grams("typical_unit_grams"),
        min_unit_grams=grams("min_unit_grams"),
        max_unit_grams=grams("max_unit_grams"),
        hazardous=Hazard(row["hazardous"]),
        unu_key=row["unu_key"],
    )


def _name_depot(depot: Depot, details: DepotDetails) -> None:
    depot.name = rules.checked_name(details.name, "name", rules.LONGEST_NAME)
    depot.place = rules.checked_name(details.place, "place", rules.LONGEST_PLACE)


def _new_category(session: Session, details: CategoryDetails) -> Category:
    code = rules.checked_code(details.code)
    _refuse_taken(session, Category, code)
    category = Category(code=code, retired_at=None)
    _describe_category(category, details)
    session.add(category)
    return category


def _describe_category(category: Category, details: CategoryDetails) -> None:
    rules.check_unit_range(details.typical_unit_grams, details.min_unit_grams, details.max_unit_grams)
    category.name_fr = rules.checked_name(details.name_fr, "name_fr", rules.LONGEST_NAME)
    category.name_en = rules.checked_name(details.name_en, "name_en", rules.LONGEST_NAME)
    category.counted_by = details.counted_by
    category.typical_unit_grams = details.typical_unit_grams
    category.min_unit_grams = details.min_unit_grams
    category.max_unit_grams = details.max_unit_grams
    category.hazardous = details.hazardous
    category.unu_key = rules.checked_unu_key(details.unu_key)


def _refuse_taken(session: Session, table: type[Depot] | type[Category], code: str) -> None:
    if session.scalars(sa.select(table.id).where(table.code == code)).first() is not None:
        raise Conflict("code_taken", field="code", taken=code)


def _retired_at(session: Session, row: Depot | Category, retired: bool) -> datetime | None:
    """Asked twice, the first retirement stands."""
    return (row.retired_at or session.clock.now()) if retired else None


def _held_depot(session: Session, actor: Actor, depot_id: int) -> Depot:
    if not actor.reaches(depot_id):
        raise NotFound("depot_not_found")
    return _held(session, Depot, depot_id, "depot_not_found")


def _held(session: Session, table: type[Row], row_id: int, missing: str) -> Row:
    row = session.get(table, row_id, with_for_update=True)
    if row is None:
        raise NotFound(missing)
    return row
