"""Who acts: the person (or the operator at the machine's own console) behind a verb."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a person is to the depot. ``OPERATOR`` is the machine's own console, never an account."""

    CLERK = "clerk"
    MANAGER = "manager"
    ADMIN = "admin"
    AUDITOR = "auditor"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Actor:
    """``depot_id`` is the one depot in reach; ``None`` reaches every depot."""

    account_id: int | None
    login: str
    role: Role
    depot_id: int | None = None

    def reaches(self, depot_id: int) -> bool:
        return self.depot_id is None or self.depot_id == depot_id


CONSOLE = Actor(account_id=None, login="console", role=Role.OPERATOR)
