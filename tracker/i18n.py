"""Languages, numbers and days as people read them. For the doors only: rooms and files hold them plain.

Every figure comes from an integer by way of ``Decimal``. The spaces are no-break spaces, so that a figure
never parts from its unit; that is why none of these belongs in an exported file.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, tzinfo
from decimal import Decimal
from fractions import Fraction
from typing import cast

import flask_babel
from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from flask import Flask, has_request_context, session
from flask_babel import Babel

from config import LOCALES, Settings
from tracker.values import phone

lazy: Callable[..., str] = cast("Callable[..., str]", flask_babel.lazy_gettext)
"""A sentence that is put into the reader's language only when it is shown."""

NO_BREAK_SPACE = "\u00a0"
LANGUAGES = {"fr": "Français", "en": "English"}
"""Each language under its own name, as the person looking for it would write it."""

_SCALES = ((1_000_000, 6, "t"), (1_000, 3, "kg"), (1, 0, "g"))
_CURRENCY_SHOWN = {"fr": "F"}
_DAY = "d MMM y"
_THREE_DECIMALS = "#,##0.000"


def init_i18n(app: Flask, settings: Settings) -> None:
    """Teaches ``app`` to speak the session's language, else the setting's, in the depot's time zone."""

    def chosen() -> str:
        picked = session.get("locale") if has_request_context() else None
        return picked if picked in LOCALES else settings.locale

    def zone() -> tzinfo:
        return settings.timezone

    Babel(
        app,
        default_locale=settings.locale,
        default_translation_directories="translations",
        locale_selector=chosen,
        timezone_selector=zone,
    )
    app.jinja_env.filters.update(FILTERS)
    app.jinja_env.globals.update(language=language, LANGUAGES=LANGUAGES)


@contextmanager
def speaking(settings: Settings) -> Iterator[None]:
    """What is worded within the block speaks the setting's language: for commands, which have no web application."""
    app = Flask(__package__)
    init_i18n(app, settings)
    with app.app_context():
        yield


def language() -> str:
    """The code of the language in use, for ``<html lang>`` and the like."""
    return _locale().language


def kg(grams: int, *, unit: bool = True) -> str:
    """``97003200`` → ``97 003,200 kg``."""
    return _with_unit(_decimal(Decimal(grams).scaleb(-3), _THREE_DECIMALS), "kg" if unit else "")


def tonnes(grams: int, *, unit: bool = True) -> str:
    """``95000000`` → ``95,000 t``, to the nearest kilogram, ties to even."""
    return _with_unit(_decimal(Decimal(grams).scaleb(-6), _THREE_DECIMALS), "t" if unit else "")


def round_mass(grams: int) -> str:
    """A round mass, as an axis tells it: ``1500000`` → ``1,5 t``, ``20000`` → ``20 kg``."""
    if grams == 0:
        return "0"
    decimals, unit = next((scale, unit) for least, scale, unit in _SCALES if abs(grams) >= least)
    return _with_unit(_decimal(Decimal(grams).scaleb(-decimals), "#,##0.###"), unit)


def unit_grams(grams: int) -> str:
    """The mass of one piece, which people know in grams: ``110`` → ``110 g``."""
    return _with_unit(count(grams), "g")


def kg_input(grams: int | None) -> str:
    """What stands in a form field: ``12500`` → ``12,5``; nothing for nothing."""
    if grams is None:
        return ""
    return _decimal(Decimal(grams).scaleb(-3), "0.###")


def xof(francs: int) -> str:
    """``1734295`` → ``1 734 295 F``; in other languages the currency's code, which needs no explaining."""
    return _with_unit(count(francs), _CURRENCY_SHOWN.get(language(), "XOF"))


def count(number: int) -> str:
    return _decimal(Decimal(number), "#,##0")


def percent(share: Fraction | Decimal, decimals: int = 1) -> str:
    """``Fraction(27, 28)`` → ``96,4 %``."""
    exact = Decimal(share.numerator) / share.denominator if isinstance(share, Fraction) else share
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    shown = _decimal(exact.scaleb(2), pattern)
    return shown + "%" if language() == "en" else _with_unit(shown, "%")


def day_label(day: date) -> str:
    """``2 janv. 2013``; the same order in every language."""
    return format_date(day, _DAY, locale=_locale())


def month_label(day: date) -> str:
    """The month that holds ``day``: ``janvier 2013``."""
    return format_date(day, "MMMM y", locale=_locale())


def month_name(day: date) -> str:
    """As it stands under a column: ``janv.``."""
    return format_date(day, "LLL", locale=_locale())


def month_initial(day: date) -> str:
    """Where there is room for one letter: ``J``."""
    return format_date(day, "LLLLL", locale=_locale())


def moment(instant: datetime) -> str:
    """Day and time by the depot's clock."""
    if instant.tzinfo is None:
        raise ValueError("a moment without a zone cannot be shown")
    return format_datetime(instant, f"{_DAY}, HH:mm", tzinfo=flask_babel.get_timezone(), locale=_locale())


def phone_label(e164: str) -> str:
    return phone.shown(e164).replace(" ", NO_BREAK_SPACE)


def _locale() -> Locale:
    """Outside an application (a script, a test of one function) the project's own tongue, English."""
    return flask_babel.get_locale() or Locale("en")


def _decimal(number: Decimal, pattern: str) -> str:
    return format_decimal(number, pattern, locale=_locale())


def _with_unit(figure: str, unit: str) -> str:
    return f"{figure}{NO_BREAK_SPACE}{unit}" if unit else figure


FILTERS = {
    "kg": kg,
    "tonnes": tonnes,
    "round_mass": round_mass,
    "unit_grams": unit_grams,
    "kg_input": kg_input,
    "xof": xof,
    "count": count,
    "percent": percent,
    "day_label": day_label,
    "month_label": month_label,
    "moment": moment,
    "phone": phone_label,
}
