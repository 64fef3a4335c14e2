from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from tests.support.people import DES, IBRAHIM
from tests.support.time import SteppableTime
from tracker.accounts.policy import ROLES, Permission, permits
from tracker.accounts.service import (
    Credentials,
    NewAccount,
    actor_of,
    add_account,
    create_first_admin,
    deactivate_account,
    make_setup_link,
    sign_in,
    sign_out,
)
from tracker.db import Database
from tracker.errors import Conflict, Invalid, NotFound, NotPermitted, Refusal
from tracker.values.actor import Actor, Role

PASSWORD = "mangue verte 7"
AWA = NewAccount("Awa", PASSWORD, Role.CLERK, DES, "Awa Diallo")


def given(password: str = PASSWORD, login: str = "awa") -> Credentials:
    return Credentials(login, password, "192.0.2.7")


@pytest.fixture
def with_awa(books: Database) -> Database:
    with books.writing() as session:
        add_account(session, IBRAHIM, AWA)
    return books


def refused(books: Database, credentials: Credentials) -> str:
    with pytest.raises(Refusal) as answer:
        sign_in(books, credentials)
    return answer.value.code


def test_signing_in_and_out(with_awa: Database) -> None:
    token = sign_in(with_awa, given(login=" AWA "))
    with with_awa.writing() as session:
        actor = actor_of(session, token)
        assert actor is not None
        assert (actor.login, actor.role, actor.depot_id) == ("awa", Role.CLERK, DES)
        sign_out(session, token)
        assert actor_of(session, token) is None


def test_a_session_ends_after_twelve_hours(with_awa: Database, now: SteppableTime) -> None:
    token = sign_in(with_awa, given())
    now.step(hours=12)
    with with_awa.reading() as session:
        assert actor_of(session, token) is None


def test_five_failures_make_one_wait(with_awa: Database, now: SteppableTime) -> None:
    assert [refused(with_awa, given("faux mot de passe")) for _ in range(5)] == ["sign_in_failed"] * 5
    assert refused(with_awa, given()) == "sign_in_locked"
    now.step(seconds=31)
    assert sign_in(with_awa, given())


def test_guesses_side_by_side_cannot_outrun_the_count(with_awa: Database) -> None:
    with ThreadPoolExecutor(8) as guesses:
        codes = list(guesses.map(lambda _: refused(with_awa, given("faux mot de passe")), range(12)))
    assert codes.count("sign_in_failed") == 5


def test_an_unknown_login_reads_like_a_wrong_password(with_awa: Database) -> None:
    assert refused(with_awa, given(login="personne")) == refused(with_awa, given("faux")) == "sign_in_failed"


def test_no_password_or_address_stands_in_clear(with_awa: Database) -> None:
    refused(with_awa, given("faux mot de passe"))
    with with_awa.reading() as session:
        rows = [*session.execute(sa.text("SELECT * FROM sign_in_attempts"))]
        rows += [*session.execute(sa.text("SELECT changes FROM journal_entries"))]
    assert not any(hidden in str(rows) for hidden in ("192.0.2.7", PASSWORD, "Awa Diallo", "argon2"))


def test_a_deactivated_account_is_out_at_once(with_awa: Database) -> None:
    token = sign_in(with_awa, given())
    with with_awa.writing() as session:
        actor = actor_of(session, token)
        assert actor is not None
        assert actor.account_id is not None
        deactivate_account(session, IBRAHIM, actor.account_id)
        assert actor_of(session, token) is None
    assert refused(with_awa, given()) == "sign_in_failed"


def test_the_first_link_makes_one_administrator(books: Database) -> None:
    with books.writing() as session:
        link = make_setup_link(session)
    assert link is not None
    first = NewAccount("ibrahim", PASSWORD, Role.CLERK, DES)
    with books.writing() as session:
        create_first_admin(session, link, first)
        assert make_setup_link(session) is None
    with pytest.raises(NotFound, match="setup_link_dead"), books.writing() as session:
        create_first_admin(session, link, NewAccount("autre", PASSWORD, Role.ADMIN))


def test_the_first_link_dies_after_an_hour(books: Database, now: SteppableTime) -> None:
    with books.writing() as session:
        link = make_setup_link(session)
    assert link is not None
    now.step(hours=1)
    with pytest.raises(NotFound, match="setup_link_dead"), books.writing() as session:
        create_first_admin(session, link, NewAccount("ibrahim", PASSWORD, Role.ADMIN))


def test_the_last_administrator_stays(books: Database) -> None:
    with books.writing() as session:
        alone = add_account(session, IBRAHIM, NewAccount("ibrahim", PASSWORD, Role.ADMIN))
    with pytest.raises(Conflict, match="last_admin"), books.writing() as session:
        deactivate_account(session, IBRAHIM, alone)


def test_two_administrators_who_leave_at_once_leave_one(books: Database) -> None:
    with books.writing() as session:
        both = [add_account(session, IBRAHIM, NewAccount(login, PASSWORD, Role.ADMIN)) for login in ("ib", "ali")]

    def leave(account_id: int) -> str:
        try:
            with books.writing() as session:
                deactivate_account(session, IBRAHIM, account_id)
        except Conflict as refusal:
            return refusal.code
        return "left"

    with ThreadPoolExecutor(2) as leaving:
        assert sorted(leaving.map(leave, both)) == ["last_admin", "left"]


@pytest.mark.parametrize(
    ("account", "code"),
    [
        (NewAccount("a", PASSWORD, Role.ADMIN), "login_invalid"),
        (NewAccount("awa", "court", Role.ADMIN), "password_too_short"),
        (NewAccount("awa", "azertyuiop", Role.ADMIN), "password_common"),
        (NewAccount("awa", PASSWORD, Role.CLERK), "depot_missing"),
        (NewAccount("awa", PASSWORD, Role.OPERATOR), "role_invalid"),
    ],
)
def test_an_unusable_account_is_refused(books: Database, account: NewAccount, code: str) -> None:
    with pytest.raises(Invalid, match=code), books.writing() as session:
        add_account(session, IBRAHIM, account)


def test_only_administrators_make_accounts(books: Database) -> None:
    for role in (Role.CLERK, Role.MANAGER, Role.AUDITOR):
        with pytest.raises(NotPermitted), books.writing() as session:
            add_account(session, Actor(None, "x", role, DES), AWA)


def test_every_role_is_in_the_table() -> None:
    assert ROLES.keys() == set(Role)


def test_an_auditor_changes_nothing() -> None:
    auditor = Actor(None, "fanta", Role.AUDITOR)
    readings = {Permission.USE_SESSION, Permission.VERIFY_BOOKS}
    assert all(p in readings or p.value.startswith("read_") for p in Permission if permits(auditor, p))
