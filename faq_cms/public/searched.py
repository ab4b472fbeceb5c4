"""Searches and what followed them, gathered in memory and written by the clock, as page views are.

What a crash loses is at most what was counted since the last tick.
"""

import threading
from typing import Final, TypeVar

from faq_cms import db, searches
from faq_cms.searches import Day, Gathered

# Between two ticks readers ask a few hundred things; a robot that invents words stops counting here.
MOST: Final = 2_000

_Key = TypeVar("_Key")

_lock = threading.Lock()
_gathered = Gathered()


def searched(query: str, *, results: int, day: Day) -> None:
    """Count one search; `results` articles hold all its words."""
    folded = searches.folded(query)
    if folded is None:
        return
    with _lock:
        if _count(_gathered.searches, (day, folded)):
            _gathered.results[day, folded] = results


def opened(query: str, article_id: int, *, day: Day) -> None:
    """Count one article opened from the answers to a query."""
    folded = searches.folded(query)
    if folded is None:
        return
    with _lock:
        _count(_gathered.clicks, (day, folded, article_id))


def asked_for_support(place: str, *, day: Day) -> None:
    """Count one press of *Contacter l'assistance*."""
    with _lock:
        _count(_gathered.support, (day, place))


def flush() -> None:
    """Write what was gathered; kept for the next time when the database cannot take it."""
    global _gathered
    with _lock:
        taken, _gathered = _gathered, Gathered()
    if not taken:
        return
    try:
        with db.transaction() as session:
            searches.add(session, taken)
    except BaseException:
        with _lock:
            _put_back(taken)
        raise


def _put_back(taken: Gathered) -> None:
    for key, times in taken.searches.items():
        _gathered.searches[key] = _gathered.searches.get(key, 0) + times
        _gathered.results.setdefault(key, taken.results[key])
    for clicked, times in taken.clicks.items():
        _gathered.clicks[clicked] = _gathered.clicks.get(clicked, 0) + times
    for pressed, times in taken.support.items():
        _gathered.support[pressed] = _gathered.support.get(pressed, 0) + times


def _count(counts: dict[_Key, int], key: _Key) -> bool:
    """Count once more; False when there is no room for a new key."""
    if key not in counts and len(counts) >= MOST:
        return False
    counts[key] = counts.get(key, 0) + 1
    return True
