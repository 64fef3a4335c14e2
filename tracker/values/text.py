"""Text as people search for it: accents, case and punctuation do not count."""

import re
import unicodedata

from tracker.errors import Invalid

_BAMBARA = str.maketrans({"ɛ": "e", "ɔ": "o", "ɲ": "n", "ŋ": "n", "Ɛ": "e", "Ɔ": "o", "Ɲ": "n", "Ŋ": "n"})
_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae"})
_SEPARATORS = re.compile(r"[\W_]+")


def fold(text: str) -> str:
    """``"  SIDIBÉ, N'Golo "`` → ``"sidibe n golo"``."""
    plain = unicodedata.normalize("NFKD", text.translate(_BAMBARA).translate(_LIGATURES))
    letters = "".join(c for c in plain if not unicodedata.combining(c))
    return _SEPARATORS.sub(" ", letters.casefold()).strip()


def one_line(text: str) -> str:
    """White space folded, and what no eye can see (control characters, which no database takes) left out."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def checked_reason(text: str) -> str:
    """Why something was taken back or refused; raises ``Invalid("reason_missing")`` for a blank."""
    if not (reason := one_line(text)):
        raise Invalid("reason_missing", field="reason")
    return reason
