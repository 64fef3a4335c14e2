from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import cache

import phonenumbers
import pytest

from tracker.catalogue.service import shipped_categories
from tracker.demo.rules import containers
from tracker.demo.rules.days import HOLIDAYS, busyness, days_since_tabaski, is_open, opening_days
from tracker.demo.rules.exports import OPENING_GRAMS, UNSORTED
from tracker.demo.rules.loads import IN_BULK, MOBILES, Line, Piece
from tracker.demo.rules.scenes import BIG, Drafting, PayAtOnce, Receiving, Scene, Sending, Slip, Sorting, Visit
from tracker.demo.rules.story import RETIRED, Setting, story
from tracker.demo.service import FAX, shipped_menus, shipped_names
from tracker.values import phone
from tracker.values.mass import GRAMS_PER_TONNE

PIECES = {
    each.code: Piece(each.typical_unit_grams, each.min_unit_grams, each.max_unit_grams)
    for each in [*shipped_categories(), FAX]
}
AFTERNOON = datetime(2026, 11, 24, 15, 30)  # noqa: DTZ001 - what the depot's wall clock shows
LATER = ((0, 0), (5, 1), (38, -9), (94, 0), (290, 2))
TODAYS = [AFTERNOON + timedelta(days=days, hours=hours) for days, hours in LATER]
"""A weekday, a Sunday, New Year's morning before the depot opens, in spring, in the rain."""
MONTHS = (3, 24)


@cache
def told(today: datetime = AFTERNOON, months: int = 24) -> tuple[Scene, ...]:
    return tuple(story(Setting(today, months, PIECES, shipped_names(), shipped_menus())))


def visits(scenes: tuple[Scene, ...]) -> list[Visit]:
    return [scene for scene in scenes if isinstance(scene, Visit)]


def lines() -> Iterator[Line]:
    """As they stand in the end."""
    slips = [scene for scene in told() if isinstance(scene, Slip)]
    wrong = {slip.of.tag for slip in slips}
    for load in [visit.load for visit in visits(told()) if visit.tag not in wrong] + [slip.load for slip in slips]:
        yield from load


def year(number: int) -> list[date]:
    return [date(number, 1, 1) + timedelta(days=i) for i in range(365)]


def test_the_feast_is_where_calendars_print_it_or_a_day_beside() -> None:
    printed = [date(2024, 6, 16), date(2025, 6, 6), date(2026, 5, 27)]
    assert all(abs(days_since_tabaski(day + timedelta(days=2)) - 2) <= 1 for day in printed)


def test_sundays_and_feasts_are_closed() -> None:
    days = opening_days(date(2026, 1, 1), date(2026, 12, 31))
    assert not {day for day in year(2026) if day.weekday() == 6} & set(days)
    assert not any(is_open(day) for day in (date(2026, 9, 22), date(2026, 1, 1)))
    assert len(days) == 365 - 52 - len(HOLIDAYS) - 1


def test_the_rain_is_slow_and_the_end_of_the_year_is_not() -> None:
    assert busyness(date(2026, 8, 4)) < busyness(date(2026, 3, 3)) < busyness(date(2026, 12, 1))
    assert busyness(date(2026, 6, 9)) > busyness(date(2026, 7, 14))


@pytest.mark.parametrize("months", MONTHS)
@pytest.mark.parametrize("today", TODAYS, ids=str)
def test_whatever_the_day_the_story_holds_everything(today: datetime, months: int) -> None:
    scenes = told(today, months)
    drafts = [scene for scene in scenes if isinstance(scene, Drafting)]
    sent, received = (sum(isinstance(scene, kind) for scene in scenes) for kind in (Sending, Receiving))
    assert len(drafts) > sent > received > 0
    assert {line.category for visit in visits(scenes) for line in visit.load} | {RETIRED} == set(PIECES)
    assert all(8 <= sum(each.container.grams.values()) / GRAMS_PER_TONNE <= 12 for each in drafts[:-1])
    assert all(visit.at <= today and is_open(visit.at.date()) for visit in visits(scenes))


@pytest.mark.parametrize("months", MONTHS)
@pytest.mark.parametrize("today", TODAYS, ids=str)
def test_nothing_leaves_that_has_not_come(today: datetime, months: int) -> None:
    """What is taken back never counts: the verbs would refuse it otherwise."""
    wrong = {scene.of.tag for scene in told(today, months) if isinstance(scene, Slip)}
    held = dict.fromkeys(PIECES, 0) | {UNSORTED: OPENING_GRAMS}
    for scene in told(today, months):
        for code, grams in moved(scene, wrong):
            held[code] += grams
        assert min(held.values()) >= 0


def moved(scene: Scene, wrong: set[int]) -> Iterator[tuple[str, int]]:
    """What the scene adds to the stock of the depot that ships, and takes from it."""
    match scene:
        case Visit(depot=depot, load=load) if depot == BIG and scene.tag not in wrong:
            yield from ((line.category, line.net) for line in load)
        case Slip(load=load) if scene.of.depot == BIG:
            yield from ((line.category, line.net) for line in load)
        case Sorting(category=category, grams=sorted_grams, out=out):
            yield from [(category, -sorted_grams), *out.items()]
        case Drafting(container=container):
            yield from ((code, -grams) for code, grams in container.grams.items())


def test_a_mobile_in_bulk_weighs_what_it_weighs_in_the_workshops() -> None:
    bulk = [each for each in lines() if each.category in MOBILES and (each.pieces or 0) >= IN_BULK and each.gross]
    assert len(bulk) > 300
    assert all(148 * (each.pieces or 0) <= each.net <= 156 * (each.pieces or 0) for each in bulk)


def test_lines_hold_tares_and_refuse_and_some_are_only_counted() -> None:
    assert {bool(each.tare) for each in lines()} == {bool(each.refused) for each in lines()} == {True, False}
    assert any(each.gross is None for each in lines())
    assert all(each.net > 0 for each in lines())


def test_a_few_bring_most_of_it() -> None:
    by_person: dict[str, int] = {}
    for visit in visits(told()):
        by_person[visit.person.name] = by_person.get(visit.person.name, 0) + sum(line.net for line in visit.load)
    heaviest = sorted(by_person.values(), reverse=True)
    assert 200 < len(by_person) < 500
    assert sum(heaviest[: len(heaviest) // 10]) > sum(heaviest) // 2
    assert 80 * GRAMS_PER_TONNE < sum(heaviest) < 160 * GRAMS_PER_TONNE


def test_every_telephone_has_the_right_shape_and_rings_nobody() -> None:
    phones = {visit.person.phone for visit in visits(told()) if visit.person.phone}
    numbers = [phonenumbers.parse(phone.normalise(each)) for each in phones]
    assert not [each for each in numbers if phonenumbers.is_valid_number(each)]


def test_what_is_paid_is_taken_back_only_afterwards() -> None:
    (payment,) = (scene for scene in told() if isinstance(scene, PayAtOnce))
    (void,) = (scene for scene in told() if isinstance(scene, Slip) and scene.of == payment.of)
    assert payment.of.at < payment.at < void.at
    assert not void.load


def test_a_container_says_its_check_digit() -> None:
    assert containers.container_number(305438)[:10] == "DEMU305438"
    assert containers.check_digit("CSQU305438") == 3
