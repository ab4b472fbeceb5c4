"""Page views, gathered in memory and written by the clock: reading costs the ledger nothing.

A view is counted on its civil day, apart for robots, without a cookie, an address or a browser's
name. What a crash loses is at most what was read since the last tick.
"""

import datetime as dt
import re
import threading
from collections import Counter
from typing import Final

from faq_cms import db, views, votes

_ROBOT: Final = re.compile(
    r"bot|crawl|spider|slurp|preview|monitor|fetch|scan|curl|wget|python|java/|go-http|headless"
    r"|facebookexternalhit|embedly|lighthouse",
    re.IGNORECASE,
)

_lock = threading.Lock()
_people: Counter[tuple[dt.date, int, str]] = Counter()
_robots: Counter[tuple[dt.date, int, str]] = Counter()


def is_robot(user_agent: str) -> bool:
    """Whether this is not a person's browser, by its own account; one that says nothing is not."""
    return not user_agent or _ROBOT.search(user_agent) is not None


def seen(article_id: int, source: str, *, robot: bool, now: dt.datetime) -> None:
    """Count one view of an article."""
    with _lock:
        (_robots if robot else _people)[(votes.civil_day(now), article_id, source)] += 1


def flush() -> None:
    """Write what was gathered; kept for the next time when the database cannot take it."""
    with _lock:
        people, robots = dict(_people), dict(_robots)
        _people.clear()
        _robots.clear()
    counts = {key: (people.get(key, 0), robots.get(key, 0)) for key in people | robots}
    if not counts:
        return
    try:
        with db.transaction() as session:
            views.add(session, counts)
    except BaseException:
        with _lock:
            _people.update(people)
            _robots.update(robots)
        raise
