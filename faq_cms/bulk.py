"""One gesture over many articles: seen before, made in slices, taken back article by article.

A gesture is a change of sheet (`filing.Change`) or a withdrawal. `preview` says which articles it would
change, and why it leaves the others; `make` changes those it still can and returns what undoes it;
`take_back` gives each article back exactly what it was, and leaves alone whatever moved since. Each
runs in the caller's transaction: thousands of articles are made in slices of `SLICE`, so that a vote
never waits long behind them.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from faq_cms import articles, filing, loop, people
from faq_cms.errors import Conflict, NotFound
from faq_cms.filing import Change, Sheet
from faq_cms.models import Article
from faq_cms.people import Actor

SLICE: Final = 200
_READ: Final = 5_000  # articles a query names at once: databases take so many values, not more


@dataclass(frozen=True)
class Withdrawal:
    """Take the articles off every public page and channel."""


Gesture = Change | Withdrawal


class Left(StrEnum):
    """Why a gesture leaves an article as it is."""

    SAME = "same"
    NOT_PUBLISHED = "not_published"
    TOO_MANY_TAGS = "too_many_tags"
    GONE = "gone"
    MOVED = "moved"
    REVIEW_REQUIRED = "review_required"


@dataclass(frozen=True)
class Preview:
    """The articles a gesture would change, and the others by why."""

    changed: tuple[int, ...]
    left: Mapping[Left, tuple[int, ...]]


@dataclass
class Made:
    """What a gesture did so far: each article's sheet before, or when it was withdrawn; the others."""

    gesture: Gesture
    sheets: dict[int, Sheet] = field(default_factory=dict)
    withdrawn: dict[int, dt.datetime] = field(default_factory=dict)
    left: dict[int, Left] = field(default_factory=dict)

    @property
    def done(self) -> tuple[int, ...]:
        """The articles it changed."""
        return (*self.sheets, *self.withdrawn)

    def add(self, other: "Made") -> None:
        """Count one more slice in."""
        self.sheets |= other.sheets
        self.withdrawn |= other.withdrawn
        self.left |= other.left


def preview(session: Session, article_ids: Iterable[int], gesture: Gesture) -> Preview:
    """What the gesture would change, and what not and why. Reads only."""
    ids = list(dict.fromkeys(article_ids))
    left = _left(session, ids, gesture)
    why: dict[Left, list[int]] = {}
    for article_id in ids:
        if article_id in left:
            why.setdefault(left[article_id], []).append(article_id)
    return Preview(
        tuple(each for each in ids if each not in left),
        {reason: tuple(found) for reason, found in why.items()},
    )


def make(
    session: Session,
    actor: Actor,
    article_ids: Iterable[int],
    gesture: Gesture,
    *,
    now: dt.datetime,
) -> Made:
    """Make the gesture on the articles it can change; what it did, and what it left.

    Raises Forbidden, and Invalid when the value itself cannot be kept: nothing is written then.
    """
    people.authorize(session, actor, _right(gesture))
    ids = sorted(set(article_ids))
    made = Made(gesture, left=_left(session, ids, gesture))
    wanted = [each for each in ids if each not in made.left]
    if isinstance(gesture, Change):
        made.sheets = loop.filed(session, actor, wanted, gesture, now=now)
        return made
    for article_id in wanted:
        loop.withdraw(session, actor, article_id, now=now)
        made.withdrawn[article_id] = now
    return made


def take_back(
    session: Session, actor: Actor, made: Made, article_ids: Sequence[int], *, now: dt.datetime
) -> Made:
    """Give these articles back what they were before; those that moved since are left.

    Returns what was given back, in the same terms. Raises Forbidden.
    """
    people.authorize(session, actor, _right(made.gesture))
    wanted = sorted(set(article_ids) & set(made.done))
    try:
        with session.begin_nested():
            return _taken_back(session, actor, made, wanted, now=now)
    except (Conflict, NotFound):  # one of them moved: look at each
        back = Made(made.gesture)
    for article_id in wanted:
        try:
            with session.begin_nested():
                back.add(_taken_back(session, actor, made, [article_id], now=now))
        except NotFound:
            back.left[article_id] = Left.GONE
        except Conflict as refused:
            is_rule = refused.reason == "review_required"
            back.left[article_id] = Left.REVIEW_REQUIRED if is_rule else Left.MOVED
    return back


def slices(article_ids: Sequence[int]) -> list[Sequence[int]]:
    """The articles in the slices they are changed in."""
    return [article_ids[first : first + SLICE] for first in range(0, len(article_ids), SLICE)]


def _right(gesture: Gesture) -> str:
    return "article.write" if isinstance(gesture, Change) else "article.withdraw"


def _left(session: Session, ids: Sequence[int], gesture: Gesture) -> dict[int, Left]:
    """The articles the gesture leaves as they are, and why."""
    left: dict[int, Left] = {}
    for some in (ids[first : first + _READ] for first in range(0, len(ids), _READ)):
        rows = session.execute(
            select(Article.id, Article.live_version_id.is_not(None)).where(Article.id.in_(some))
        )
        live = dict(rows.all())
        left |= dict.fromkeys(set(some) - set(live), Left.GONE)
        if isinstance(gesture, Withdrawal):
            left |= {each: Left.NOT_PUBLISHED for each, is_live in live.items() if not is_live}
        else:
            left |= _sheets_left(filing.sheets(session, live), gesture)
    return left


def _sheets_left(sheets: Mapping[int, Sheet], change: Change) -> dict[int, Left]:
    left: dict[int, Left] = {}
    for article_id, before in sheets.items():
        after = filing.applied(before, change)
        if after == before:
            left[article_id] = Left.SAME
        elif len(after.tags) > max(filing.TAGS_MAX, len(before.tags)):
            left[article_id] = Left.TOO_MANY_TAGS
    return left


def _taken_back(
    session: Session, actor: Actor, made: Made, ids: Sequence[int], *, now: dt.datetime
) -> Made:
    """Give all of these back. Raises Conflict or NotFound when one of them cannot be."""
    back = Made(made.gesture)
    if isinstance(made.gesture, Change):
        back.sheets = {each: made.sheets[each] for each in ids}
        loop.filed_back(session, actor, back.sheets, made.gesture, now=now)
        return back
    for article_id in ids:
        back.withdrawn[article_id] = made.withdrawn[article_id]
        if articles.locked(session, article_id).withdrawn_at != made.withdrawn[article_id]:
            raise Conflict("moved_since", article_id)
        loop.republish(session, actor, article_id, now=now)
    return back
