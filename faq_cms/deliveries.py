"""What each destination of each channel received, what it serves since, and who did not come.

A door that hands articles out says so with `note`, after the fact and in a transaction of its own: an
export is never refused because it could not be written down. What keeps it from leaving is `telling`. What a destination holds (`HeldArticle`)
is rewritten only where it changed, so that a nightly export of twenty thousand articles nobody
touched writes one row. What it serves beside what is published now is `served` and `gap`.
"""

import contextlib
import datetime as dt
import hashlib
import json
import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeGuard

import pandas as pd
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from faq_cms import db, french, people
from faq_cms.articles import PublishedArticle
from faq_cms.errors import Conflict, FaqError, Invalid, NotFound
from faq_cms.models import (
    Article,
    Delivery,
    DeliveryOutcome,
    Destination,
    Flag,
    FlagKind,
    FlagOutcome,
    HeldArticle,
    Version,
    Way,
)
from faq_cms.people import Actor
from faq_cms.votes import civil_day

log = logging.getLogger(__name__)

FEED: Final = "feed"  # the channel of those who read the list of articles with their token
NAME_MAX: Final = 255
# A destination comes every night when it came on six of seven days; one that rests at weekends does
# not, and is not waited for on Saturday.
WEEK: Final = 7
NIGHTS: Final = 6
LATE: Final = dt.timedelta(hours=29)  # a night's job an hour or five late is only late
KEPT: Final = dt.timedelta(days=396)  # thirteen months: this year's autumn beside last year's
# A machine chooses what it asks for, and each choice is a destination: past this, the one not seen for
# the longest makes room. A job that comes every night is never that one.
FOLLOWED: Final = 100
ALONE: Final = dt.timedelta(
    minutes=15
)  # longer than one article takes, however busy the other side
_AT_ONCE: Final = 1000  # a statement takes only so many values


@dataclass(frozen=True)
class Target:
    """Where articles go: a channel, how, the destination's name, and what it asked for of them.

    `selection` is what narrows the articles, as plain JSON values; empty for all of them.
    """

    channel: str
    way: Way
    name: str
    selection: Mapping[str, Any] = field(default_factory=dict)

    @property
    def selection_key(self) -> str:
        """The selection in one word, the same however its parts are ordered; empty for everything."""
        if not self.selection:
            return ""
        written = json.dumps(self.selection, sort_keys=True, ensure_ascii=False, default=str)
        return hashlib.sha256(written.encode()).hexdigest()


# -- writing down --------------------------------------------------------------------------------


def note(
    target: Target,
    content: Sequence[PublishedArticle],
    *,
    withdrawn: Collection[str] | None = None,
    now: dt.datetime,
) -> None:
    """Write down that `target` received `content`, read at `now`; a fault is logged, never raised.

    With `withdrawn`, what it received are the changes of a while, and the uids of what left.
    """
    try:
        with db.transaction() as session:
            if withdrawn is None:
                received(session, target, content, now=now)
            else:
                received_part(session, target, content, withdrawn=withdrawn, now=now)
    except Exception:  # the articles have left: what matters has happened
        log.exception("delivery to %s not written down", target.channel)


@contextlib.contextmanager
def telling(target: Target, *, now: dt.datetime) -> Iterator[None]:
    """Write down, in French, what keeps `target` from being served in this block, and raise it on.

    Who asks for the first time for what is not there has mistyped: no destination comes of that.
    """
    try:
        yield
    except Exception as error:
        _note_failure(target, error, now=now)
        raise


def _note_failure(target: Target, error: Exception, *, now: dt.datetime) -> None:
    try:
        with db.transaction() as session:
            if not isinstance(error, (NotFound, Invalid)) or _is_known(session, target):
                failed(session, target, _said(error), now=now)
    except Exception:  # the caller has a failure of its own to tell
        log.exception("failed delivery to %s not written down", target.channel)


def _said(error: Exception) -> str:
    """What went wrong, for people; the insides of a fault are for the log."""
    if isinstance(error, FaqError):
        return french.sentence(error)
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename or 'Fichier'}\u00a0: {error.strerror}."
    return french.SENTENCES["error"]


def received(
    session: Session, target: Target, content: Sequence[PublishedArticle], *, now: dt.datetime
) -> Delivery:
    """`target` now holds exactly `content`, as it was read at `now`."""
    destination = _destination(session, target, now=now)
    digest = _digest(content)
    if destination.digest == digest:
        destination.seen_at, destination.left_at = now, None
        return _delivered(session, destination, now=now, articles=len(content))
    held = _held(session, destination.id)
    changed = [each for each in content if _moved(held.get(each.id), each)]
    gone = held.keys() - {each.id for each in content}
    added = sum(each.id not in held for each in changed)
    _hold(session, destination.id, changed, now=now)
    _forget(session, destination.id, gone)
    destination.seen_at, destination.digest, destination.left_at = now, digest, None
    return _delivered(
        session,
        destination,
        now=now,
        articles=len(content),
        added=added,
        modified=len(changed) - added,
        withdrawn=len(gone),
    )


def received_part(
    session: Session,
    target: Target,
    content: Sequence[PublishedArticle],
    *,
    withdrawn: Collection[str],
    now: dt.datetime,
) -> Delivery:
    """`target` received these changes, and learnt that the articles of the uids `withdrawn` left."""
    destination = _destination(session, target, now=now)
    held = _held(session, destination.id)
    changed = [each for each in content if _moved(held.get(each.id), each)]
    gone = held.keys() & _named(session, withdrawn)
    added = sum(each.id not in held for each in changed)
    _hold(session, destination.id, changed, now=now)
    _forget(session, destination.id, gone)
    destination.seen_at, destination.digest, destination.left_at = now, "", None
    return _delivered(
        session,
        destination,
        now=now,
        articles=len(held) + added - len(gone),
        added=added,
        modified=len(changed) - added,
        withdrawn=len(gone),
    )


# -- written there, article by article -----------------------------------------------------------


@dataclass(frozen=True)
class Held:
    """What a destination last received of an article, and its name and digest there."""

    version_id: int
    changed_at: dt.datetime
    remote_id: str | None
    remote_digest: str | None


def held(session: Session, target: Target) -> dict[int, Held]:
    """What a destination holds, by article id; nothing when it never received anything. Reads only."""
    rows = session.execute(
        select(
            HeldArticle.article_id,
            HeldArticle.version_id,
            HeldArticle.changed_at,
            HeldArticle.remote_id,
            HeldArticle.remote_digest,
        )
        .join(Destination, Destination.id == HeldArticle.destination_id)
        .filter(*(getattr(Destination, name) == value for name, value in _key(target).items()))
    )
    return {
        article_id: Held(version_id, changed_at, remote_id, remote_digest)
        for article_id, version_id, changed_at, remote_id, remote_digest in rows
    }


def is_served(session: Session, target: Target) -> bool:
    """Whether a destination holds any article. Reads only."""
    held = select(HeldArticle.article_id).join(
        Destination, Destination.id == HeldArticle.destination_id
    )
    mine = (getattr(Destination, name) == value for name, value in _key(target).items())
    return session.scalar(held.filter(*mine).limit(1)) is not None


def claim(session: Session, target: Target, *, now: dt.datetime) -> None:
    """Have this destination to oneself, a quarter of an hour after each article at most.

    Raises Conflict("push_under_way").
    """
    destination = _destination(session, target, now=now)
    if destination.busy_until is not None and destination.busy_until > now:
        raise Conflict("push_under_way", target.name)
    destination.busy_until, destination.left_at = now + ALONE, None


def let_go(session: Session, target: Target) -> None:
    """Leave the destination to others."""
    session.execute(update(Destination).filter_by(**_key(target)).values(busy_until=None))


def put(
    session: Session,
    target: Target,
    article: PublishedArticle,
    *,
    remote_id: str,
    remote_digest: str,
    now: dt.datetime,
) -> None:
    """The destination now holds this article, under that name and with that digest there."""
    destination = _destination(session, target, now=now)
    destination.busy_until, destination.digest = now + ALONE, ""
    _hold(session, destination.id, [article], now=now)
    session.execute(
        update(HeldArticle)
        .filter_by(destination_id=destination.id, article_id=article.id)
        .values(remote_id=remote_id, remote_digest=remote_digest)
    )


def taken_off(session: Session, target: Target, article_id: int, *, now: dt.datetime) -> None:
    """The destination no longer holds this article."""
    destination = _destination(session, target, now=now)
    destination.busy_until, destination.digest = now + ALONE, ""
    _forget(session, destination.id, [article_id])


def pushed(
    session: Session,
    target: Target,
    *,
    added: int,
    modified: int,
    withdrawn: int,
    now: dt.datetime,
) -> Delivery:
    """A push has come to its end: what it changed, already noted article by article."""
    destination = _destination(session, target, now=now)
    destination.seen_at, destination.left_at = now, None
    return _delivered(
        session, destination, now=now, added=added, modified=modified, withdrawn=withdrawn
    )


# -- not served ----------------------------------------------------------------------------------


def failed(session: Session, target: Target, failure: str, *, now: dt.datetime) -> Delivery:
    """`target` could not be served; it holds what it held. `failure` is a French sentence."""
    destination = _destination(session, target, now=now)
    last = _last(session, destination.id)
    if last is not None and last.failure == failure and _same_day(last.at, now):
        last.at = now
        return last
    return _add(session, destination.id, now=now, outcome=DeliveryOutcome.FAILED, failure=failure)


def _destination(session: Session, target: Target, *, now: dt.datetime) -> Destination:
    """The row of this target, made if it is new, held until the transaction ends."""
    known = _key(target)
    new = known | {"selection": dict(target.selection), "created_at": now, "digest": ""}
    made = db.insert(session, Destination).values(**new).on_conflict_do_nothing()
    if session.scalar(made.returning(Destination.id)) is not None:
        _make_room(session, target)
    return session.scalars(
        select(Destination)
        .filter_by(**known)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def _make_room(session: Session, target: Target) -> None:
    """The destinations of one name are so many at most: those seen last stay."""
    seen = func.coalesce(Destination.seen_at, Destination.created_at)
    _drop(
        session,
        session.scalars(
            select(Destination.id)
            .where(Destination.way == target.way, Destination.name == _key(target)["name"])
            .order_by(seen.desc(), Destination.id.desc())
            .offset(FOLLOWED)
        ).all(),
    )


def _drop(session: Session, destination_ids: Sequence[int]) -> None:
    """Destinations, what they hold and their past."""
    for table in (HeldArticle, Delivery):
        session.execute(delete(table).where(table.destination_id.in_(destination_ids)))
    session.execute(delete(Destination).where(Destination.id.in_(destination_ids)))


def _is_known(session: Session, target: Target) -> bool:
    return session.scalar(select(Destination.id).filter_by(**_key(target))) is not None


def _key(target: Target) -> dict[str, Any]:
    return {
        "channel": target.channel,
        "way": target.way,
        "name": target.name[-NAME_MAX:],  # the end of a path says more than its beginning
        "selection_key": target.selection_key,
    }


def _held(session: Session, destination_id: int) -> dict[int, tuple[int, dt.datetime]]:
    rows = session.execute(
        select(HeldArticle.article_id, HeldArticle.version_id, HeldArticle.changed_at).where(
            HeldArticle.destination_id == destination_id
        )
    )
    return {article_id: (version_id, changed_at) for article_id, version_id, changed_at in rows}


def _named(session: Session, uids: Collection[str]) -> set[int]:
    ordered, found = sorted(uids), set[int]()
    for start in range(0, len(ordered), _AT_ONCE):
        some = ordered[start : start + _AT_ONCE]
        found |= set(session.scalars(select(Article.id).where(Article.uid.in_(some))))
    return found


def _moved(held: tuple[int, dt.datetime] | None, article: PublishedArticle) -> bool:
    return held != (article.version_id, article.updated_at)


def _hold(
    session: Session, destination_id: int, content: Sequence[PublishedArticle], *, now: dt.datetime
) -> None:
    if not content:
        return
    upsert = db.insert(session, HeldArticle)
    taken = {
        name: upsert.excluded[name] for name in ("version_id", "sha256", "changed_at", "sent_at")
    }
    session.execute(
        upsert.on_conflict_do_update(index_elements=["destination_id", "article_id"], set_=taken),
        [
            {
                "destination_id": destination_id,
                "article_id": each.id,
                "version_id": each.version_id,
                "sha256": fingerprint(each),
                "changed_at": each.updated_at,
                "sent_at": now,
            }
            for each in content
        ],
    )


def _forget(session: Session, destination_id: int, article_ids: Collection[int]) -> None:
    ordered = sorted(article_ids)
    for start in range(0, len(ordered), _AT_ONCE):
        session.execute(
            delete(HeldArticle).where(
                HeldArticle.destination_id == destination_id,
                HeldArticle.article_id.in_(ordered[start : start + _AT_ONCE]),
            )
        )


def fingerprint(article: PublishedArticle) -> str:
    """SHA-256 of what a destination shows of an article: text, address, filing. Not its dates."""
    shown = [
        article.question,
        article.answer,
        article.wordings,
        article.slug,
        article.category,
        article.parent,
        article.tags,
    ]
    return hashlib.sha256(json.dumps(shown, ensure_ascii=False).encode()).hexdigest()


def _digest(content: Sequence[PublishedArticle]) -> str:
    """The whole of a delivery in one word, whatever the order of its articles."""
    lines = sorted(f"{each.uid} {each.version_id} {each.updated_at}" for each in content)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _delivered(
    session: Session,
    destination: Destination,
    *,
    now: dt.datetime,
    articles: int | None = None,
    added: int = 0,
    modified: int = 0,
    withdrawn: int = 0,
) -> Delivery:
    """Write the delivery: in the last row, where both are of one day and changed nothing."""
    last = _last(session, destination.id)
    if not (added or modified or withdrawn) and _was_idle(last) and _same_day(last.at, now):
        last.at = now
        return last
    return _add(
        session,
        destination.id,
        now=now,
        outcome=DeliveryOutcome.DONE,
        articles=articles,
        added=added,
        modified=modified,
        withdrawn=withdrawn,
    )


def _add(
    session: Session,
    destination_id: int,
    *,
    now: dt.datetime,
    outcome: DeliveryOutcome,
    articles: int | None = None,
    **told: Any,
) -> Delivery:
    if articles is None:
        counted = select(func.count()).where(HeldArticle.destination_id == destination_id)
        articles = session.scalar(counted) or 0
    row = Delivery(
        destination_id=destination_id, at=now, outcome=outcome, articles=articles, **told
    )
    session.add(row)
    session.flush()
    return row


def _last(session: Session, destination_id: int) -> Delivery | None:
    return session.scalar(
        select(Delivery)
        .where(Delivery.destination_id == destination_id)
        .order_by(Delivery.id.desc())
        .limit(1)
    )


def _was_idle(last: Delivery | None) -> TypeGuard[Delivery]:
    return (
        last is not None
        and last.outcome is DeliveryOutcome.DONE
        and not (last.added or last.modified or last.withdrawn)
    )


def _same_day(one: dt.datetime, other: dt.datetime) -> bool:
    return civil_day(one) == civil_day(other)


# -- reading -------------------------------------------------------------------------------------


def destinations(session: Session) -> pd.DataFrame:
    """Every destination still in use, the last served first. Reads only.

    Columns: destination_id, channel, way, name, selection, seen_at, then of its last delivery:
    delivery_id, at, outcome, failure, articles, added, modified, withdrawn.
    """
    newest = select(func.max(Delivery.id)).group_by(Delivery.destination_id)
    return db.frame(
        session,
        select(
            Destination.id.label("destination_id"),
            Destination.channel,
            Destination.way,
            Destination.name,
            Destination.selection,
            Destination.seen_at,
            Delivery.id.label("delivery_id"),
            Delivery.at,
            Delivery.outcome,
            Delivery.failure,
            Delivery.articles,
            Delivery.added,
            Delivery.modified,
            Delivery.withdrawn,
        )
        .join(Delivery, Delivery.destination_id == Destination.id)
        .where(Delivery.id.in_(newest), Destination.left_at.is_(None))
        .order_by(Delivery.at.desc(), Delivery.id.desc()),
    )


def stamp(session: Session) -> tuple[object, ...]:
    """What moves with every delivery and every proven problem: the key of what is kept of them."""
    flag = Flag.kind == FlagKind.CONFIRMED
    return tuple(
        session.execute(
            select(
                select(func.max(Delivery.id)).scalar_subquery(),
                select(func.max(Delivery.at)).scalar_subquery(),
                select(func.count(Flag.id)).where(flag).scalar_subquery(),
                select(func.count(Flag.closed_at)).where(flag).scalar_subquery(),
                func.max(HeldArticle.sent_at),
            )
        ).one()
    )


def history(session: Session, destination_id: int, *, limit: int = 30) -> pd.DataFrame:
    """The last deliveries of a destination, newest first. Reads only.

    Columns: at, outcome, failure, articles, added, modified, withdrawn.
    """
    columns = (
        Delivery.at,
        Delivery.outcome,
        Delivery.failure,
        Delivery.articles,
        Delivery.added,
        Delivery.modified,
        Delivery.withdrawn,
    )
    query = select(*columns).where(Delivery.destination_id == destination_id)
    return db.frame(session, query.order_by(Delivery.id.desc()).limit(limit))


def versions(session: Session, destination_id: int, article_ids: Collection[int]) -> dict[int, int]:
    """The number of the version a destination serves of each of these articles. Reads only."""
    rows = session.execute(
        select(HeldArticle.article_id, Version.number)
        .join(Version, Version.id == HeldArticle.version_id)
        .where(
            HeldArticle.destination_id == destination_id, HeldArticle.article_id.in_(article_ids)
        )
    )
    return {article_id: number for article_id, number in rows if number is not None}


def questions(session: Session, article_ids: Collection[int]) -> dict[int, str]:
    """The last published question of each article, whether or not it is still published. Reads only."""
    newest = (
        select(Version.article_id, func.max(Version.number).label("number"))
        .where(Version.article_id.in_(article_ids), Version.number.is_not(None))
        .group_by(Version.article_id)
        .subquery()
    )
    rows = session.execute(
        select(Version.article_id, Version.question).join(
            newest,
            (Version.article_id == newest.c.article_id) & (Version.number == newest.c.number),
        )
    )
    return dict(rows.all())


@dataclass(frozen=True)
class Gap:
    """What a new delivery would change at a destination, by article id; `proven` is served *avéré*."""

    added: frozenset[int]
    modified: frozenset[int]
    withdrawn: frozenset[int]
    proven: frozenset[int]

    @property
    def is_up_to_date(self) -> bool:
        """Whether a new delivery would change nothing."""
        return not (self.added or self.modified or self.withdrawn)


def published_ids(session: Session) -> frozenset[int]:
    """The articles the public reads. Reads only."""
    return frozenset(
        session.scalars(select(Article.id).where(Article.live_version_id.is_not(None)))
    )


def gap(session: Session, destination_id: int, chosen: Collection[int]) -> Gap:
    """Compare what a destination serves with the articles it would receive now. Reads only.

    *Avéré*: the votes have shown that the text it serves does not help, corrected since or not.
    """
    proven = (
        select(Flag.period_id)
        .where(
            Flag.kind == FlagKind.CONFIRMED,
            Flag.closed_at.is_(None) | (Flag.outcome == FlagOutcome.ANSWERED),
        )
        .distinct()
        .subquery()
    )
    rows = session.execute(
        select(
            HeldArticle.article_id,
            (HeldArticle.version_id != Article.live_version_id)
            | (HeldArticle.changed_at != Article.updated_at),
            proven.c.period_id,
        )
        .join(Article, Article.id == HeldArticle.article_id)
        .join(Version, Version.id == HeldArticle.version_id)
        .outerjoin(proven, proven.c.period_id == Version.period_id)
        .where(HeldArticle.destination_id == destination_id)
    ).all()
    wanted, present = frozenset(chosen), frozenset(number for number, _, _ in rows)
    return Gap(
        added=wanted - present,
        modified=frozenset(number for number, is_stale, _ in rows if is_stale) & wanted,
        withdrawn=present - wanted,
        proven=frozenset(number for number, _, period in rows if period is not None),
    )


# -- nights --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Missing:
    """A destination that used to come every night and did not; `expected_at` is when it should have."""

    destination_id: int
    channel: str
    name: str
    expected_at: dt.datetime


def missing(session: Session, *, now: dt.datetime) -> list[Missing]:
    """The destinations waited for at `now`, the longest waited for first. Reads only.

    Who came and could not be served is not waited for: its failure is told as such.
    """
    late = session.scalars(
        select(Destination)
        .where(
            Destination.left_at.is_(None),
            Destination.way != Way.DOWNLOAD,
            Destination.seen_at < now - LATE,
        )
        .order_by(Destination.seen_at)
    )
    return [
        Missing(each.id, each.channel, each.name, each.seen_at + dt.timedelta(days=1))
        for each in late
        if each.seen_at is not None
        and not _has_just_failed(session, each.id, now=now)
        and _comes_every_night(session, each.id, each.seen_at)
    ]


def _has_just_failed(session: Session, destination_id: int, *, now: dt.datetime) -> bool:
    last = _last(session, destination_id)
    return last is not None and last.outcome is DeliveryOutcome.FAILED and last.at > now - LATE


def _comes_every_night(session: Session, destination_id: int, seen_at: dt.datetime) -> bool:
    """Whether it came on nearly every day of the week that ends with its last coming."""
    since = civil_day(seen_at) - dt.timedelta(days=WEEK - 1)
    came = session.scalars(
        select(Delivery.at).where(
            Delivery.destination_id == destination_id,
            Delivery.outcome == DeliveryOutcome.DONE,
            Delivery.at > seen_at - dt.timedelta(days=WEEK + 1),
        )
    )
    return len({day for at in came if (day := civil_day(at)) >= since}) >= NIGHTS


def watch(session: Session, *, now: dt.datetime) -> list[Missing]:
    """Write down who did not come, once for each absence; returns the absences that are new."""
    told = []
    for each in missing(session, now=now):
        last = _last(session, each.destination_id)
        if last is None or last.outcome is not DeliveryOutcome.MISSED:
            _add(session, each.destination_id, now=now, outcome=DeliveryOutcome.MISSED)
            told.append(each)
    return told


def troubles(session: Session, *, since: dt.datetime) -> pd.DataFrame:
    """Deliveries that failed or were missed after `since`, newest first. Reads only.

    Columns: delivery_id, destination_id, channel, way, name, seen_at, at, outcome, failure.
    """
    return db.frame(
        session,
        select(
            Delivery.id.label("delivery_id"),
            Delivery.destination_id,
            Destination.channel,
            Destination.way,
            Destination.name,
            Destination.seen_at,
            Delivery.at,
            Delivery.outcome,
            Delivery.failure,
        )
        .join(Destination, Destination.id == Delivery.destination_id)
        .where(
            Delivery.at > since,
            Delivery.outcome != DeliveryOutcome.DONE,
            Destination.left_at.is_(None),
        )
        .order_by(Delivery.at.desc(), Delivery.id.desc()),
    )


# -- leaving -------------------------------------------------------------------------------------


def leave(session: Session, actor: Actor, destination_id: int, *, now: dt.datetime) -> None:
    """Stop watching a destination nobody uses any more; its next delivery brings it back."""
    _watched(session, actor, destination_id, "channel.leave", left_at=now, now=now)


def come_back(session: Session, actor: Actor, destination_id: int, *, now: dt.datetime) -> None:
    """Watch a destination again: the undo of `leave`."""
    _watched(session, actor, destination_id, "channel.come_back", left_at=None, now=now)


def _watched(
    session: Session,
    actor: Actor,
    destination_id: int,
    action: str,
    *,
    left_at: dt.datetime | None,
    now: dt.datetime,
) -> None:
    people.authorize(session, actor, "export")
    destination = session.get(Destination, destination_id)
    if destination is None:
        raise NotFound("destination", destination_id)
    destination.left_at = left_at
    people.record(session, actor, action, kind="destination", object_id=destination_id, now=now)


def forget(session: Session, *, before: dt.datetime) -> None:
    """Retention: old deliveries go, and files a person took that long ago. The last one stays."""
    taken = select(Destination.id).where(
        Destination.way == Way.DOWNLOAD, Destination.created_at < before
    )
    old = [
        each
        for each in session.scalars(taken)
        if (last := _last(session, each)) is None or last.at < before
    ]
    _drop(session, old)
    newest = select(func.max(Delivery.id)).group_by(Delivery.destination_id)
    session.execute(delete(Delivery).where(Delivery.at < before, Delivery.id.not_in(newest)))
