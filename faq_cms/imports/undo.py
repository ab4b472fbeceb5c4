"""A whole import taken back: what it made goes, what people changed since stays and is said.

Articles it created and nobody touched are removed; those it published are withdrawn, their address
leading nowhere until the next import brings them back. Drafts it wrote are dropped, or become again
the draft they replaced. Votes are the readers': they stay where they are counted.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

import pandas as pd
from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.orm import Session

from faq_cms import articles, categories, db, loop, people, plans, publishing
from faq_cms.articles import Seen, Text
from faq_cms.errors import Conflict, FaqError, NotFound
from faq_cms.imports.apply import UNDONE
from faq_cms.models import Account, Article, ImportBatch, ImportedEntry, ImportEffect, Version
from faq_cms.people import Actor

LISTED: Final = 50  # past imports a person looks back at


class Why(StrEnum):
    """Why an article is left as it is."""

    WRITTEN = "written"
    PUBLISHED = "published"
    PLANNED = "planned"


WHY = {
    Why.WRITTEN: "Son texte a été modifié depuis.",
    Why.PUBLISHED: "Il a été publié depuis.",
    Why.PLANNED: "Une publication ou un retrait est programmé.",
}


@dataclass
class Undone:
    """What taking an import back does, by article id; `kept` says why the others stay."""

    removed: list[int] = field(default_factory=list)
    withdrawn: list[int] = field(default_factory=list)
    dropped: list[int] = field(default_factory=list)
    restored: dict[int, Text] = field(default_factory=dict)
    kept: dict[int, Why] = field(default_factory=dict)

    @property
    def moved(self) -> int:
        """How many articles it changes."""
        return len(self.removed) + len(self.withdrawn) + len(self.dropped) + len(self.restored)


# -- looking -------------------------------------------------------------------------------------


def past(session: Session, *, limit: int = LISTED) -> pd.DataFrame:
    """The last imports, newest first.

    Columns: batch_id, at, name, by (name; None: the installation), created, updated, undone_at,
    is_known (whether what it did is remembered: older ones cannot be undone).
    """
    known = select(ImportEffect.batch_id).where(ImportEffect.batch_id == ImportBatch.id)
    return db.frame(
        session,
        select(
            ImportBatch.id.label("batch_id"),
            ImportBatch.at,
            ImportBatch.name,
            Account.name.label("by"),
            ImportBatch.created,
            ImportBatch.updated,
            ImportBatch.undone_at,
            known.exists().label("is_known"),
        )
        .outerjoin(Account, Account.id == ImportBatch.account_id)
        .order_by(ImportBatch.id.desc())
        .limit(limit),
    )


def preview(session: Session, batch_id: int) -> Undone:
    """What undoing this import would do now. Reads only. Raises NotFound."""
    if session.get(ImportBatch, batch_id) is None:
        raise NotFound("import_batch", batch_id)
    return _judged(session, batch_id, hold=False)


def questions(session: Session, article_ids: Iterable[int]) -> dict[int, str]:
    """What these articles ask, to name them."""
    found: dict[int, str] = {}
    for some in articles.slices(article_ids):
        rows = session.execute(
            select(Version.article_id, Version.question)
            .where(Version.article_id.in_(some))
            .order_by(Version.id)
        )
        found |= dict(rows.all())
    return found


# -- doing ---------------------------------------------------------------------------------------


def undo(session: Session, actor: Actor, batch_id: int, *, now: dt.datetime) -> Undone:
    """Take the import back. Raises Forbidden, NotFound, Conflict("already_undone")."""
    for action in ("article.import", "article.withdraw"):
        people.authorize(session, actor, action)
    db.in_turn(session, "import")
    batch = session.get(ImportBatch, batch_id, with_for_update=True)
    if batch is None:
        raise NotFound("import_batch", batch_id)
    if batch.undone_at is not None:
        raise Conflict("already_undone", batch.name)
    done = _judged(session, batch_id, hold=True)
    # Before their drafts go: an entry is compared anew with what it was before.
    _forget(session, batch_id, {*done.dropped, *done.restored}, done.withdrawn)
    publishing.discard_drafts(session, actor, [*done.removed, *done.dropped])
    if done.restored:
        articles.save_drafts(
            session,
            actor,
            done.restored,
            seen={each: articles.seen(session, each) for each in done.restored},
            now=now,
        )
    loop.withdraw_all(session, actor, done.withdrawn, now=now)
    batch.undone_at = now
    session.flush()
    _remove_categories(session, actor, batch.categories or [], now=now)
    people.record(
        session,
        actor,
        "article.import_undo",
        kind="import_batch",
        object_id=batch_id,
        now=now,
        name=batch.name,
        articles=done.moved,
        kept=len(done.kept),
    )
    return done


@dataclass(frozen=True)
class _Now:
    """An article as it stands: its live version, the newest number, its draft's revision."""

    seen: Seen
    live_revision: int | None
    newest: int | None


def _judged(session: Session, batch_id: int, *, hold: bool) -> Undone:
    """What becomes of each article the import touched; with `hold`, nobody writes them meanwhile."""
    effects = session.execute(
        select(
            ImportEffect.article_id,
            ImportEffect.created,
            ImportEffect.published,
            ImportEffect.revision,
            ImportEffect.before,
        ).where(ImportEffect.batch_id == batch_id)
    ).all()
    present = _present(session, [effect.article_id for effect in effects], hold=hold)
    awaited = plans.awaited(session)
    undone = Undone()
    for article_id, created, published, revision, before in effects:
        now = present[article_id]
        if article_id in awaited:
            undone.kept[article_id] = Why.PLANNED
        elif published and now.seen == Seen(None, 0):
            continue  # withdrawn already
        elif why := _touched(now, revision, published=published, created=created):
            undone.kept[article_id] = why
        elif published:
            undone.withdrawn.append(article_id)
        elif before:
            undone.restored[article_id] = Text(before[0], before[1], tuple(before[2:]))
        elif created and now.newest is None:
            undone.removed.append(article_id)
        else:
            undone.dropped.append(article_id)
    return undone


def _touched(now: _Now, revision: int, *, published: bool, created: bool) -> Why | None:
    """Why what the import left of an article is no longer what stands there; None when it is."""
    if published:
        is_same = now.live_revision == revision and now.seen.revision == 0
        return None if is_same else Why.WRITTEN
    if now.seen.revision == revision:
        return None
    is_out = now.seen.revision == 0 and now.newest is not None
    return Why.PUBLISHED if created and is_out else Why.WRITTEN


def _present(session: Session, article_ids: Iterable[int], *, hold: bool) -> dict[int, _Now]:
    found: dict[int, _Now] = {}
    for some in articles.slices(article_ids):
        standing = select(Article.id).where(Article.id.in_(some)).order_by(Article.id)
        session.execute(standing.with_for_update() if hold else standing)
        of_these = Version.article_id.in_(some)
        drafts = dict(
            session.execute(
                select(Version.article_id, Version.revision).where(
                    of_these, Version.number.is_(None)
                )
            ).all()
        )
        newest = dict(
            session.execute(
                select(Version.article_id, func.max(Version.number))
                .where(of_these)
                .group_by(Version.article_id)
            ).all()
        )
        rows = session.execute(
            select(Article.id, Article.live_version_id, Version.revision)
            .outerjoin(Version, Version.id == Article.live_version_id)
            .where(Article.id.in_(some))
        )
        for article_id, live_id, revision in rows:
            seen = Seen(live_id, drafts.get(article_id, 0))
            found[article_id] = _Now(seen, revision, newest.get(article_id))
    return found


def _forget(session: Session, batch_id: int, dropped: set[int], withdrawn: Iterable[int]) -> None:
    """The entries are compared, next time, with what was imported before this import."""
    effects = session.execute(
        select(ImportEffect.key, ImportEffect.article_id, ImportEffect.fingerprint).where(
            ImportEffect.batch_id == batch_id
        )
    ).all()
    back = {effect.key: effect.fingerprint for effect in effects if effect.article_id in dropped}
    gone = set(withdrawn)
    back |= {effect.key: UNDONE for effect in effects if effect.article_id in gone}
    entries = ImportedEntry.batch_id == batch_id
    if unknown := [{"was": key} for key, before in back.items() if before is None]:
        session.connection().execute(
            delete(ImportedEntry).where(ImportedEntry.key == bindparam("was"), entries), unknown
        )
    if known := [{"was": key, "before": each} for key, each in back.items() if each is not None]:
        session.connection().execute(
            update(ImportedEntry)
            .where(ImportedEntry.key == bindparam("was"), entries)
            .values(fingerprint=bindparam("before")),
            known,
        )


def _remove_categories(
    session: Session, actor: Actor, category_ids: Iterable[int], *, now: dt.datetime
) -> None:
    """The categories the import added go too, where nothing else is filed under them."""
    for category_id in sorted(category_ids, reverse=True):  # those under others first
        try:
            categories.remove(session, actor, category_id=category_id, now=now)
        except FaqError:  # in use, gone already, or not this person’s to remove
            continue
