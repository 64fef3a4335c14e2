"""Numbers as people type them: spaces between groups of three, and nowhere else."""

import re

_SPACE = "[ \u00a0\u202f]"
_GROUPED = re.compile(rf"(?:\d{{1,3}}(?:{_SPACE}\d{{3}})+|\d+)(?:[.,]\d+)?", re.ASCII)
_SPACES = re.compile(_SPACE)


def plain(text: str) -> str | None:
    """``1 200`` → ``1200``, ``12,5`` → ``12.5``; nothing for what is no number.

    ``12 5`` is none: a comma was missed, and taking it for 125 would be ten times the weight.
    """
    typed = text.strip()
    return _SPACES.sub("", typed).replace(",", ".") if _GROUPED.fullmatch(typed) else None
