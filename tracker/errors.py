"""Refusals: what the business says no to, without wording and without HTTP.

Each door words a refusal once, from its code and facts (see ``tracker/wording.py``).
"""


class Refusal(Exception):
    """A rule said no. ``code`` is stable, ``facts`` fill the sentence, ``field`` names the input at fault."""

    def __init__(self, code: str, *, field: str | None = None, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.field = field
        self.facts = facts

    def __str__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in self.facts.items())
        return f"{self.code}({shown})"


class Invalid(Refusal):
    """What was entered cannot be right: the person can correct it and try again."""


class NeedsConfirmation(Refusal):
    """What was entered is unlikely: it is accepted once the person confirms it."""


class NotPermitted(Refusal):
    """The role of this actor does not include this action."""


class NotFound(Refusal):
    """No such record, or none that this actor may know of: the two are told apart by nobody."""


class Conflict(Refusal):
    """The books have moved, or already say otherwise: nothing was written."""
