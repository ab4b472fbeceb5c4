"""Votes and pages over HTTP, beside the database's own limit and a route that does nothing.

The real `python -m faq_cms serve` answers, from a database of its own with the starter FAQ. Every
vote comes from another network, so that the caps measured are those of the product, not ours to it.
"""

import itertools
from pathlib import Path
from typing import Final

from sqlalchemy import func, select

from benchmarks import harness, least, traffic
from benchmarks.harness import Line, Target
from benchmarks.ledger import raw_votes_per_second
from faq_cms import articles, db
from faq_cms.articles import PublishedArticle
from faq_cms.models import Vote
from tests import servers

VOTES: Final = 200  # a round
PAGES: Final = 400
_PROXY: Final = "127.0.0.1/32"
PAGES_BESIDE_A_SELECT: Final = Target(">=", 0.5)


def measure(folder: Path) -> list[Line]:
    """Lines of votes and pages per second. Raises AssertionError if one acknowledged vote is lost."""
    url = f"sqlite:///{folder / 'faq.db'}"
    with (
        servers.serving(folder, database_url=url, FAQ_TRUSTED_PROXIES=_PROXY) as served,
        least.serving(url) as beside,
    ):
        db.use(db.Database(url))
        try:
            return _lines(int(served.url.rpartition(":")[2]), beside)
        finally:
            db.current().dispose()


def _lines(ours: int, beside: int) -> list[Line]:
    with db.reading() as session:
        found = articles.published(session)
    networks = (f"11.{a}.{b}.1" for a, b in itertools.product(range(256), repeat=2))
    nothing = [traffic.get("/nothing")] * PAGES

    def voted() -> float:
        ballots = [
            traffic.post(
                f"/api/v1/articles/{article.slug}/votes",
                {"helpful": place % 5 > 0},
                x_forwarded_for=next(networks),
            )
            for place, article in zip(range(VOTES), itertools.cycle(found), strict=False)
        ]
        before = _counted()
        rate = traffic.per_second(ours, ballots, status=201)
        assert _counted() - before == VOTES, "an acknowledged vote is not in the ledger"  # noqa: S101
        return rate

    runs = harness.interleaved(
        {
            "votes": voted,
            "commits": lambda: raw_votes_per_second(found[0], VOTES),
            "nothing": lambda: traffic.per_second(beside, nothing, status=200),
            "pages": lambda: traffic.per_second(ours, _pages(found), status=200),
            "select": lambda: traffic.per_second(beside, _selects(found), status=200),
        }
    )
    return [
        harness.line("HTTP: durable votes", "1/s", runs["votes"]),
        harness.line("raw single-row commits, same durability", "1/s", runs["commits"]),
        harness.line("HTTP: a route that does nothing", "1/s", runs["nothing"]),
        harness.line(
            "HTTP votes ÷ raw commits", "×", harness.ratios(runs["votes"], runs["commits"])
        ),
        harness.line("HTTP votes ÷ nothing", "×", harness.ratios(runs["votes"], runs["nothing"])),
        harness.line("HTTP: article pages", "1/s", runs["pages"]),
        harness.line("HTTP: one primary-key SELECT", "1/s", runs["select"]),
        harness.line(
            "pages ÷ SELECT",
            "×",
            harness.ratios(runs["pages"], runs["select"]),
            PAGES_BESIDE_A_SELECT,
        ),
        harness.line("pages ÷ nothing", "×", harness.ratios(runs["pages"], runs["nothing"])),
    ]


def _pages(found: list[PublishedArticle]) -> list[bytes]:
    every = itertools.cycle(traffic.get(f"/aide/{article.slug}") for article in found)
    return list(itertools.islice(every, PAGES))


def _selects(found: list[PublishedArticle]) -> list[bytes]:
    every = itertools.cycle(traffic.get(f"/select/{article.version_id}") for article in found)
    return list(itertools.islice(every, PAGES))


def _counted() -> int:
    """Votes in the figures: a burst taken for one would be set aside, and be cheaper."""
    with db.reading() as session:
        counted = select(func.count()).select_from(Vote).where(Vote.set_aside.is_(False))
        return session.scalar(counted) or 0
