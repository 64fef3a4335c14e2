"""A row of a book: what it says, and what is doubtful about it.

A doubt that blocks leaves the row waiting for a person; another lets it in, and is told.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tracker.errors import Invalid
from tracker.imports.rules.book import IDENTIFYING, Line
from tracker.imports.rules.places import Destination, destination
from tracker.values import phone
from tracker.values.mass import GRAMS_PER_KILOGRAM, HEAVIEST
from tracker.values.period import FIRST_YEAR

UNCLASSIFIED = "NCL"
MOST_PIECES = 1_000_000
MOST_FRANCS = 1_000_000_000
LONGEST_SLIP = 60
LONGEST_CONTAINER = 20
LONGEST_CONSIGNEE = 120
_SPACES = re.compile(r"\s")
_WHOLE = re.compile(r"[+-]?[0-9]{1,15}")
_FLAG = re.compile(r"[A-Z][A-Z_]+")


class Kind(StrEnum):
    """What a row tells of, as the column ``kind`` names it."""

    RECEPTION = "reception"
    SHIPMENT = "shipment"


@dataclass(frozen=True, slots=True)
class Doubt:
    """``code`` is stable; ``entered`` is the text at fault, ``proposed`` a value by column."""

    code: str
    blocking: bool
    entered: str = ""
    proposed: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class UnitRange:
    """Grams of one piece that are believable."""

    lightest: int
    heaviest: int

    def holds(self, grams: int, pieces: int) -> bool:
        return self.lightest * pieces <= grams <= self.heaviest * pieces


@dataclass(frozen=True, slots=True)
class Known:
    """What rows are held against: today, and the categories, with a range where pieces have one."""

    today: date
    categories: Mapping[str, UnitRange | None]


@dataclass(frozen=True, slots=True)
class Reception:
    slip: str
    day: date
    category: str
    pieces: int | None
    grams: int
    phone: str | None
    """E.164."""
    premium_francs: int


@dataclass(frozen=True, slots=True)
class Departure:
    day: date
    category: str
    grams: int
    country: str
    consignee: str | None
    container: str | None


Entry = Reception | Departure


@dataclass(frozen=True, slots=True)
class Reading:
    """A row as understood; ``entry`` is empty when a doubt blocks."""

    line: Line
    doubts: Sequence[Doubt]
    entry: Entry | None


def read_row(line: Line, known: Known) -> Reading:
    reader = _Reader(line, known)
    entry = reader.entry()
    blocked = any(doubt.blocking for doubt in reader.doubts)
    return Reading(line, tuple(reader.doubts), None if blocked else entry)


def identity(cells: Mapping[str, str]) -> tuple[str, ...]:
    """The row's normalised values: the same in any encoding, and whatever the catalogue says of them today."""
    return tuple(_SPELLING.get(column, str)(cells.get(column, "")) for column in IDENTIFYING)


def whole(text: str) -> int | None:
    """A whole number, its thousands spaced or not; nothing for any other text."""
    plain = _SPACES.sub("", text)
    return int(plain) if _WHOLE.fullmatch(plain) else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _compact(text: str) -> str:
    return _SPACES.sub("", text).upper()


def _as_number(text: str) -> str:
    number = whole(text)
    return text if number is None else str(number)


_SPELLING: Mapping[str, Callable[[str], str]] = {
    "kind": str.casefold,
    "date": lambda text: str(_day(text) or text),
    "category": str.upper,
    "pieces": _as_number,
    "grams": _as_number,
    "phone_e164": lambda text: phone.search_digits(text) or text,
    "premium_xof": lambda text: _as_number(text or "0"),
    "container": _compact,
}


@dataclass(frozen=True, slots=True)
class _What:
    """What receptions and departures both say."""

    slip: str
    day: date
    category: str
    pieces: int | None
    grams: int


class _Reader:
    """Reads one row column by column and gathers the doubts in that order."""

    def __init__(self, line: Line, known: Known) -> None:
        self._line = line
        self._known = known
        self.doubts: list[Doubt] = []

    def entry(self) -> Entry | None:
        kind = self._kind()
        what = self._what(kind)
        entry: Entry | None = None
        if kind is Kind.RECEPTION:
            entry = self._reception(what)
        elif kind is Kind.SHIPMENT:
            entry = self._departure(what)
        self._earlier_doubts()
        return entry

    def _what(self, kind: Kind | None) -> _What | None:
        slip, day, category = self._slip(), self._day(), self._category(kind)
        pieces, grams = self._pieces(), self._grams()
        self._check_unit(category, pieces, grams)
        if day is None or category is None or grams is None:
            return None
        return _What(slip, day, category, pieces, grams)

    def _reception(self, what: _What | None) -> Reception | None:
        seen = self._phone(), self._premium()
        if what is None:
            return None
        return Reception(what.slip, what.day, what.category, what.pieces, what.grams, *seen)

    def _departure(self, what: _What | None) -> Departure | None:
        place, container = self._place(), self._container()
        if self._premium():
            self._doubt("PREMIUM_ON_SHIPMENT", self._text("premium_xof"), blocking=False)
        if what is None or place is None:
            return None
        return Departure(what.day, what.category, what.grams, place.country, place.consignee, container)

    def _text(self, column: str) -> str:
        return self._line.cells.get(column, "")

    def _doubt(
        self, code: str, entered: str = "", *, blocking: bool = True, proposed: Mapping[str, object] | None = None
    ) -> None:
        self.doubts.append(Doubt(code, blocking, entered, proposed))

    def _kind(self) -> Kind | None:
        text = self._text("kind").casefold()
        if text in list(Kind):
            return Kind(text)
        if text:
            self._doubt("MOVEMENT_UNKNOWN", self._text("kind"))
        else:
            self._doubt("MOVEMENT_MISSING", proposed=self._likely_kind())
        return None

    def _likely_kind(self) -> Mapping[str, object] | None:
        brought = any(self._text(column) for column in ("phone_e164", "premium_xof"))
        left = any(self._text(column) for column in ("destination", "container"))
        if brought == left:
            return None
        return {"kind": Kind.RECEPTION.value if brought else Kind.SHIPMENT.value}

    def _slip(self) -> str:
        slip = self._text("slip")
        if len(slip) > LONGEST_SLIP:
            self._doubt("SLIP_TOO_LONG", slip)
        return slip

    def _day(self) -> date | None:
        text = self._text("date")
        day = _day(text)
        if day is None:
            self._doubt("DATE_IMPOSSIBLE" if text else "DATE_MISSING", text)
        elif day > self._known.today:
            self._doubt("DATE_FUTURE", text)
        elif day.year < FIRST_YEAR:
            self._doubt("DATE_TOO_EARLY", text)
        return day

    def _category(self, kind: Kind | None) -> str | None:
        """What was brought is unclassified until someone decides; what was sent must be known."""
        text = self._text("category")
        if text.upper() in self._known.categories:
            return text.upper()
        code = "CATEGORY_UNKNOWN" if text else "CATEGORY_MISSING"
        if kind is Kind.SHIPMENT:
            self._doubt(code, text)
            return None
        self._doubt(code, text, blocking=False, proposed={"category": UNCLASSIFIED})
        return UNCLASSIFIED

    def _pieces(self) -> int | None:
        """A weight counts without a count; but an impossible count puts the whole row in doubt."""
        if not (text := self._text("pieces")):
            return None
        pieces = whole(text)
        if pieces is None:
            self._doubt("COUNT_NOT_A_NUMBER", text, blocking=False)
        elif not 0 < pieces <= MOST_PIECES:
            self._doubt("COUNT_IMPOSSIBLE", text)
        return pieces

    def _grams(self) -> int | None:
        text = self._text("grams")
        grams = whole(text)
        if (problem := _weight_problem(text, grams)) is not None:
            self._doubt(problem, text)
            return None
        return grams

    def _check_unit(self, category: str | None, pieces: int | None, grams: int | None) -> None:
        """A kilogram written as a gram, or the other way round, is the classic slip."""
        unit = self._known.categories.get(category or "")
        if unit is None or grams is None or pieces is None or pieces <= 0 or unit.holds(grams, pieces):
            return
        meant = (grams // GRAMS_PER_KILOGRAM, grams * GRAMS_PER_KILOGRAM)
        likely = next((each for each in meant if unit.holds(each, pieces)), None)
        proposed = None if likely is None else {"grams": likely}
        self._doubt("UNIT_IMPLAUSIBLE", self._text("grams"), proposed=proposed)

    def _phone(self) -> str | None:
        if not (text := self._text("phone_e164")):
            return None
        try:
            return phone.normalise(text)
        except Invalid:
            self._doubt("PHONE_INVALID", text, blocking=False)
            return None

    def _premium(self) -> int:
        text = self._text("premium_xof") or "0"
        francs = whole(text)
        if francs is None or not 0 <= francs <= MOST_FRANCS:
            self._doubt("PREMIUM_UNREADABLE", text, blocking=False)
            return 0
        return francs

    def _place(self) -> Destination | None:
        label = self._text("destination")
        place = destination(label)
        if place is None:
            self._doubt("DESTINATION_UNKNOWN" if label else "DESTINATION_MISSING", label)
        elif len(place.consignee or "") > LONGEST_CONSIGNEE:
            self._doubt("DESTINATION_TOO_LONG", label)
        return place

    def _container(self) -> str | None:
        container = _compact(self._text("container"))
        if len(container) > LONGEST_CONTAINER or not (container.isascii() and container.isprintable()):
            self._doubt("CONTAINER_INVALID", self._text("container"))
        return container or None

    def _earlier_doubts(self) -> None:
        """What an earlier reading of the book remarked, and let in; and text that stands under no heading."""
        told = {doubt.code for doubt in self.doubts}
        for flag in _FLAG.findall(self._text("flags").upper()):
            if flag not in told:
                self._doubt(flag, blocking=False)
        if self._line.overflows:
            self._doubt("ROW_TOO_LONG")


def _weight_problem(text: str, grams: int | None) -> str | None:
    if not text:
        return "WEIGHT_MISSING"
    if grams is None:
        return "WEIGHT_NOT_A_NUMBER"
    if grams < 0:
        return "WEIGHT_NEGATIVE"
    if grams == 0:
        return "WEIGHT_ZERO"
    return "WEIGHT_TOO_LARGE" if grams > HEAVIEST else None
