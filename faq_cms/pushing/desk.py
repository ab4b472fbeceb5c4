"""What a help desk is to us: articles it holds under names of its own, that we read and write."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Remote:
    """An article as the other side holds it; `body` is HTML, as the other side cleaned it."""

    id: str
    title: str
    body: str
    is_published: bool

    @property
    def digest(self) -> str:
        """SHA-256 of its words: what tells that somebody edited it there."""
        return hashlib.sha256(f"{self.title}\n{self.body}".encode()).hexdigest()


class HelpDesk(Protocol):
    """One place of one help desk: a folder, a section. Each call raises DeskRefused."""

    channel: str
    host: str

    def articles(self) -> Iterable[Remote]:
        """Everything the place holds, drafts included."""

    def article(self, remote_id: str) -> Remote | None:
        """One article, wherever it was moved; None when it is there no more."""

    def create(self, title: str, body: str) -> Remote:
        """A new, published article."""

    def rewrite(self, remote_id: str, title: str, body: str) -> Remote:
        """Other words for an article; published if it was not."""

    def withdraw(self, remote_id: str) -> None:
        """Make it a draft: its readers lose it, its authors do not."""
