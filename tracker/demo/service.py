"""Telling the story: every entry goes through the verbs that the counter calls, at the moment it is said to happen."""

import csv
import json
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import singledispatchmethod
from importlib import resources
from itertools import groupby
from uuid import UUID

import sqlalchemy as sa

from tracker.accounts.models import Account
from tracker.accounts.policy import Permission, require
from tracker.accounts.service import NewAccount, add_account
from tracker.catalogue.models import CountedBy, Depot, Hazard
from tracker.catalogue.queries import categories_by_code, depot_coded
from tracker.catalogue.service import CategoryDetails, DepotDetails, add_category, add_depot, retire_category
from tracker.db import Database, Session
from tracker.demo.rules.chance import rng_of
from tracker.demo.rules.days import opening_day_after
from tracker.demo.rules.exports import OPENING_GRAMS, UNSORTED
from tracker.demo.rules.loads import Dish, Load, Menus, Piece
from tracker.demo.rules.people import Names, Person
from tracker.demo.rules.scenes import (
    BIG,
    SMALL,
    Cashing,
    Drafting,
    PayAtOnce,
    Receiving,
    Retiring,
    Review,
    Scene,
    Sending,
    Slip,
    Sorting,
    Visit,
)
from tracker.demo.rules.story import REFUSED, RETIRED, WITHDRAWN, Setting, collected_after, first_day, story
from tracker.intake.models import DropOff
from tracker.intake.rules import Entered
from tracker.intake.service import NewDropOff, accept_drop_off, replace_drop_off, void_drop_off
from tracker.payouts.queries.due import Due, dues
from tracker.payouts.queries.queue import queue
from tracker.payouts.service import approve, pay, refuse, withdraw
from tracker.people.models import Depositor, Kind
from tracker.people.service import NewDepositor, add_depositor
from tracker.shipments.models import Shipment
from tracker.shipments.rules import LineEntered
from tracker.shipments.service import NewShipment, draft_shipment, receive_shipment, send_shipment
from tracker.stock.models import StockMovement
from tracker.stock.service import NewSorting, post_opening, sort
from tracker.values.actor import CONSOLE, Actor, Role
from tracker.values.clock import Clock
from tracker.values.period import month_key

EMPTY = (Account, Depositor, DropOff, Shipment, StockMovement)
"""What a database that was only furnished holds nothing of."""
FIRST_THING = time(7, 30)
TO_THE_SCALE = timedelta(minutes=4)
"""From the weighing to the record."""
BETWEEN_TWO = timedelta(minutes=2)
"""Payouts at the desk."""
PASSWORD_BYTES = 9
FAX = CategoryDetails(RETIRED, "Télécopieur", "Fax machine", CountedBy.PIECE, 4200, 2000, 9000, Hazard.NO, "0305")
TOWN = DepotDetails(SMALL, "Ségou", "Point de collecte de Ségou")
WHY_REFUSED, WHY_WITHDRAWN = "Pièces comptées avec les coques vides", "Mauvais apporteur coché"


class BooksInUseError(RuntimeError):
    """The database holds something already."""

    def __init__(self) -> None:
        super().__init__("The database is not empty: the demonstration fills new books only.")


@dataclass(frozen=True, slots=True)
class SignIn:
    """``password`` is kept nowhere else."""

    login: str
    role: Role
    depot: str | None
    password: str


STAFF = (
    ("awa", "Awa Diarra", Role.CLERK, BIG),
    ("bakary", "Bakary Sangaré", Role.CLERK, BIG),
    ("moussa", "Moussa Keïta", Role.MANAGER, BIG),
    ("kadiatou", "Kadiatou Traoré", Role.MANAGER, BIG),
    ("salif", "Salif Coulibaly", Role.CLERK, SMALL),
    ("mariam", "Mariam Konaté", Role.MANAGER, SMALL),
    ("ibrahim", "Ibrahim Touré", Role.ADMIN, None),
    ("fanta", "Fanta Maïga", Role.AUDITOR, None),
)


@dataclass(slots=True)
class StoryTime:
    """What the story's clock reads."""

    moment: datetime

    def __call__(self) -> datetime:
        return self.moment


def begun(database: Database, months: int) -> Database:
    """The same books, while the clock stands where the story begins: new ones are to be furnished on that day."""
    return _at(database, StoryTime(_first_morning(database.clock, months)))


def fill(database: Database, months: int, tell: Callable[[str], None]) -> list[SignIn]:
    """The last ``months`` of a depot that never was, whole or not at all; ``tell`` hears each month as it begins.

    Raises ``BooksInUseError``.
    """
    require(CONSOLE, Permission.FILL_DEMO)
    now, story_time = database.clock.now(), StoryTime(_first_morning(database.clock, months))
    with _at(database, story_time).writing() as session:
        _refuse_used(session)
        teller = _Teller(session, story_time)
        sign_ins = teller.prepare()
        for month, scenes in groupby(story(_setting(session, now, months)), key=_month):
            tell(month)
            for scene in scenes:
                teller.tell(scene)
    return sign_ins


def _month(scene: Scene) -> str:
    return month_key(scene.at.date())


def _at(database: Database, story_time: StoryTime) -> Database:
    return replace(database, clock=Clock(database.clock.zone, story_time))


def _first_morning(clock: Clock, months: int) -> datetime:
    return clock.at(datetime.combine(first_day(clock.local(clock.now()), months), FIRST_THING))


def _setting(session: Session, now: datetime, months: int) -> Setting:
    """``now`` is an instant; the story goes by the depot's wall clock."""
    pieces = {
        code: Piece(each.typical_unit_grams, each.min_unit_grams, each.max_unit_grams)
        for code, each in categories_by_code(session).items()
    }
    return Setting(session.clock.local(now).replace(tzinfo=None), months, pieces, shipped_names(), shipped_menus())


def shipped_names() -> Names:
    names: Names = json.loads(resources.files("tracker.demo").joinpath("names.json").read_text(encoding="utf-8"))
    return names


def shipped_menus() -> Menus:
    menus: dict[str, list[Dish]] = {}
    with resources.files("tracker.demo").joinpath("menus.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            dish = Dish(row["category"], int(row["percent"]), int(row["low"]), int(row["high"]), row["in"] == "pieces")
            menus.setdefault(row["habit"], []).append(dish)
    return menus


def _refuse_used(session: Session) -> None:
    for table in EMPTY:
        if session.scalars(sa.select(table.id).limit(1)).first() is not None:
            raise BooksInUseError
    if session.scalars(sa.select(sa.func.count()).select_from(Depot)).one() != 1:
        raise BooksInUseError


class _Teller:
    """Says each scene to the verbs, and remembers the keys that they answer."""

    def __init__(self, session: Session, story_time: StoryTime) -> None:
        self._session, self._time = session, story_time
        self._rng = rng_of("ids")
        self._actors: dict[str, Actor] = {}
        self._depots: dict[str, int] = {}
        self._depositors: dict[tuple[str, Person], int] = {}
        self._drop_offs: dict[int, int] = {}
        self._shipments: dict[int, int] = {}
        self._to_hand_over: dict[str, list[tuple[date, int]]] = {BIG: [], SMALL: []}
        self._reviewed = self._approved = 0

    def prepare(self) -> list[SignIn]:
        """What is there on the first morning: the depots, the staff, a category, and what stood in the yard."""
        self._depots[BIG] = depot_coded(self._session, CONSOLE, BIG).id
        self._depots[SMALL] = add_depot(self._session, CONSOLE, TOWN)
        sign_ins = [self._hire(*each) for each in STAFF]
        add_category(self._session, self._actors["ibrahim"], FAX)
        self._ids = {code: category.id for code, category in categories_by_code(self._session).items()}
        today = self._session.clock.today()
        post_opening(self._session, CONSOLE, self._depots[BIG], self._ids[UNSORTED], OPENING_GRAMS, today)
        return sign_ins

    def _hire(self, login: str, name: str, role: Role, depot: str | None) -> SignIn:
        password = secrets.token_urlsafe(PASSWORD_BYTES)
        depot_id = self._depots[depot] if depot else None
        key = add_account(self._session, CONSOLE, NewAccount(login, password, role, depot_id, name))
        self._actors[login] = Actor(key, login, role, depot_id)
        return SignIn(login, role, depot, password)

    def tell(self, scene: Scene) -> None:
        self._time.moment = self._session.clock.at(scene.at)
        self._told(scene)

    @singledispatchmethod
    def _told(self, scene: Scene) -> None:
        raise TypeError(f"nobody knows how to tell {type(scene).__name__}")

    @_told.register
    def _visited(self, scene: Visit) -> None:
        actor = self._actors[scene.by]
        self._drop_offs[scene.tag] = accept_drop_off(self._session, actor, self._brought(scene)).drop_off_id

    def _brought(self, scene: Visit) -> NewDropOff:
        return NewDropOff(
            client_id=UUID(int=self._rng.getrandbits(128), version=4),
            depot_id=self._depots[scene.depot],
            depositor_id=self._depositor(scene),
            weighed_at=self._session.clock.now() - TO_THE_SCALE,
            lines=_entered(scene.load),
        )

    def _depositor(self, scene: Visit) -> int:
        """Written down at the first visit."""
        person, key = scene.person, (scene.depot, scene.person)
        if key not in self._depositors:
            new = NewDepositor(self._depots[scene.depot], Kind(person.kind), person.name, person.phone)
            self._depositors[key] = add_depositor(self._session, self._actors[scene.by], new)
        return self._depositors[key]

    @_told.register
    def _slipped(self, scene: Slip) -> None:
        actor, wrong = self._actors[scene.by], self._drop_offs[scene.of.tag]
        if scene.load:
            right = replace(self._brought(scene.of), lines=_entered(scene.load))
            replaced = replace_drop_off(self._session, actor, wrong, scene.reason, right)
            self._drop_offs[scene.of.tag] = replaced.drop_off_id
        else:
            void_drop_off(self._session, actor, wrong, scene.reason)

    @_told.register
    def _sorted(self, scene: Sorting) -> None:
        """By the operator: no role has a page for it yet."""
        inputs = {self._ids[scene.category]: scene.grams}
        out = {self._ids[code]: grams for code, grams in scene.out.items()}
        day = self._session.clock.today()
        sort(self._session, CONSOLE, NewSorting(self._depots[BIG], day, inputs, out, scene.loss))

    @_told.register
    def _drafted(self, scene: Drafting) -> None:
        container = scene.container
        new = NewShipment(
            depot_id=self._depots[BIG],
            consignee=container.consignee,
            country=container.country,
            container=container.number,
            packages=container.packages,
            lines=[LineEntered(code, grams) for code, grams in container.grams.items()],
        )
        self._shipments[scene.ordinal] = draft_shipment(self._session, self._actors[scene.by], new)

    @_told.register
    def _sent(self, scene: Sending) -> None:
        day = self._session.clock.today()
        send_shipment(self._session, self._actors[scene.by], self._shipments[scene.ordinal], day)

    @_told.register
    def _received(self, scene: Receiving) -> None:
        day = self._session.clock.today()
        receive_shipment(self._session, self._actors[scene.by], self._shipments[scene.ordinal], day, scene.grams)

    @_told.register
    def _review(self, scene: Review) -> None:
        actor = self._actors[scene.by]
        for waiting in [each for each in queue(self._session, actor).rows if each.day <= scene.up_to]:
            found = dues(self._session, waiting.depositor_id)
            ripe = [due for due in found if due.day <= scene.up_to and due.francs > 0]
            self._approve(scene, actor, waiting.depositor_id, [due for due in ripe if not self._refused(actor, due)])

    def _refused(self, actor: Actor, due: Due) -> bool:
        self._reviewed += 1
        if self._reviewed not in REFUSED:
            return False
        refuse(self._session, actor, due.drop_off_id, WHY_REFUSED)
        return True

    def _approve(self, scene: Review, actor: Actor, depositor_id: int, chosen: Sequence[Due]) -> None:
        if not chosen:
            return
        self._time.moment += BETWEEN_TWO
        self._approved += 1
        payout_id = approve(self._session, actor, depositor_id, [due.drop_off_id for due in chosen])
        if self._approved in WITHDRAWN:
            withdraw(self._session, actor, payout_id, WHY_WITHDRAWN)
        else:
            comes_on = opening_day_after(scene.at.date(), collected_after(self._approved))
            self._to_hand_over[scene.depot].append((comes_on, payout_id))

    @_told.register
    def _cash(self, scene: Cashing) -> None:
        today, to_hand_over = self._session.clock.today(), self._to_hand_over[scene.depot]
        for _, payout_id in [each for each in to_hand_over if each[0] <= today]:
            self._time.moment += BETWEEN_TWO
            self._pay(self._actors[scene.by], payout_id)
        self._to_hand_over[scene.depot] = [each for each in to_hand_over if each[0] > today]

    def _pay(self, actor: Actor, payout_id: int) -> None:
        pay(self._session, actor, payout_id, f"bon {payout_id:04d}", self._session.clock.today())

    @_told.register
    def _paid_at_once(self, scene: PayAtOnce) -> None:
        depositor_id = self._depositors[scene.of.depot, scene.of.person]
        payout_id = approve(
            self._session, self._actors[scene.approved_by], depositor_id, [self._drop_offs[scene.of.tag]]
        )
        self._time.moment += BETWEEN_TWO
        self._pay(self._actors[scene.paid_by], payout_id)

    @_told.register
    def _retire(self, scene: Retiring) -> None:
        retire_category(self._session, self._actors["ibrahim"], self._ids[scene.category])


def _entered(load: Load) -> list[Entered]:
    return [Entered(line.category, line.pieces, line.gross, line.tare, line.refused) for line in load]
