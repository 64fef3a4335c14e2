from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest
import sqlalchemy as sa

from tests.support.people import DES, IBRAHIM, MOUSSA, bring, oumar
from tests.support.queries import count_queries
from tests.support.time import SteppableTime
from tracker.audit.models import JournalEntry
from tracker.audit.queries import altered_records, broken_links
from tracker.catalogue.service import DepotDetails, add_depot
from tracker.db import Database, Session
from tracker.errors import Conflict, Invalid, NotPermitted
from tracker.imports.models import Import, ImportRow, RowState
from tracker.imports.rules.openings import Opening
from tracker.imports.service import BookFile, Examination, Totals, enter, examine
from tracker.intake import queries as intake
from tracker.intake.models import DropOff
from tracker.intake.rules import Entered
from tracker.people.models import Depositor
from tracker.premiums.models import PremiumBalance, PremiumEntry
from tracker.shipments import queries as shipments
from tracker.shipments.rules import LineEntered
from tracker.shipments.service import NewShipment, draft_shipment, send_shipment
from tracker.stock.models import Sorting, StockMovement
from tracker.stock.queries import held
from tracker.values.actor import CONSOLE

HEADINGS = "slip,kind,date,category,pieces,grams,phone_e164,premium_xof,destination,container"
PHONES = "0005,reception,2013-01-05,MOB,439,63200,+22370003246,15365,,"
NAMELESS = "0007,reception,2013-01-07,MOB,,10000,,,,"
BOARDS = "0008,reception,2013-01-08,CIR,,4000,+22370003246,0,,"
LOOSE = "0009,reception,2013-01-05,MIX,,9000,,0,,"
SENT = "E-1,shipment,2013-01-09,MOB,,60000,,,France (ADB Le Pin),OMLU1302210"
SENT_TOO = "E-2,shipment,2013-01-09,CIR,,6000,,,France,OMLU1302210"
NO_DATE = "0010,reception,,MOB,10,1500,+22370003246,0,,"


def book(*rows: str) -> BookFile:
    return BookFile("cahier.csv", "\n".join([HEADINGS, *rows]).encode())


def entered(books: Database, file: BookFile, opening: Opening | None = None, depot_id: int = DES) -> Totals:
    return both(books, file, opening, depot_id)[1]


def both(
    books: Database, file: BookFile, opening: Opening | None = None, depot_id: int = DES
) -> tuple[Examination, Totals]:
    with books.writing() as session:
        examination = examine(session, CONSOLE, depot_id, file)
        return examination, enter(session, CONSOLE, examination, opening)


def counted(session: Session) -> list[int]:
    tables = (JournalEntry, Import, ImportRow, DropOff, Depositor, PremiumEntry, StockMovement, Sorting)
    return [session.scalar(sa.select(sa.func.count()).select_from(table)) or 0 for table in tables]


def stock(session: Session) -> dict[str, int]:
    return {row.category_code: row.grams for row in held(session, CONSOLE)}


def test_receptions_become_drop_offs_with_their_premium_owed_and_paid(books: Database) -> None:
    totals = entered(books, book(PHONES, NAMELESS))
    assert (totals.drop_offs, totals.received_grams, totals.received_pieces) == (2, 73_200, 439)
    with books.reading() as session:
        seen = intake.drop_offs(session, CONSOLE, intake.DropOffFilter())
        assert (seen.count, seen.net_grams) == (2, 73_200)
        slips = sa.select(DropOff.external_reference, DropOff.receipt, DropOff.recorded_premium, DropOff.day)
        assert session.execute(slips.order_by(DropOff.id)).all() == [
            ("0005", None, 15_365, date(2013, 1, 5)),
            ("0007", None, 0, date(2013, 1, 7)),
        ]
        francs = session.scalars(sa.select(PremiumEntry.francs).order_by(PremiumEntry.francs)).all()
        assert francs == [-15_365, 15_365]
        assert set(session.scalars(sa.select(PremiumBalance.francs))) == {0}


def test_one_depositor_a_telephone_and_one_for_each_row_without(books: Database) -> None:
    entered(books, book(PHONES, BOARDS, NAMELESS, NAMELESS))
    entered(books, book(PHONES, BOARDS, NAMELESS, NAMELESS, NO_DATE.replace(",,", ",2013-01-10,", 1)))
    with books.reading() as session:
        phones = session.scalars(sa.select(Depositor.phone).order_by(Depositor.id)).all()
        assert sorted(str(phone) for phone in phones) == ["+22370003246", "None", "None"]


def test_a_depositor_known_at_the_counter_is_recognised(books: Database) -> None:
    with books.writing() as session:
        known = oumar(session)
    entered(books, book(PHONES.replace("70003246", "70001803")))
    with books.reading() as session:
        assert session.scalars(sa.select(DropOff.depositor_id)).all() == [known]


def test_what_a_shipment_lacks_is_sorted_first(books: Database) -> None:
    totals = entered(books, book(PHONES, BOARDS, LOOSE, SENT, SENT_TOO))
    assert (totals.shipments, totals.shipped_grams, totals.inferred_sorting_grams) == (1, 66_000, 2_000)
    with books.reading() as session:
        assert stock(session) == {"MOB": 3_200, "MIX": 7_000}
        (shipment,) = shipments.shipments(session, CONSOLE, shipments.ShipmentFilter()).rows
        assert (shipment.country, shipment.consignee, shipment.container) == ("FR", "ADB Le Pin", "OMLU1302210")
        assert shipment.departed_on == date(2013, 1, 9)
        sorted_grams = sa.select(StockMovement.day, StockMovement.grams).where(StockMovement.inferred)
        assert sorted(tuple(row) for row in session.execute(sorted_grams)) == [
            (date(2013, 1, 9), -2_000),
            (date(2013, 1, 9), 2_000),
        ]


def test_what_was_brought_after_the_departure_does_not_pay_for_it(books: Database) -> None:
    late = LOOSE.replace("2013-01-05", "2013-01-10")
    with pytest.raises(Conflict, match="book_stock_short") as refused:
        entered(books, book(PHONES, BOARDS, late, SENT, SENT_TOO.replace("6000", "9000")))
    facts = refused.value.facts
    assert (facts["day"], facts["short_grams"]) == (date(2013, 1, 9), 1_800)
    with books.reading() as session:
        assert counted(session)[1:] == [0] * 7


def test_what_the_depot_sent_since_is_not_taken_from_it(books: Database) -> None:
    today = books.clock.today()
    with books.writing() as session:
        bring(session, oumar(session), Entered("MIX", gross_grams=5_000))
        draft = NewShipment(DES, "Le Pin", "FR", "", None, [LineEntered("MIX", 5_000)])
        send_shipment(session, MOUSSA, draft_shipment(session, MOUSSA, draft), today)
    short = SENT.replace("2013-01-09", today.isoformat()).replace("60000", "1000")
    with pytest.raises(Conflict, match="book_stock_short") as refused:
        entered(books, book(short))
    assert (refused.value.facts["day"], refused.value.facts["short_grams"]) == (today, 1_000)


def test_grams_of_a_later_departure_are_not_sorted_away_before_it(books: Database) -> None:
    today = books.clock.today()
    entered(books, book(LOOSE, BOARDS))
    with books.writing() as session:
        draft = NewShipment(DES, "Le Pin", "FR", "", None, [LineEntered("MIX", 9_000)])
        send_shipment(session, MOUSSA, draft_shipment(session, MOUSSA, draft), today)
    entered(books, book(LOOSE, BOARDS, SENT.replace("60000", "3000")))
    with books.reading() as session:
        assert stock(session) == {"CIR": 1_000}


def test_the_same_book_again_adds_nothing(books: Database) -> None:
    rows = (PHONES, NAMELESS, NAMELESS, BOARDS, LOOSE, SENT, SENT_TOO, NO_DATE)
    opening = Opening(date(2013, 1, 1), {"MIX": 500})
    entered(books, book(*rows), opening)
    with books.reading() as session:
        before = counted(session)
    again, totals = both(
        books, BookFile("copie.csv", "\r\n".join([HEADINGS, *rows]).replace(",", ";").encode()), opening
    )
    assert totals == Totals()
    assert (len(again.accepted), again.already_there) == (0, 8)
    with books.reading() as session:
        assert counted(session) == before


def test_the_same_book_twice_at_once_is_entered_once(books: Database) -> None:
    start = Barrier(2)

    def press(file: BookFile) -> int:
        start.wait()
        return entered(books, file).drop_offs

    with ThreadPoolExecutor(2) as presses:
        assert sorted(presses.map(press, [book(PHONES, NAMELESS)] * 2)) == [0, 2]


def test_two_equal_rows_are_two_drop_offs(books: Database) -> None:
    assert entered(books, book(NAMELESS, NAMELESS)).drop_offs == 2


def test_a_book_that_has_grown_adds_what_is_new(books: Database) -> None:
    entered(books, book(PHONES, NAMELESS))
    grown, totals = both(books, book(PHONES, LOOSE, NAMELESS, NAMELESS, SENT))
    assert (len(grown.accepted), grown.already_there) == (3, 2)
    assert (totals.drop_offs, totals.received_grams, totals.shipments) == (2, 19_000, 1)


def test_a_row_added_to_a_shipment_is_entered_beside_it_and_told(books: Database) -> None:
    entered(books, book(PHONES, LOOSE, SENT))
    grown, totals = both(books, book(PHONES, LOOSE, SENT, SENT_TOO))
    assert [doubt.code for row in grown.questioned for doubt in row.reading.doubts] == ["SHIPMENT_ALREADY_THERE"]
    assert (totals.shipments, totals.shipped_grams) == (1, 6_000)


def test_a_blocked_row_waits_stored_and_is_asked_again(books: Database) -> None:
    examination, totals = both(books, book(NO_DATE, "", PHONES))
    assert (examination.rows, len(examination.accepted), [line.row for line in examination.rejected]) == (3, 1, [3])
    assert totals.drop_offs == 1
    with books.reading() as session:
        waiting = session.scalars(sa.select(ImportRow).where(ImportRow.state == RowState.WAITING)).one()
        assert (waiting.row, waiting.codes) == (2, ["DATE_MISSING"])
        assert waiting.cells is not None
        assert waiting.cells["grams"] == "1500"
    again, _ = both(books, book(NO_DATE, PHONES))
    assert [(row.number, row.waits) for row in again.questioned] == [(2, True)]


def test_a_row_that_waits_is_not_let_in_by_the_passing_of_time(books: Database, now: SteppableTime) -> None:
    tomorrow = books.clock.today() + timedelta(days=1)
    row = PHONES.replace("2013-01-05", tomorrow.isoformat())
    entered(books, book(row))
    now.step(days=2)
    again, totals = both(books, book(row))
    assert totals == Totals()
    assert [doubt.code for doubt in again.questioned[0].reading.doubts] == ["DATE_FUTURE"]


def test_a_row_of_this_morning_is_let_in_before_noon(books: Database) -> None:
    assert entered(books, book(PHONES.replace("2013-01-05", books.clock.today().isoformat()))).drop_offs == 1


def test_two_depots_may_keep_the_same_book(books: Database) -> None:
    with books.writing() as session:
        other = add_depot(session, IBRAHIM, DepotDetails("KAY", "Kayes", "Kayes"))
    assert entered(books, book(PHONES)).drop_offs == entered(books, book(PHONES), depot_id=other).drop_offs == 1


def test_openings_are_posted_once(books: Database) -> None:
    opening = Opening(date(2013, 1, 1), {"MIX": 500, "MOB": 20})
    assert entered(books, book(), opening).opening_grams == 520
    assert entered(books, book(), opening).opening_grams == 0
    with books.reading() as session:
        assert stock(session) == {"MIX": 500, "MOB": 20}


def test_the_books_stay_whole_and_every_row_in_the_journal(books: Database) -> None:
    entered(books, book(PHONES, LOOSE, BOARDS, SENT, SENT_TOO, NO_DATE))
    with books.reading() as session:
        assert list(broken_links(session)) == list(altered_records(session)) == []
        actions = session.scalars(sa.select(JournalEntry.action).where(JournalEntry.subject_kind == "import")).all()
        assert actions == ["book.imported"]
        assert "+22370003246" not in "".join(session.scalars(sa.select(JournalEntry.changes)))


def test_twice_the_rows_cost_at_most_twice_the_queries(books: Database) -> None:
    def cost(rows: int) -> int:
        file = book(*(NAMELESS.replace("0007", f"{rows}-{row}") for row in range(rows)))
        with count_queries(books.engine) as sent:
            entered(books, file)
        return len(sent)

    assert cost(20) <= 2 * cost(10)


def test_only_the_operator_imports(books: Database) -> None:
    with pytest.raises(NotPermitted), books.writing() as session:
        examine(session, MOUSSA, DES, book(PHONES))


def test_an_unusable_book_is_refused(books: Database) -> None:
    with pytest.raises(Invalid, match="headings_missing"), books.writing() as session:
        examine(session, CONSOLE, DES, BookFile("x.csv", b"bonjour"))
