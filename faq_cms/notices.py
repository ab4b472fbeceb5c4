"""What each person of the team is told, and where they want it: in the application, in a digest.

A notice is a row that says what happened, written once under a key that names the occasion. Notices
are read off the rows of the other chapters (a flag, a correction, a delivery) at each turn of the
clock, rather than written by every door: nothing that lists, gives or asks can forget to tell, and
what was taken back before anybody could act is never told. Nobody is told of a flag in its first
minutes (`corrections.QUIET`).

Nobody is told of what they did themselves, nor of what their role may do nothing about. What no
longer matters (a flag withdrawn, a relecture decided) leaves by itself from what is left to read.
"""

import datetime as dt
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import pandas as pd
from sqlalchemy import ColumnElement, Select, and_, delete, or_, select, update
from sqlalchemy.orm import Session, aliased

from faq_cms import analytics, corrections, db, deliveries, flags, french, mail, people, settings
from faq_cms.mail import Letter
from faq_cms.models import (
    Account,
    Article,
    Correction,
    DeliveryOutcome,
    DigestAddress,
    Flag,
    FlagOutcome,
    Notice,
    NoticeChoice,
    NoticeKind,
    Review,
    ReviewState,
    Rhythm,
    Told,
    Version,
    Way,
)
from faq_cms.people import Actor
from faq_cms.votes import civil_day

# Whom a kind concerns: those who can do something about it.
RIGHTS: Final[Mapping[NoticeKind, str]] = {
    NoticeKind.CONFIRMED: "correction.work",
    NoticeKind.ASSIGNED: "correction.work",
    NoticeKind.REVIEW: "article.review",
    NoticeKind.LATE: "correction.work",
    NoticeKind.BURST: "votes.release",
    NoticeKind.MISSED: "export",
}
# An installation that was stopped, or has just learnt to tell, does not tell a month at once.
RECENT: Final = dt.timedelta(days=2)
KEPT: Final = dt.timedelta(days=90)
SHOWN: Final = 50
HOUR: Final = 7  # of the digest, Paris time: before the day begins


@dataclass(frozen=True)
class Choice:
    """Where one kind of notice is wanted."""

    in_application: bool = True
    by_mail: bool = True


@dataclass(frozen=True)
class News:
    """A notice as it is read."""

    notice_id: int
    kind: NoticeKind
    at: dt.datetime
    article_id: int | None
    detail: Mapping[str, Any]


@dataclass(frozen=True)
class _Occasion:
    """Something to tell: under which key, of what, and to whom (empty: to all it concerns)."""

    key: str
    kind: NoticeKind
    at: dt.datetime
    detail: Mapping[str, Any]
    about: Mapping[str, int] = field(default_factory=dict)
    to: frozenset[int] = frozenset()
    but: int | None = None  # who did it


# -- telling -------------------------------------------------------------------------------------


def is_any(session: Session, *, now: dt.datetime) -> bool:
    """Whether something has happened that nobody was told. Reads only."""
    return next(_new(session, now=now), None) is not None


def tell(session: Session, *, now: dt.datetime) -> list[Notice]:
    """Write down what has happened and was not told; returns the notices that are new. Idempotent."""
    told = []
    for occasion in list(_new(session, now=now)):
        notice_id: int | None = session.scalar(
            db.insert(session, Notice)
            .values(
                key=occasion.key,
                kind=occasion.kind,
                at=occasion.at,
                detail=dict(occasion.detail),
                **occasion.about,
            )
            .on_conflict_do_nothing(index_elements=["key"])
            .returning(Notice.id)
        )
        if notice_id is None:
            continue  # another server told it meanwhile
        for account_id in _concerned(session, occasion):
            session.add(Told(notice_id=notice_id, account_id=account_id))
        session.flush()
        told.append(session.get_one(Notice, notice_id))
    return told


def _new(session: Session, *, now: dt.datetime) -> Iterator[_Occasion]:
    for found in (_proven, _assigned, _asked, _late, _aside, _missed):
        occasions = list(found(session, now))
        keys = [occasion.key for occasion in occasions]
        known = set(session.scalars(select(Notice.key).where(Notice.key.in_(keys)))) if keys else ()
        yield from (occasion for occasion in occasions if occasion.key not in known)


def _proven(session: Session, now: dt.datetime) -> Iterator[_Occasion]:
    """Flags the figures prove, once their first minutes are over."""
    rows = session.execute(
        _questioned(select(Flag.id, Flag.opened_at, Flag.article_id, Flag.evidence), Flag).where(
            Flag.kind.in_(flags.PROVEN),
            Flag.closed_at.is_(None),
            Flag.opened_at <= now - corrections.QUIET,
            Flag.opened_at > now - RECENT,
        )
    )
    for number, at, article_id, evidence, question in rows:
        counts = {name: evidence.get(name) for name in ("helpful", "unhelpful", "off_text")}
        yield _Occasion(
            f"flag {number}",
            NoticeKind.CONFIRMED,
            at,
            {"question": question, **counts},
            {"article_id": article_id, "flag_id": number},
        )


def _assigned(session: Session, now: dt.datetime) -> Iterator[_Occasion]:
    giver = aliased(Account)
    rows = session.execute(
        _questioned(select(Correction, giver.name), Correction)
        .outerjoin(giver, giver.id == Correction.assigned_by_id)
        .where(
            Correction.state.in_(corrections.LISTED),
            Correction.taken_by_id.is_not(None),
            Correction.taken_at > now - RECENT,
            or_(
                Correction.assigned_by_id.is_(None),
                Correction.assigned_by_id != Correction.taken_by_id,
            ),
        )
    )
    for row, name, question in rows:
        due = {"due_on": row.due_on.isoformat()} if row.due_on else {}
        yield _Occasion(
            f"given {row.id} {row.taken_by_id} {row.taken_at.isoformat()}",
            NoticeKind.ASSIGNED,
            row.taken_at,
            {"question": question, "name": name, **due},
            {"article_id": row.article_id, "correction_id": row.id},
            to=frozenset({row.taken_by_id}),
        )


def _asked(session: Session, now: dt.datetime) -> Iterator[_Occasion]:
    asker = aliased(Account)
    rows = session.execute(
        select(Review, asker.name, Version.question)
        .join(Version, Version.id == Review.version_id)
        .outerjoin(asker, asker.id == Review.asked_by_id)
        .where(Review.state == ReviewState.REQUESTED, Review.asked_at > now - RECENT)
    )
    for row, name, question in rows:
        yield _Occasion(
            f"review {row.id}",
            NoticeKind.REVIEW,
            row.asked_at,
            {"question": question, "name": name},
            {"article_id": row.article_id, "review_id": row.id},
            to=frozenset({row.reviewer_id} if row.reviewer_id else ()),
            but=row.asked_by_id,
        )


def _late(session: Session, now: dt.datetime) -> Iterator[_Occasion]:
    """Corrections whose day is over: told to who has it and who gave it, else to all who correct."""
    today = civil_day(now)
    rows = session.execute(
        _questioned(select(Correction), Correction).where(
            Correction.state.in_(corrections.LISTED),
            Correction.due_on < today,
            Correction.due_on >= today - RECENT,
        )
    )
    for row, question in rows:
        holders = {row.taken_by_id, row.assigned_by_id} - {None}
        yield _Occasion(
            f"late {row.id} {row.due_on}",
            NoticeKind.LATE,
            now,
            {"question": question, "due_on": row.due_on.isoformat()},
            {"article_id": row.article_id, "correction_id": row.id},
            to=frozenset(holders),
        )


def _aside(session: Session, now: dt.datetime) -> Iterator[_Occasion]:
    """Votes set aside that nobody has ruled on, once the burst has had its first minutes."""
    if not analytics.bursts_stamp(session)[0]:
        return
    for row in analytics.bursts(session).to_dict("records"):
        if row["kept_by"] is None and now - RECENT < row["first_at"] <= now - corrections.QUIET:
            yield _Occasion(
                f"burst {row['article_id']} {row['period_id']} {row['day']} {row['source']}",
                NoticeKind.BURST,
                row["first_at"],
                {"question": row["question"], "votes": int(row["helpful"] + row["unhelpful"])},
                {"article_id": int(row["article_id"])},
            )


def _missed(session: Session, now: dt.datetime) -> Iterator[_Occasion]:
    """Who did not come, and who was served once and now comes in vain: told once a day at most."""
    for row in deliveries.troubles(session, since=now - RECENT).to_dict("records"):
        is_followed = row["way"] != Way.DOWNLOAD and not pd.isna(row["seen_at"])
        if row["outcome"] == DeliveryOutcome.MISSED or is_followed:
            detail = {"channel": row["channel"], "name": row["name"]}
            if row["failure"]:
                detail["failure"] = row["failure"]
            yield _Occasion(f"missed {row['delivery_id']}", NoticeKind.MISSED, row["at"], detail)


def _questioned(query: Any, of: type[Flag] | type[Correction]) -> Any:
    """The query, with the question readers see; articles nobody reads are left out."""
    return (
        query.add_columns(Version.question)
        .join(Article, Article.id == of.article_id)
        .join(Version, Version.id == Article.live_version_id)
    )


def _concerned(session: Session, occasion: _Occasion) -> list[int]:
    accounts = session.scalars(
        select(Account).where(Account.disabled_at.is_(None)).order_by(Account.id)
    )
    return [
        each.id
        for each in accounts
        if people.may(each.role, RIGHTS[occasion.kind])
        and (each.id in occasion.to if occasion.to else True)
        and each.id != occasion.but
    ]


# -- reading -------------------------------------------------------------------------------------


def unread(session: Session, actor: Actor) -> list[News]:
    """What this person has not read and still matters, of the kinds they want here; newest first."""
    wanted = [kind for kind, choice in choices(session, actor).items() if choice.in_application]
    query = _standing().where(
        Told.account_id == actor.id, Told.seen_at.is_(None), Notice.kind.in_(wanted)
    )
    return _read(session, query.order_by(Notice.at.desc(), Notice.id.desc()).limit(SHOWN))


def see(session: Session, actor: Actor, notice_ids: list[int], *, now: dt.datetime) -> None:
    """« Marquer comme lu »: for this person alone."""
    _mark(session, actor, notice_ids, seen_at=now)


def unsee(session: Session, actor: Actor, notice_ids: list[int]) -> None:
    """Take back « Marquer comme lu »."""
    _mark(session, actor, notice_ids, seen_at=None)


def _mark(
    session: Session, actor: Actor, notice_ids: list[int], *, seen_at: dt.datetime | None
) -> None:
    people.authorize(session, actor, "figures.read")
    session.execute(
        update(Told)
        .where(Told.account_id == actor.id, Told.notice_id.in_(notice_ids))
        .values(seen_at=seen_at)
    )


def _standing() -> Select[Any]:
    """What was told, less what no longer matters."""
    return (
        select(Notice)
        .join(Told, Told.notice_id == Notice.id)
        .outerjoin(Flag, Flag.id == Notice.flag_id)
        .outerjoin(Review, Review.id == Notice.review_id)
        .outerjoin(Correction, Correction.id == Notice.correction_id)
        .where(
            or_(Flag.outcome.is_(None), Flag.outcome != FlagOutcome.WITHDRAWN),
            or_(Notice.review_id.is_(None), Review.state == ReviewState.REQUESTED),
            or_(Notice.correction_id.is_(None), _is_theirs()),
        )
    )


def _is_theirs() -> ColumnElement[bool]:
    """Whether a correction still waits, and still for the person who was told it is theirs."""
    return and_(
        Correction.state.in_(corrections.LISTED),
        or_(Notice.kind != NoticeKind.ASSIGNED, Correction.taken_by_id == Told.account_id),
    )


def _read(session: Session, query: Select[Any]) -> list[News]:
    return [
        News(each.id, each.kind, each.at, each.article_id, each.detail)
        for each in session.scalars(query)
    ]


# -- what a person wants -------------------------------------------------------------------------


def choices(session: Session, actor: Actor) -> dict[NoticeKind, Choice]:
    """Where this person wants each kind their role has to do with. Reads only."""
    rows = session.scalars(select(NoticeChoice).where(NoticeChoice.account_id == actor.id))
    chosen = {row.kind: Choice(row.in_application, row.by_mail) for row in rows}
    return {
        kind: chosen.get(kind, Choice())
        for kind, action in RIGHTS.items()
        if people.may(actor.role, action)
    }


def choose(session: Session, actor: Actor, kind: NoticeKind, choice: Choice) -> None:
    """Say where one wants this kind of notice."""
    people.authorize(session, actor, "figures.read")
    values = {"in_application": choice.in_application, "by_mail": choice.by_mail}
    session.execute(
        db.insert(session, NoticeChoice)
        .values(account_id=actor.id, kind=kind, **values)
        .on_conflict_do_update(index_elements=["account_id", "kind"], set_=values)
    )


def digest_of(session: Session, actor: Actor) -> DigestAddress | None:
    """Where this person receives their digest; None when they want no mail."""
    return session.scalar(select(DigestAddress).where(DigestAddress.account_id == actor.id))


def receive(
    session: Session, actor: Actor, *, address: str, rhythm: Rhythm, now: dt.datetime
) -> None:
    """Receive one's notices by e-mail from now on. Raises Invalid("address", "not_an_address")."""
    people.authorize(session, actor, "figures.read")
    values = {"address": mail.address(address), "rhythm": rhythm}
    before = digest_of(session, actor)
    if before is not None and before.address != values["address"]:
        mail.withdraw(session, before.key)  # what waits is for the address of before
    session.execute(
        db.insert(session, DigestAddress)
        .values(account_id=actor.id, key=secrets.token_urlsafe(32), since=now, **values)
        .on_conflict_do_update(index_elements=["account_id"], set_=values)
    )
    session.expire_all()


def stop(session: Session, actor: Actor) -> None:
    """No more mail, not even what waits to leave; the address is forgotten."""
    people.authorize(session, actor, "figures.read")
    _leave(session, DigestAddress.account_id == actor.id)


def subscription(session: Session, key: str) -> DigestAddress | None:
    """Whose unsubscribe link holds this key; None once they have left."""
    return session.scalar(select(DigestAddress).where(DigestAddress.key == key))


def unsubscribe(session: Session, key: str) -> None:
    """Leave by the link of a mail; a second time changes nothing."""
    _leave(session, DigestAddress.key == key)


def _leave(session: Session, which: ColumnElement[bool]) -> None:
    keys = session.scalars(delete(DigestAddress).where(which).returning(DigestAddress.key)).all()
    for key in keys:
        mail.withdraw(session, key)


# -- the digest ----------------------------------------------------------------------------------


def slot(now: dt.datetime) -> str:
    """The day of the digest: it begins at 7 in Paris."""
    return _day(now).isoformat()


def post_digests(session: Session, now: dt.datetime) -> None:
    """Post to each person what they have not read since their last digest; nothing when nothing is.

    The duty of the clock. Every day looks back at Monday: a server that slept then catches up.
    """
    if not mail.is_configured():
        return
    day = _day(now)
    monday = day - dt.timedelta(days=day.weekday())
    for subscriber, account in session.execute(
        select(DigestAddress, Account)
        .join(Account, Account.id == DigestAddress.account_id)
        .where(Account.disabled_at.is_(None))
    ).all():
        until = day if subscriber.rhythm is Rhythm.DAILY else monday
        _post(session, subscriber, account, until=until, now=now)


def _post(
    session: Session, to: DigestAddress, account: Account, *, until: dt.date, now: dt.datetime
) -> None:
    actor = Actor(account.id, account.name, account.role)
    wanted = [kind for kind, choice in choices(session, actor).items() if choice.by_mail]
    query = _standing().where(
        Told.account_id == account.id,
        Told.seen_at.is_(None),
        Told.mailed_at.is_(None),
        Notice.kind.in_(wanted),
        Notice.at > to.since,
        Notice.at <= dt.datetime.combine(until, dt.time(HOUR), french.PARIS),
    )
    news = _read(session, query.order_by(Notice.at, Notice.id))
    if news and mail.post(session, _letter(to, account, news, until), now=now):
        session.execute(
            update(Told)
            .where(
                Told.account_id == account.id,
                Told.notice_id.in_([each.notice_id for each in news]),
            )
            .values(mailed_at=now)
        )


def _letter(to: DigestAddress, account: Account, news: list[News], until: dt.date) -> Letter:
    here = settings.current()
    way_out = mail.way_out(to.key)
    found = french.count(len(news), "nouveauté", "nouveautés")
    return Letter(
        key=f"digest {account.id} {until}",
        recipient=to.address,
        subject=f"{here.site_name}\u00a0: {found}",
        text=french.digest(
            account.name,
            here.site_name,
            [(french.told(each.kind, each.detail), address(each)) for each in news],
            settings_url=f"{here.public_url}/gestion/notifications",
            unsubscribe_url=way_out,
        ),
        unsubscribe_url=way_out,
        subscription=to.key,
    )


def address(news: News) -> str:
    """Where to do something about it, in the application."""
    base = f"{settings.current().public_url}/gestion"
    if news.kind is NoticeKind.MISSED:
        return f"{base}/canaux"
    if news.kind is NoticeKind.BURST:
        return f"{base}/mis-de-cote"
    return f"{base}/article?article={news.article_id}"


def _day(now: dt.datetime) -> dt.date:
    return civil_day(now) - dt.timedelta(days=now.astimezone(french.PARIS).hour < HOUR)


# -- retention -----------------------------------------------------------------------------------


def forget(session: Session, *, before: dt.datetime) -> None:
    """Drop the notices of before, and the addresses of those who left the team."""
    old = select(Notice.id).where(Notice.at < before)
    session.execute(delete(Told).where(Told.notice_id.in_(old)))
    session.execute(delete(Notice).where(Notice.at < before))
    gone = select(Account.id).where(Account.disabled_at.is_not(None))
    _leave(session, DigestAddress.account_id.in_(gone))
