"""Zendesk Help Center, by its API v2: one section's articles, in one language.

Source: developer.zendesk.com, « Articles » and « Translations »: title, body and draft are written on
the translation, never on the article; lists are read by cursor (`page[size]`, `meta.after_cursor`);
a new article needs a permission group; 429 says Retry-After.
"""

from collections.abc import Iterator
from typing import Any, Final

from faq_cms.errors import DeskRefused
from faq_cms.pushing.desk import Remote
from faq_cms.pushing.polite import Line, Pause
from faq_cms.settings import Settings

_PAGE: Final = 100
_CENTRE: Final = "/api/v2/help_center"


def line(chosen: Settings, pause: Pause) -> Line:
    """The way to the Zendesk of the settings."""
    user = f"{chosen.zendesk_email}/token"
    return Line(chosen.zendesk_url, user=user, password=chosen.zendesk_token, pause=pause)


class Zendesk:
    """The section of the settings."""

    channel = "zendesk"

    def __init__(self, chosen: Settings, line: Line) -> None:
        """Ask for nothing yet."""
        self._line = line
        self._locale = chosen.zendesk_locale
        self._section = f"{_CENTRE}/{self._locale}/sections/{chosen.zendesk_section}/articles"
        self.host = line.host
        self._group: int | None = None

    def articles(self) -> Iterator[Remote]:
        """Every article of the section, page after page."""
        after: dict[str, str] = {}
        while True:
            page = self._line.get(self._section, **{"page[size]": _PAGE}, **after)
            if page is None:
                raise DeskRefused("gone", self.host, self._section)
            for found in page["articles"]:
                self._group = self._group or found.get("permission_group_id")
                yield _remote(str(found["id"]), found)
            if not page.get("meta", {}).get("has_more"):
                return
            after = {"page[after]": page["meta"]["after_cursor"]}

    def article(self, remote_id: str) -> Remote | None:
        """One article's text in our language."""
        found = self._line.get(self._translation(remote_id))
        return _remote(remote_id, found["translation"]) if found else None

    def create(self, title: str, body: str) -> Remote:
        """A new article of the section, for everybody to read; nobody is notified."""
        article = {
            "title": title,
            "body": body,
            "locale": self._locale,
            "draft": False,
            "user_segment_id": None,
            "permission_group_id": self._permission_group(),
        }
        made = self._line.post(self._section, {"article": article, "notify_subscribers": False})
        return _remote(str(made["article"]["id"]), made["article"])

    def rewrite(self, remote_id: str, title: str, body: str) -> Remote:
        """Other words for an article."""
        wanted = {"title": title, "body": body, "draft": False}
        made = self._line.put(self._translation(remote_id), {"translation": wanted})
        return _remote(remote_id, made["translation"])

    def withdraw(self, remote_id: str) -> None:
        """Back to a draft."""
        self._line.put(self._translation(remote_id), {"translation": {"draft": True}})

    def _translation(self, remote_id: str) -> str:
        return f"{_CENTRE}/articles/{remote_id}/translations/{self._locale}"

    def _permission_group(self) -> int:
        """Who may edit a new article there: as the section's others, else the built-in group."""
        if self._group is None:
            answer = self._line.get("/api/v2/guide/permission_groups") or {}
            groups = sorted(answer.get("permission_groups", []), key=lambda g: not g["built_in"])
            if not groups:
                raise DeskRefused("gone", self.host, "permission_groups")
            self._group = int(groups[0]["id"])
        return self._group


def _remote(remote_id: str, found: dict[str, Any]) -> Remote:
    return Remote(
        remote_id,
        str(found["title"]),
        str(found.get("body") or ""),
        is_published=not found.get("draft"),
    )
