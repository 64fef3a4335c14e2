"""What the wheel takes along besides the package: compiled catalogues, and the folders that stand beside it here."""

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

BESIDE = ("templates", "migrations")
"""Found by ``tracker.installation.shipped`` in either place."""


class WheelHook(BuildHookInterface):  # type: ignore[type-arg]
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """An editable install reads the folders where they are; only a wheel to give away holds them."""
        compile_catalogues(Path(self.root) / "tracker" / "translations")
        if version == "standard":
            build_data["force_include"].update({folder: f"tracker/{folder}" for folder in BESIDE})


def compile_catalogues(translations: Path) -> None:
    """As ``make`` does: each catalogue beside its source, when it is missing or older."""
    for source in translations.glob("*/LC_MESSAGES/*.po"):
        compiled = source.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
            with source.open("rb") as words, compiled.open("wb") as file:
                write_mo(file, read_po(words))
