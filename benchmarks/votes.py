"""Durable votes over HTTP, beside the database's own limit and a route that does nothing.

The real `python -m faq_cms serve` answers, from a database of its own with the starter FAQ. Every
vote comes from another network, so that the caps measured are those of the product, not ours to it.
"""

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from sqlalchemy import func, select

from benchmarks import commits, harness, least, traffic
from benchmarks.harness import Line
from faq_cms import db
from faq_cms.models import Article, Vote
from tests import servers

_PROXY: Final = "127.0.0.1/32"


def measure(folder: Path) -> list[Line]:
    """Lines of votes per second. RuntimeError if one acknowledged vote is not in the figures."""
    url = f"sqlite:///{folder / 'votes.db'}"
    with (
        servers.serving(folder / "votes", database_url=url, FAQ_TRUSTED_PROXIES=_PROXY) as served,
        least.serving(url) as beside,
        commits.ledger(folder / "raw.db") as version,
        commits.raw_vote(version) as raw,
    ):
        theirs = db.Database(url)
        ballots = _ballots(theirs)
        same = itertools.repeat(traffic.post("/nothing", {"helpful": True}))
        try:
            runs = harness.interleaved(
                {
                    "votes/s": lambda: _voted(least.port_of(served), ballots, theirs),
                    "raw commits/s": lambda: 1 / harness.each(raw),
                    "nothing/s": lambda: traffic.rate(beside, same),
                }
            )
        finally:
            theirs.dispose()
    voted, committed, nothing = runs.values()
    return [
        harness.line("HTTP: durable votes", "1/s", voted),
        harness.line("raw single-row commits, same durability", "1/s", committed),
        harness.line("HTTP: a route that does nothing", "1/s", nothing),
        harness.line("HTTP votes ÷ raw commits", "×", harness.ratios(voted, committed)),
        harness.line("HTTP votes ÷ nothing", "×", harness.ratios(voted, nothing)),
    ]


def _ballots(theirs: db.Database) -> Iterator[bytes]:
    """Votes without end: another article and another network each time, every tenth a Non."""
    with theirs.reading() as session:
        slugs = session.scalars(select(Article.slug)).all()
    networks = (
        f"{a}.{b}.{c}.1" for a, b, c in itertools.product(range(11, 100), range(256), range(256))
    )
    for number, slug, network in zip(itertools.count(1), itertools.cycle(slugs), networks):
        helpful = {"helpful": number % 10 > 0}
        yield traffic.post(f"/api/v1/articles/{slug}/votes", helpful, x_forwarded_for=network)


def _voted(port: int, ballots: Iterator[bytes], theirs: db.Database) -> float:
    before = _counted(theirs)
    answered = traffic.sent(port, ballots, status=201, seconds=harness.SLICE)
    if (kept := _counted(theirs) - before) != answered.count:
        raise RuntimeError(f"{answered.count} votes acknowledged, {kept} in the figures")
    return answered.per_second


def _counted(theirs: db.Database) -> int:
    """Votes in the figures: a burst taken for one would be set aside, and be cheaper."""
    with theirs.reading() as session:
        counted = select(func.count()).select_from(Vote).where(Vote.set_aside.is_(False))
        return session.scalar(counted) or 0
