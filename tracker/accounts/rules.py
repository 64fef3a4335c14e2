"""What a login, a password and a reach may be, and how failed sign-ins are slowed down."""

import base64
import hmac
import math
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from re import compile as pattern
from urllib.parse import quote, urlencode

from tracker.errors import Invalid
from tracker.values.actor import Role

SHORTEST_PASSWORD, LONGEST_PASSWORD = 10, 128
"""The upper bound keeps an endless password from costing the server an endless hash."""
LONGEST_NAME = 80
FEWEST_CHARACTERS = 4
"""A password of ten characters made of fewer different ones is a key held down."""

SESSION_LASTS = timedelta(hours=12)
IDLE_LASTS = timedelta(hours=2)
SETUP_LINK_LASTS = timedelta(hours=1)
TICKET_LASTS = timedelta(minutes=5)
"""To find the telephone and read the code on it."""

LOGIN_LIMIT, ADDRESS_LIMIT = 5, 20
"""Failures before the first wait. A whole depot may sit behind one address, hence the larger count."""
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(days=1)

CODE_SECONDS, CODE_DIGITS = 30, 6
CODE_SLACK = 1
"""Codes before and after the right one that are taken too: telephones' clocks are not exact."""
SEED_BYTES = 32
RECOVERY_BITS = 50
_RECOVERY_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
"""Thirty-two, without l, o, 0 and 1."""
LONGEST_NUMBER = 18
"""Digits: what both databases can hold."""
_SEED = pattern(r"[0-9a-f]{64}")

_LOGIN = pattern(r"[a-z0-9._-]{2,32}")
_IPV6_HOME = 64
"""One subscriber holds a whole /64: counting single IPv6 addresses would count nothing."""
_COMMON = frozenset(
    [
        "0123456789",
        "1234567890",
        "12345678910",
        "123456789a",
        "9876543210",
        "0987654321",
        "1122334455",
        "123123123123",
        "a123456789",
        "abcdefghij",
        "abcd123456",
        "abc1234567",
        "azertyuiop",
        "qwertyuiop",
        "qwertzuiop",
        "azerty1234",
        "azerty12345",
        "azerty123456",
        "qwerty1234",
        "qwerty12345",
        "qwerty123456",
        "1q2w3e4r5t",
        "1qaz2wsx3edc",
        "qazwsxedcr",
        "password01",
        "password10",
        "password12",
        "password123",
        "password1234",
        "passw0rd12",
        "passw0rd123",
        "motdepasse",
        "motdepasse1",
        "motdepasse12",
        "motdepasse123",
        "administrateur",
        "administrator",
        "admin12345",
        "admin123456",
        "administra",
        "changeme12",
        "changeme123",
        "changemoi1",
        "changezmoi",
        "bienvenue1",
        "bienvenue12",
        "welcome123",
        "welcome1234",
        "letmein123",
        "iloveyou12",
        "jetaime123",
        "orangemali",
        "orange1234",
        "orange2024",
        "orange2025",
        "orange2026",
        "bamako1234",
        "bamako2024",
        "bamako2025",
        "bamako2026",
        "bamakomali",
        "daressalam",
        "dar-es-salam",
        "telephone1",
        "smartphone",
        "recyclage1",
        "collecteur",
        "dechets123",
        "tracker123",
        "tracker1234",
        "soleil1234",
        "football12",
        "football123",
        "mohamed123",
        "aminata123",
        "fatoumata1",
        "salimata12",
        "ibrahim123",
    ]
)


def folded_login(text: str) -> str:
    """How logins are compared: capitals and the spaces around do not count."""
    return text.strip().lower()


def checked_login(text: str) -> str:
    """Two to thirty-two ASCII letters, digits, ``.``, ``_`` or ``-``; raises ``Invalid("login_invalid")``."""
    if not text.isascii() or not _LOGIN.fullmatch(folded_login(text)):
        raise Invalid("login_invalid", field="login", entered=text)
    return folded_login(text)


def checked_name(text: str, login: str) -> str:
    """The name shown to others, the login when blank; raises ``Invalid("name_too_long")``."""
    name = " ".join(text.split()) or login
    if len(name) > LONGEST_NAME:
        raise Invalid("name_too_long", field="display_name", longest=LONGEST_NAME)
    return name


def normal_password(text: str) -> str:
    """One form for letters that keyboards compose differently, so that a telephone opens what a PC closed.

    Cut just above the longest password: what is longer is never right, and not worth hashing.
    """
    return unicodedata.normalize("NFKC", text[: 2 * LONGEST_PASSWORD])[: LONGEST_PASSWORD + 1]


def checked_password(text: str, login: str) -> str:
    """Raises ``Invalid`` for a password that is too short, too long, the login itself or a common one."""
    password = normal_password(text)
    if len(password) < SHORTEST_PASSWORD:
        raise Invalid("password_too_short", field="password", shortest=SHORTEST_PASSWORD)
    if len(password) > LONGEST_PASSWORD:
        raise Invalid("password_too_long", field="password", longest=LONGEST_PASSWORD)
    if folded_login(password) == login:
        raise Invalid("password_is_login", field="password")
    if password.strip().lower() in _COMMON or len(set(password)) < FEWEST_CHARACTERS:
        raise Invalid("password_common", field="password")
    return password


def check_reach(role: Role, depot_id: int | None) -> None:
    """A clerk stands at one counter. Raises ``Invalid("depot_missing")``, ``Invalid("role_invalid")``."""
    if role is Role.OPERATOR:
        raise Invalid("role_invalid", field="role", entered=role.value)
    if role is Role.CLERK and depot_id is None:
        raise Invalid("depot_missing", field="depot")


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides whether an account administers, and how far."""

    role: Role
    depot_id: int | None
    active: bool

    def administers_as_far_as(self, other: "Standing") -> bool:
        far_enough = self.depot_id is None or self.depot_id == other.depot_id
        return self.active and self.role is Role.ADMIN and far_enough


def leaves_nobody(before: Standing, after: Standing, others: list[Standing]) -> bool:
    """Would this change leave what ``before`` administers to no administrator at all?"""
    administered = before.active and before.role is Role.ADMIN
    return administered and not any(each.administers_as_far_as(before) for each in (after, *others))


@dataclass(frozen=True, slots=True)
class Tally:
    """Failed sign-ins of one login, or from one address."""

    failures: int
    last_failure_at: datetime
    locked_until: datetime | None


def seconds_to_wait(tally: Tally, now: datetime) -> int:
    """0 when a sign-in may be tried."""
    if tally.locked_until is None or tally.locked_until <= now:
        return 0
    return math.ceil((tally.locked_until - now).total_seconds())


def charged(tally: Tally, now: datetime, limit: int) -> Tally:
    """One failure more: from ``limit`` on, each doubles the wait. What is older than a day is forgotten."""
    remembered = tally.failures if now - tally.last_failure_at < FORGOTTEN_AFTER else 0
    failures = remembered + 1
    return Tally(failures, now, now + wait_after(failures - limit) if failures >= limit else None)


def wait_after(failures_too_many: int) -> timedelta:
    """30 s, 1 min, 2 min ... 15 min."""
    doublings = min(failures_too_many, (LONGEST_WAIT // FIRST_WAIT).bit_length())
    return min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)


def given_back(tally: Tally, limit: int) -> Tally:
    """Takes back the failure that was charged before a password proved right."""
    failures = max(tally.failures - 1, 0)
    return Tally(failures, tally.last_failure_at, tally.locked_until if failures >= limit else None)


def counted_address(address: str) -> str:
    """The address that failures are counted under; what is no address counts as it stands."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is None:
        return str(ip_network((int(parsed), _IPV6_HOME), strict=False).network_address)
    return str(getattr(parsed, "ipv4_mapped", None) or parsed)


BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("Chrome", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari", "Safari"),
)
"""The most particular first: almost every browser also says that it is Chrome and Safari."""
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iOS"),
    ("iPad", "iPadOS"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def device_of(user_agent: str) -> str | None:
    """``Firefox, Android``: enough for people to know their own browser again, and no more is kept."""
    found = [next((name for mark, name in known if mark in user_agent), None) for known in (BROWSERS, SYSTEMS)]
    return ", ".join(name for name in found if name) or None


def account_number(text: str) -> int:
    """As a ticket says it; 0, which is nobody's, when it is no number."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER else 0


def ticket_moment(text: str, now: datetime) -> datetime | None:
    """When a ticket was given, in whole seconds; nothing when it is out of date, or not from now on this clock."""
    seconds = account_number(text)
    if not 0 <= int(now.timestamp()) - seconds < TICKET_LASTS.total_seconds():
        return None
    return datetime.fromtimestamp(seconds, UTC)


def code_at(secret: bytes, step: int) -> str:
    """The code of one period of 30 seconds (RFC 6238, on SHA-1 and six digits as every application has them)."""
    digest = hmac.digest(secret, step.to_bytes(8, "big"), "sha1")
    offset = digest[-1] & 0xF
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**CODE_DIGITS:0{CODE_DIGITS}}"


def matching_step(secret: bytes, code: str, now: datetime, last_used: int) -> int | None:
    """The period whose code this is; nothing when it is none of those around now, or not later than ``last_used``."""
    said = "".join(code.split())
    if not (said.isascii() and said.isdigit()):
        return None
    step = int(now.timestamp()) // CODE_SECONDS
    near = range(max(step - CODE_SLACK, last_used + 1), step + CODE_SLACK + 1)
    return next((each for each in near if hmac.compare_digest(code_at(secret, each), said)), None)


def secret_text(secret: bytes) -> str:
    return base64.b32encode(secret).decode().rstrip("=")


def enrolment_address(secret: str, issuer: str, login: str) -> str:
    """What authenticator applications read from a QR code."""
    label = quote(f"{issuer}:{login}")
    return f"otpauth://totp/{label}?{urlencode({'secret': secret, 'issuer': issuer}, quote_via=quote)}"


def is_seed(text: str | None) -> bool:
    """Whether it can be one that was offered."""
    return text is not None and _SEED.fullmatch(text) is not None


def recovery_code(random_bits: Callable[[int], int]) -> str:
    """``7k2mq-xw4tb``: fifty random bits in letters and digits that nobody mistakes for one another."""
    bits = random_bits(RECOVERY_BITS)
    letters = [_RECOVERY_ALPHABET[bits >> place & 31] for place in range(0, RECOVERY_BITS, 5)]
    return "".join(letters[:5]) + "-" + "".join(letters[5:])


def plain_recovery_code(text: str) -> str:
    """However it was typed: capitals, spaces and dashes do not count."""
    return "".join(character for character in text.lower() if character.isalnum())
