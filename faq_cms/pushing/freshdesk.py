"""Freshdesk Solutions, by its API v2: one folder's articles.

Source: developers.freshdesk.com/api, « Solution Article »: the key is the user, any word the password;
lists come in pages of 100 at most; status 1 is a draft, 2 is published; 429 says Retry-After.
"""

from collections.abc import Iterator
from typing import Any, Final

from faq_cms.pushing.desk import Remote
from faq_cms.pushing.polite import Line, Pause
from faq_cms.settings import Settings

_PAGE: Final = 100
_ANY: Final = "X"
_DRAFT, _PUBLISHED, _PERMANENT = 1, 2, 1


def line(chosen: Settings, pause: Pause) -> Line:
    """The way to the Freshdesk of the settings."""
    return Line(chosen.freshdesk_url, user=chosen.freshdesk_key, password=_ANY, pause=pause)


class Freshdesk:
    """The folder of the settings."""

    channel = "freshdesk"

    def __init__(self, chosen: Settings, line: Line) -> None:
        """Ask for nothing yet."""
        self._line = line
        self._folder = f"/api/v2/solutions/folders/{chosen.freshdesk_folder}/articles"
        self.host = line.host

    def articles(self) -> Iterator[Remote]:
        """Every article of the folder, page after page."""
        number = 1
        while True:
            page = self._line.get(self._folder, page=number, per_page=_PAGE) or []
            yield from map(_remote, page)
            if len(page) < _PAGE:
                return
            number += 1

    def article(self, remote_id: str) -> Remote | None:
        """One article, in whatever folder."""
        found = self._line.get(_path(remote_id))
        return _remote(found) if found else None

    def create(self, title: str, body: str) -> Remote:
        """A new article of the folder."""
        wanted = {
            "title": title,
            "description": body,
            "type": _PERMANENT,
            "status": _PUBLISHED,
        }
        return _remote(self._line.post(self._folder, wanted))

    def rewrite(self, remote_id: str, title: str, body: str) -> Remote:
        """Other words for an article."""
        wanted = {"title": title, "description": body, "status": _PUBLISHED}
        return _remote(self._line.put(_path(remote_id), wanted))

    def withdraw(self, remote_id: str) -> None:
        """Back to a draft."""
        self._line.put(_path(remote_id), {"status": _DRAFT})


def _path(remote_id: str) -> str:
    return f"/api/v2/solutions/articles/{remote_id}"


def _remote(found: dict[str, Any]) -> Remote:
    return Remote(
        str(found["id"]),
        str(found["title"]),
        str(found.get("description") or ""),
        is_published=found.get("status") == _PUBLISHED,
    )
