"""Reading depots and categories."""

from dataclasses import dataclass

import sqlalchemy as sa

from tracker.catalogue.models import Category, CountedBy, Depot, Hazard
from tracker.db import Session
from tracker.errors import NotFound
from tracker.values.actor import Actor


@dataclass(frozen=True, slots=True)
class DepotView:
    id: int
    code: str
    name: str
    place: str
    retired: bool


@dataclass(frozen=True, slots=True)
class CategoryView:
    id: int
    code: str
    name_fr: str
    name_en: str
    counted_by: CountedBy
    typical_unit_grams: int | None
    min_unit_grams: int | None
    max_unit_grams: int | None
    hazardous: Hazard
    unu_key: str | None
    retired: bool

    def name(self, locale: str) -> str:
        return self.name_en if locale == "en" else self.name_fr


def depots(session: Session, actor: Actor, *, with_retired: bool = False) -> list[DepotView]:
    """The depots within the actor's reach, by name."""
    wanted = sa.select(Depot).order_by(Depot.name)
    if actor.depot_id is not None:
        wanted = wanted.where(Depot.id == actor.depot_id)
    if not with_retired:
        wanted = wanted.where(Depot.retired_at.is_(None))
    return [_depot_view(depot) for depot in session.scalars(wanted)]


def depot(session: Session, actor: Actor, depot_id: int) -> DepotView:
    """Raises ``NotFound("depot_not_found")``, also for a depot out of the actor's reach."""
    found = session.get(Depot, depot_id) if actor.reaches(depot_id) else None
    if found is None:
        raise NotFound("depot_not_found", field="depot", depot=depot_id)
    return _depot_view(found)


def depot_coded(session: Session, actor: Actor, code: str) -> DepotView:
    """Raises ``NotFound("depot_not_found")``."""
    found = session.scalars(sa.select(Depot).where(Depot.code == code.strip().upper())).one_or_none()
    if found is None or not actor.reaches(found.id):
        raise NotFound("depot_not_found", field="depot", depot=code)
    return _depot_view(found)


def categories(session: Session, *, with_retired: bool = False) -> list[CategoryView]:
    """In the order of the catalogue: as they were added."""
    wanted = sa.select(Category).order_by(Category.id)
    if not with_retired:
        wanted = wanted.where(Category.retired_at.is_(None))
    return [_category_view(category) for category in session.scalars(wanted)]


def categories_by_code(session: Session) -> dict[str, CategoryView]:
    """Retired ones too: old drop-offs name them."""
    return {category.code: category for category in categories(session, with_retired=True)}


def category(session: Session, category_id: int) -> CategoryView:
    """Raises ``NotFound("category_not_found")``."""
    found = session.get(Category, category_id)
    if found is None:
        raise NotFound("category_not_found", category=category_id)
    return _category_view(found)


def _depot_view(depot: Depot) -> DepotView:
    return DepotView(depot.id, depot.code, depot.name, depot.place, depot.retired_at is not None)


def _category_view(category: Category) -> CategoryView:
    return CategoryView(
        id=category.id,
        code=category.code,
        name_fr=category.name_fr,
        name_en=category.name_en,
        counted_by=category.counted_by,
        typical_unit_grams=category.typical_unit_grams,
        min_unit_grams=category.min_unit_grams,
        max_unit_grams=category.max_unit_grams,
        hazardous=category.hazardous,
        unu_key=category.unu_key,
        retired=category.retired_at is not None,
    )
