"""Codes as RFC 6238 has them, recovery codes, and what is kept of a browser."""

from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from tracker.accounts import rules

SECRET = b"12345678901234567890"
AT = datetime(2026, 3, 5, 10, tzinfo=UTC)
NOW = int(AT.timestamp()) // rules.CODE_SECONDS


@pytest.mark.parametrize(
    ("second", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_codes_are_those_of_the_rfc(second: int, code: str) -> None:
    """Appendix B, SHA-1, the last six of its eight digits."""
    assert rules.code_at(SECRET, second // rules.CODE_SECONDS) == code


@pytest.mark.parametrize(("off", "found"), [(-2, None), (-1, -1), (0, 0), (1, 1), (2, None)])
def test_a_clock_one_period_off_does_no_harm(off: int, found: int | None) -> None:
    step = rules.matching_step(SECRET, rules.code_at(SECRET, NOW + off), AT, last_used=0)
    assert step == (None if found is None else NOW + found)


@pytest.mark.parametrize("last", [NOW, NOW + 1])
def test_a_period_that_was_used_is_used_up(last: int) -> None:
    assert rules.matching_step(SECRET, rules.code_at(SECRET, NOW), AT, last) is None


@pytest.mark.parametrize("said", ["", "x", "12345", "²²²²²²", "١٢٣٤٥٦"])
def test_what_is_no_code_is_none(said: str) -> None:
    assert rules.matching_step(SECRET, said, AT, 0) is None


def test_spaces_in_a_code_do_no_harm() -> None:
    code = rules.code_at(SECRET, NOW)
    assert rules.matching_step(SECRET, f" {code[:3]} {code[3:]}", AT, 0) == NOW


def test_the_application_is_told_who_and_where() -> None:
    address = rules.enrolment_address(rules.secret_text(SECRET), "E-waste collection", "awa")
    parts = urlsplit(address)
    assert (parts.scheme, parts.netloc, parts.path) == ("otpauth", "totp", "/E-waste%20collection%3Aawa")
    assert parse_qs(parts.query) == {
        "secret": ["GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"],
        "issuer": ["E-waste collection"],
    }


@pytest.mark.parametrize(("bits", "code"), [(0, "aaaaa-aaaaa"), (2**50 - 1, "99999-99999"), (33, "bbaaa-aaaaa")])
def test_a_recovery_code_is_fifty_bits_in_plain_letters(bits: int, code: str) -> None:
    assert rules.recovery_code(lambda _count: bits) == code


def test_a_recovery_code_may_be_typed_as_one_likes() -> None:
    assert rules.plain_recovery_code(" 7K2MQ xw4-tb ") == "7k2mqxw4tb"


@pytest.mark.parametrize(
    ("says", "device"),
    [
        ("Mozilla/5.0 (Android 14; Mobile; rv:128.0) Gecko/128.0 Firefox/128.0", "Firefox, Android"),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120 Safari/537.36 Edg/120",
            "Edge, Windows",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/120.0.0.0 Safari/537.36", "Chrome, Linux"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604.1", "Safari, iOS"),
        ("curl/8.5", None),
        ("", None),
    ],
)
def test_of_a_browser_family_and_system_are_kept(says: str, device: str | None) -> None:
    assert rules.device_of(says) == device
