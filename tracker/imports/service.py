"""Entering an old book: examined first, then entered whole or not at all."""

import hashlib
import hmac
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from tracker.accounts.policy import Permission, require
from tracker.audit.service import record, take_turn
from tracker.catalogue import queries as catalogue
from tracker.catalogue.queries import CategoryView
from tracker.db import Session
from tracker.errors import Invalid
from tracker.imports import queries
from tracker.imports.models import Import, ImportRow, RowState
from tracker.imports.queries import KnownRow
from tracker.imports.rules.book import Line, read_book
from tracker.imports.rules.departures import Consignment, Load, Move, Supply, consignments, load, plan
from tracker.imports.rules.openings import Opening, check_opening, missing
from tracker.imports.rules.rows import Departure, Doubt, Known, Reading, Reception, UnitRange, identity, read_row
from tracker.intake.rules import Entered
from tracker.intake.service import OldDropOff, record_drop_off
from tracker.people.queries import with_phone
from tracker.people.service import add_unnamed_depositor
from tracker.shipments.rules import LineEntered
from tracker.shipments.service import OldShipment, record_shipment
from tracker.stock.service import NewSorting, post_opening, sort
from tracker.values.actor import Actor

LONGEST_FILE_NAME = 255


@dataclass(frozen=True, slots=True)
class BookFile:
    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the book under its identity."""

    identity: str
    reading: Reading

    @property
    def number(self) -> int:
        return self.reading.line.row

    @property
    def waits(self) -> bool:
        return self.reading.entry is None


@dataclass(frozen=True, slots=True)
class Examination:
    """What entering the book would do."""

    depot_id: int
    file: BookFile
    rows: int
    fresh: Sequence[Row]
    """Those that no earlier import has kept, in the book's order."""
    waiting_still: Sequence[Row]
    """Those that an earlier import left waiting, and nobody has decided since."""
    rejected: Sequence[Line]
    """Blank ones."""
    ignored: Sequence[str]
    """Headings that mean nothing here."""

    @property
    def accepted(self) -> Sequence[Row]:
        return [row for row in self.fresh if not row.waits]

    @property
    def questioned(self) -> Sequence[Row]:
        rows = [row for row in self.fresh if row.reading.doubts]
        return sorted([*rows, *self.waiting_still], key=lambda row: row.number)

    @property
    def already_there(self) -> int:
        return self.rows - len(self.fresh) - len(self.rejected)


@dataclass(slots=True)
class Totals:
    """What one import added."""

    drop_offs: int = 0
    received_grams: int = 0
    received_pieces: int = 0
    premiums_xof: int = 0
    shipments: int = 0
    shipped_grams: int = 0
    opening_grams: int = 0
    inferred_sorting_grams: int = 0


def examine(session: Session, actor: Actor, depot_id: int, file: BookFile) -> Examination:
    """Read the book and hold it against what is there; the imports of one depot take turns.

    Raises ``NotFound``, ``Invalid("depot_retired")``, and ``Invalid`` for a file that is no such book.
    """
    require(actor, Permission.IMPORT_BOOKS, depot_id)
    if catalogue.depot(session, actor, depot_id).retired:
        raise Invalid("depot_retired", field="depot")
    take_turn(session, depot_id)
    book = read_book(file.content)
    rows = _rows(session, depot_id, [line for line in book.lines if not line.blank])
    known = queries.known_rows(session, depot_id)
    sent = _loads(row for row in rows if _in_state(row, known, RowState.ACCEPTED))
    return Examination(
        depot_id=depot_id,
        file=file,
        rows=len(book.lines),
        fresh=[_beside(row, sent) for row in rows if row.identity not in known],
        waiting_still=[
            _asked_before(row, known[row.identity]) for row in rows if _in_state(row, known, RowState.WAITING)
        ],
        rejected=[line for line in book.lines if line.blank],
        ignored=book.ignored,
    )


def _rows(session: Session, depot_id: int, lines: Sequence[Line]) -> list[Row]:
    categories = catalogue.categories_by_code(session)
    known = Known(session.clock.today(), {code: _unit_range(view) for code, view in categories.items()})
    occurrences: Counter[tuple[str, ...]] = Counter()
    rows = []
    for line in lines:
        values = identity(line.cells)
        occurrences[values] += 1
        key = _digest(session.journal_key, [depot_id, *values, occurrences[values]])
        rows.append(Row(key, read_row(line, known)))
    return rows


def _unit_range(category: CategoryView) -> UnitRange | None:
    if category.min_unit_grams is None or category.max_unit_grams is None:
        return None
    return UnitRange(category.min_unit_grams, category.max_unit_grams)


def _digest(key: bytes, values: Sequence[object]) -> str:
    message = json.dumps(["import row", *values], ensure_ascii=False)
    return hmac.digest(key, message.encode(), hashlib.sha256).hex()


def _loads(rows: Iterable[Row]) -> frozenset[Load]:
    return frozenset(load(row.reading.entry) for row in rows if isinstance(row.reading.entry, Departure))


def _beside(row: Row, sent: frozenset[Load]) -> Row:
    """A book that has grown may add to a shipment that is in the books: it is entered beside that one, and told."""
    entry, doubts = row.reading.entry, row.reading.doubts
    if not isinstance(entry, Departure) or load(entry) not in sent:
        return row
    told = [*doubts, Doubt("SHIPMENT_ALREADY_THERE", blocking=False)]
    return replace(row, reading=replace(row.reading, doubts=told))


def _in_state(row: Row, known: Mapping[str, KnownRow], state: RowState) -> bool:
    return row.identity in known and known[row.identity].state is state


def _asked_before(row: Row, known: KnownRow) -> Row:
    """It waits for a person, even if today it would be let in."""
    doubts = {doubt.code: doubt for doubt in row.reading.doubts}
    asked = [doubts.get(code, Doubt(code, blocking=True)) for code in known.codes]
    return replace(row, reading=replace(row.reading, doubts=asked, entry=None))


def enter(session: Session, actor: Actor, examination: Examination, opening: Opening | None = None) -> Totals:
    """Post what was examined and keep every row; what is there already is left alone.

    Raises ``Conflict("book_stock_short")`` with the day and the grams short, ``Conflict("opening_differs")``, and
    ``Invalid`` for an opening of no category or no possible day. Nothing may be kept then.
    """
    require(actor, Permission.IMPORT_BOOKS, examination.depot_id)
    still_to_open = _still_to_open(session, examination.depot_id, opening)
    scribe = _Scribe(session, actor, examination)
    consigned = consignments([entry for _, entry in scribe.departures])
    supplies = plan([*scribe.moves(), *still_to_open], consigned)
    for move in still_to_open:
        scribe.open(move)
    for row, reception in sorted(scribe.receptions, key=lambda each: each[1].day):
        scribe.receive(row, reception)
    for consignment, supply in zip(consigned, supplies, strict=True):
        scribe.send(consignment, supply)
    scribe.keep()
    return scribe.totals


def _still_to_open(session: Session, depot_id: int, opening: Opening | None) -> list[Move]:
    if opening is None:
        return []
    check_opening(opening, catalogue.categories_by_code(session), session.clock.today())
    known = {view.category: (view.day, view.grams) for view in queries.openings(session, depot_id)}
    return [Move(opening.day, code, grams) for code, grams in missing(opening, known).items()]


class _Scribe:
    """Posts one book's entries, counts them, and remembers what each row became."""

    def __init__(self, session: Session, actor: Actor, examination: Examination) -> None:
        self._session, self._actor, self._examination = session, actor, examination
        self._depot_id = examination.depot_id
        self._ids = {code: category.id for code, category in catalogue.categories_by_code(session).items()}
        self._depositors: dict[str, int] = {}
        self._drop_offs: dict[str, int] = {}
        self._shipments: dict[str, int] = {}
        self.totals = Totals()
        entries = [(row, row.reading.entry) for row in examination.fresh]
        self.receptions = [(row, entry) for row, entry in entries if isinstance(entry, Reception)]
        self.departures = [(row, entry) for row, entry in entries if isinstance(entry, Departure)]

    def moves(self) -> list[Move]:
        """What the ledger says of each day, and what the book brings."""
        brought = [Move(entry.day, entry.category, entry.grams) for _, entry in self.receptions]
        return [*queries.moves(self._session, self._depot_id), *brought]

    def open(self, move: Move) -> None:
        category_id = self._ids[move.category]
        post_opening(self._session, self._actor, self._depot_id, category_id, move.grams, move.day)
        self.totals.opening_grams += move.grams

    def receive(self, row: Row, reception: Reception) -> None:
        line = Entered(reception.category, pieces=reception.pieces, net_grams=reception.grams)
        old = OldDropOff(
            client_id=UUID(row.identity[:32]),
            depot_id=self._depot_id,
            depositor_id=self._depositor(reception.phone),
            day=reception.day,
            lines=[line],
            slip=reception.slip,
            premium_francs=reception.premium_francs,
        )
        self._drop_offs[row.identity] = record_drop_off(self._session, self._actor, old)
        self.totals.drop_offs += 1
        self.totals.received_grams += reception.grams
        self.totals.received_pieces += reception.pieces or 0
        self.totals.premiums_xof += reception.premium_francs

    def _depositor(self, phone: str | None) -> int:
        """One per telephone; one for each row without."""
        if phone is None:
            return add_unnamed_depositor(self._session, self._actor, self._depot_id, None)
        if phone not in self._depositors:
            known = with_phone(self._session, self._depot_id, phone)
            added = known or add_unnamed_depositor(self._session, self._actor, self._depot_id, phone)
            self._depositors[phone] = added
        return self._depositors[phone]

    def send(self, consignment: Consignment, supply: Supply) -> None:
        if supply.grams:
            self._sort(consignment, supply)
        old = OldShipment(
            depot_id=self._depot_id,
            departed_on=consignment.day,
            country=consignment.country,
            consignee=consignment.consignee,
            container=consignment.container,
            lines=[LineEntered(code, grams) for code, grams in consignment.grams.items()],
        )
        shipment_id = record_shipment(self._session, self._actor, old)
        for place in consignment.rows:
            self._shipments[self.departures[place][0].identity] = shipment_id
        self.totals.shipments += 1
        self.totals.shipped_grams += sum(consignment.grams.values())

    def _sort(self, consignment: Consignment, supply: Supply) -> None:
        new = NewSorting(
            depot_id=self._depot_id,
            day=consignment.day,
            inputs={self._ids[code]: grams for code, grams in supply.inputs.items()},
            outputs={self._ids[code]: grams for code, grams in supply.outputs.items()},
            inferred=True,
        )
        sort(self._session, self._actor, new)
        self.totals.inferred_sorting_grams += supply.grams

    def keep(self) -> None:
        """The file and its rows; a book that says nothing new leaves no trace."""
        if not self._examination.fresh:
            return
        file = self._examination.file
        book = Import(
            depot_id=self._depot_id,
            file_name=file.name[:LONGEST_FILE_NAME],
            sha256=hashlib.sha256(file.content).hexdigest(),
            imported_at=self._session.clock.now(),
            account_id=self._actor.account_id,
        )
        self._session.add(book)
        self._session.flush()
        self._session.add_all(self._kept(book.id, row) for row in self._examination.fresh)
        record(self._session, self._actor, "book.imported", subject=("import", book.id), depot_id=self._depot_id)

    def _kept(self, import_id: int, row: Row) -> ImportRow:
        return ImportRow(
            import_id=import_id,
            depot_id=self._depot_id,
            row=row.number,
            identity=row.identity,
            state=RowState.WAITING if row.waits else RowState.ACCEPTED,
            codes=[doubt.code for doubt in row.reading.doubts],
            cells=dict(row.reading.line.cells) if row.waits else None,
            drop_off_id=self._drop_offs.get(row.identity),
            shipment_id=self._shipments.get(row.identity),
        )
