import pytest
from argon2 import PasswordHasher

from tests.payouts.scenario import Depot
from tracker.accounts.service import passwords
from tracker.db import Database


@pytest.fixture
def depot(books: Database, monkeypatch: pytest.MonkeyPatch) -> Depot:
    """Its people sign in nowhere: their passwords are hashed as cheaply as can be."""
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    return Depot(books)
