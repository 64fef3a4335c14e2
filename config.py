"""Every setting, typed, read from ``TRACKER_*`` environment variables."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

LOCALES = ("fr", "en")
SECRET_FILE = "secret-key"  # noqa: S105 - a file's name
MIN_SECRET_LENGTH = 16
DEFAULT_PUBLIC_URL = "http://127.0.0.1:8000"


class SettingsError(ValueError):
    """A setting cannot be used; the message names it and says what it takes."""


@dataclass(frozen=True, slots=True)
class Settings:
    database_url: str
    instance: Path
    secret_key: str = field(repr=False)
    timezone: ZoneInfo
    locale: str
    public_url: str
    trusted_proxies: int


def from_environment(environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings of this process. Makes the instance folder, and its secret key when none is given.

    Raises ``SettingsError`` naming the variable that cannot be used.
    """
    instance = Path(environ.get("TRACKER_INSTANCE") or "instance").absolute()
    _make_private_folder(instance)
    return Settings(
        database_url=environ.get("TRACKER_DATABASE_URL") or f"sqlite:///{instance / 'tracker.sqlite3'}",
        instance=instance,
        secret_key=_secret_key(environ.get("TRACKER_SECRET_KEY"), instance),
        timezone=_timezone(environ.get("TRACKER_TIMEZONE") or "Africa/Bamako"),
        locale=_locale(environ.get("TRACKER_LOCALE") or "fr"),
        public_url=_public_url(environ.get("TRACKER_PUBLIC_URL") or DEFAULT_PUBLIC_URL),
        trusted_proxies=_proxies(environ.get("TRACKER_TRUSTED_PROXIES") or "0"),
    )


def _make_private_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(f"TRACKER_INSTANCE: {folder} cannot be made ({error.strerror})") from error


def _secret_key(given: str | None, instance: Path) -> str:
    """The key given, else the one kept in the instance folder (mode 600), made at the first start."""
    if given:
        if len(given) < MIN_SECRET_LENGTH:
            raise SettingsError(f"TRACKER_SECRET_KEY: give at least {MIN_SECRET_LENGTH} characters")
        return given
    kept = instance / SECRET_FILE
    if not kept.exists():
        _keep_first(_written(secrets.token_urlsafe(48), instance), kept)
    key = kept.read_text(encoding="ascii").strip()
    if len(key) < MIN_SECRET_LENGTH:
        raise SettingsError(f"{kept} is damaged: put the key back from a backup, the journal is sealed with it")
    return key


def keeps_own_key(settings: Settings) -> bool:
    """Whether the key is the one in the instance folder, rather than one that the environment gives."""
    kept = settings.instance / SECRET_FILE
    return kept.exists() and kept.read_text(encoding="ascii").strip() == settings.secret_key


def keep_secret_key(settings: Settings, key: str) -> None:
    """From the next start on the instance folder's key is ``key``: the one that restored books are sealed with."""
    if key != settings.secret_key:
        _written(key, settings.instance).replace(settings.instance / SECRET_FILE)


def _written(key: str, instance: Path) -> Path:
    """The key in a file of its own, on the disk, for the owner's eyes only; the caller gives it its name."""
    fresh = instance / f"{SECRET_FILE}.{secrets.token_hex(8)}"
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    return fresh


def _keep_first(fresh: Path, kept: Path) -> None:
    """Of two processes that start at once, the first names the key; the other takes it up."""
    try:
        os.link(fresh, kept)
    except FileExistsError:
        return
    finally:
        fresh.unlink()


def _timezone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise SettingsError(f"TRACKER_TIMEZONE: no time zone is named {name!r}") from error


def _locale(name: str) -> str:
    if name not in LOCALES:
        raise SettingsError(f"TRACKER_LOCALE: {name!r} is not one of {', '.join(LOCALES)}")
    return name


def _public_url(url: str) -> str:
    if not url.startswith(("http://", "https://")):
        raise SettingsError("TRACKER_PUBLIC_URL: give an address that starts with http:// or https://")
    return url.rstrip("/")


def _proxies(count: str) -> int:
    if not (count.isascii() and count.isdigit()):
        raise SettingsError("TRACKER_TRUSTED_PROXIES: give how many proxies stand in front (0, 1, ...)")
    return int(count)
