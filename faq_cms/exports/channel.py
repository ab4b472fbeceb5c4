"""What a channel is, and the two or three things every writer says the same way."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from faq_cms.articles import PublishedArticle


@dataclass(frozen=True, slots=True)
class Site:
    """The help centre the articles come from: its French name, absolute address, language tag."""

    name: str
    base_url: str
    language: str = "fr"


@dataclass(frozen=True, slots=True)
class Channel:
    """One destination. `label` is French; `extension` has its dot.

    `write` is pure: articles, in the order they are to appear, to the whole file.
    """

    name: str
    label: str
    media_type: str
    extension: str
    write: Callable[[Sequence[PublishedArticle], Site], bytes]


def instant(moment: dt.datetime) -> str:
    """An aware instant in UTC, as machines read it: 2026-03-31T12:05:00Z."""
    return moment.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
