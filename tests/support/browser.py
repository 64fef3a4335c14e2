"""A browser without a screen: it opens pages, fills forms with their CSRF token, and checks every page it gets."""

import re
from html import unescape

import html5lib
from flask import Flask
from werkzeug.test import TestResponse

_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
_TAG = re.compile(r"<(script|style)\b.*?</\1>|<[^>]+>", re.DOTALL)


class Browser:
    """``open`` a page, ``send`` a form; the answer is a ``Page``."""

    def __init__(self, app: Flask) -> None:
        self._client = app.test_client()
        self._client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "fr"

    def open(self, address: str, *, follow: bool = False) -> "Page":
        return Page(self._client.get(address, follow_redirects=follow))

    def send(self, address: str, *, form_at: str | None = None, **fields: object) -> "Page":
        """Posts to ``address`` with the token of any page that is open to this browser (``form_at``)."""
        return self.send_fields(address, fields, form_at=form_at)

    def send_fields(self, address: str, fields: dict[str, object], *, form_at: str | None = None) -> "Page":
        """As ``send``, for fields whose names are no Python names (``lines-0-gross``)."""
        token = self.token(form_at or "/sign-in")
        return Page(self._client.post(address, data={"csrf_token": token, **fields}))

    def send_without_token(self, address: str, **fields: object) -> "Page":
        return Page(self._client.post(address, data=fields))

    def ask(self, method: str, address: str, headers: dict[str, str] | None = None) -> int:
        """The status of a request of any kind."""
        return self._client.open(address, method=method, headers=headers).status_code

    def calls_itself(self, user_agent: str) -> None:
        self._client.environ_base["HTTP_USER_AGENT"] = user_agent

    def cookie(self) -> str:
        """What this browser holds of its session."""
        held = self._client.get_cookie("tracker")
        assert held is not None
        return held.value

    def carry(self, cookie: str) -> None:
        self._client.set_cookie("tracker", cookie)

    def token(self, address: str) -> str:
        found = _TOKEN.search(self._client.get(address, follow_redirects=True).get_data(as_text=True))
        assert found, f"no form at {address}"
        return unescape(found[1])


class Page:
    """An answer. Every HTML page is valid, has one h1 and a title: a page that does not is no page."""

    def __init__(self, response: TestResponse) -> None:
        self.response = response
        self.status = response.status_code
        self.goes_to = response.location
        self.source = response.get_data(as_text=True)
        if response.mimetype == "text/html" and not response.location and "<html" in self.source:
            html5lib.HTMLParser(strict=True).parse(self.source)
            assert self.source.count("<h1") == 1, "a page has one h1"
            assert 'style="' not in self.source, "the policy refuses styles in a page"
            assert not re.search(r"\son[a-z]+=", self.source), "the policy refuses scripts in a page"

    @property
    def text(self) -> str:
        """What a person reads, white space folded; no-break spaces become plain ones."""
        return " ".join(unescape(_TAG.sub(" ", self.source)).split())

    def __contains__(self, sentence: str) -> bool:
        return sentence in self.text
