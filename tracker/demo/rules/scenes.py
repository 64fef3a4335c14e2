"""What happens: one frozen value for each kind of scene. ``at`` is what the depot's wall clock shows."""

from dataclasses import dataclass
from datetime import date, datetime

from tracker.demo.rules.containers import Container, Grams
from tracker.demo.rules.loads import Load
from tracker.demo.rules.people import Person

BIG, SMALL = "DES", "SEG"
"""The depots: the one that the product ships with, and a collection point."""


@dataclass(frozen=True, slots=True)
class Visit:
    """``tag`` is what later scenes know it by."""

    at: datetime
    depot: str
    by: str
    person: Person
    load: Load
    tag: int


@dataclass(frozen=True, slots=True)
class Slip:
    """A visit taken back; replaced by what it should have been, where ``load`` says so."""

    at: datetime
    by: str
    of: Visit
    reason: str
    load: Load = ()


@dataclass(frozen=True, slots=True)
class Sorting:
    at: datetime
    category: str
    grams: int
    out: Grams
    loss: int


@dataclass(frozen=True, slots=True)
class Drafting:
    """``ordinal`` is what sending and receiving know the shipment by."""

    at: datetime
    by: str
    container: Container
    ordinal: int


@dataclass(frozen=True, slots=True)
class Sending:
    at: datetime
    by: str
    ordinal: int


@dataclass(frozen=True, slots=True)
class Receiving:
    at: datetime
    by: str
    ordinal: int
    grams: Grams


@dataclass(frozen=True, slots=True)
class Review:
    """The manager approves what was brought up to a day."""

    at: datetime
    depot: str
    by: str
    up_to: date


@dataclass(frozen=True, slots=True)
class PayAtOnce:
    """One visit's premium, approved and handed over in one morning."""

    at: datetime
    approved_by: str
    paid_by: str
    of: Visit


@dataclass(frozen=True, slots=True)
class Cashing:
    """The hour at which depositors come for what was approved."""

    at: datetime
    depot: str
    by: str


@dataclass(frozen=True, slots=True)
class Retiring:
    """A category that nobody brings any more."""

    at: datetime
    category: str


Scene = Visit | Slip | Sorting | Drafting | Sending | Receiving | Review | PayAtOnce | Cashing | Retiring
