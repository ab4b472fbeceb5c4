"""Entries to articles: what importing a document would do, and doing it.

An entry is compared with the fingerprint last imported, not with the present text: an article
edited here whose source did not move is left alone, and a source that moved becomes a draft beside
what is published, never in its place. So a second import changes nothing.
"""

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from faq_cms import articles, categories, loop, people, rendering
from faq_cms.articles import Text
from faq_cms.errors import Conflict
from faq_cms.imports.document import Document, Entry, fingerprint, folded, key
from faq_cms.models import Article, ImportBatch, ImportedEntry, Significance, Version
from faq_cms.people import Actor

_KEY_MAX = 500  # what the column holds


class State(StrEnum):
    """What importing an entry does."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"


STATES = {
    State.CREATED: "Nouveau",
    State.UPDATED: "Modifié",
    State.UNCHANGED: "Identique",
    State.SKIPPED: "Ignoré",
}


class Reason(StrEnum):
    """Why an entry is skipped."""

    EMPTY_ANSWER = "empty_answer"
    DUPLICATE = "duplicate"
    QUESTION_TOO_LONG = "question_too_long"
    ANSWER_TOO_LONG = "answer_too_long"
    DRAFT_IN_PROGRESS = "draft_in_progress"


REASONS = {
    Reason.EMPTY_ANSWER: "Cette question n’a pas de réponse.",
    Reason.DUPLICATE: "Cette question figure déjà plus haut dans le document.",
    Reason.QUESTION_TOO_LONG: "Cette question est trop longue.",
    Reason.ANSWER_TOO_LONG: "Cette réponse est trop longue\u00a0: découpez-la.",
    Reason.DRAFT_IN_PROGRESS: (
        "Un brouillon est en cours sur cet article\u00a0: publiez-le ou abandonnez-le d’abord."
    ),
}


@dataclass(frozen=True, slots=True)
class Step:
    """What becomes of one entry. `article_id` is the article it is about, once there is one."""

    entry: Entry
    state: State
    reason: Reason | None = None
    article_id: int | None = None


@dataclass(slots=True)
class _Present:
    """An article as it stands: contents of its live version and of its draft."""

    live: Text | None = None
    draft: Text | None = None


@dataclass(slots=True)
class _Library:
    """What is here already: entries once imported by key, articles by id and by folded question."""

    imported: dict[str, ImportedEntry]
    present: dict[int, _Present] = field(default_factory=dict)
    by_question: dict[str, int] = field(default_factory=dict)


def plan(session: Session, document: Document) -> list[Step]:
    """What importing the document would do now, entry by entry. Reads only."""
    library = _library(session)
    keys: set[str] = set()
    concerned: set[int] = set()
    steps = []
    for entry in document.entries:
        step = _step(entry, library)
        if _identity(entry) in keys or step.article_id in concerned:
            step = Step(entry, State.SKIPPED, Reason.DUPLICATE, step.article_id)
        keys.add(_identity(entry))
        if step.article_id is not None:
            concerned.add(step.article_id)
        steps.append(step)
    return steps


def write(
    session: Session,
    actor: Actor,
    document: Document,
    *,
    name: str,
    digest: str,
    publish: bool = False,
    category: str | None = None,
    now: dt.datetime,
) -> list[Step]:
    """Import the document: all of it or, on any error, nothing. Returns what was done.

    `name` and `digest` (SHA-256 of the bytes) say which document it was. `publish` publishes the
    articles created; what changed always becomes a draft. `category` files the articles created,
    in place of the document's own categories. Raises Forbidden, Invalid when a category cannot be
    named so, Conflict("import_running") when another import wrote the same entries meanwhile.
    """
    people.authorize(session, actor, "article.import")
    steps = plan(session, document)
    if not any(_is_news(session, step) for step in steps):
        return steps
    batch = ImportBatch(
        at=now,
        account_id=actor.id,
        name=name[:255],
        digest=digest,
        created=count(steps, State.CREATED),
        updated=count(steps, State.UPDATED),
    )
    session.add(batch)
    session.flush()
    try:
        done = [
            _written(session, actor, step, batch, publish=publish, category=category, now=now)
            for step in steps
        ]
        session.flush()
    except IntegrityError:
        raise Conflict("import_running") from None
    people.record(
        session,
        actor,
        "article.import",
        kind="import_batch",
        object_id=batch.id,
        now=now,
        name=batch.name,
        created=batch.created,
        updated=batch.updated,
    )
    return done


def count(steps: Sequence[Step], state: State) -> int:
    """How many entries have this state."""
    return sum(step.state is state for step in steps)


def _step(entry: Entry, library: _Library) -> Step:
    if reason := _refusal(entry):
        return Step(entry, State.SKIPPED, reason)
    link = library.imported.get(_identity(entry))
    article_id = link.article_id if link else library.by_question.get(folded(entry.question))
    if article_id is None:
        return Step(entry, State.CREATED)
    if link and link.fingerprint == fingerprint(entry):
        return Step(entry, State.UNCHANGED, article_id=article_id)
    present = library.present.get(article_id, _Present())  # none of either when withdrawn
    if _text(entry) in (present.live, present.draft):
        return Step(entry, State.UNCHANGED, article_id=article_id)
    if present.draft and not (link and _fingerprint(present.draft) == link.fingerprint):
        return Step(entry, State.SKIPPED, Reason.DRAFT_IN_PROGRESS, article_id)
    return Step(entry, State.UPDATED, article_id=article_id)


def _refusal(entry: Entry) -> Reason | None:
    if not entry.answer:
        return Reason.EMPTY_ANSWER
    if len(entry.question) > articles.QUESTION_MAX:
        return Reason.QUESTION_TOO_LONG
    if len(entry.answer.encode()) > rendering.MAX_BYTES:
        return Reason.ANSWER_TOO_LONG
    return None


def _is_news(session: Session, step: Step) -> bool:
    """Whether the step teaches anything: a text, or which article an entry is about."""
    if step.state is not State.UNCHANGED:
        return step.state is not State.SKIPPED
    link = session.get(ImportedEntry, _identity(step.entry))
    return link is None or link.fingerprint != fingerprint(step.entry)


def _written(
    session: Session,
    actor: Actor,
    step: Step,
    batch: ImportBatch,
    *,
    publish: bool,
    category: str | None,
    now: dt.datetime,
) -> Step:
    """Do one step, and remember what was imported, so that it is compared with that next time."""
    if not _is_news(session, step):
        return step
    entry, article_id = step.entry, step.article_id
    if article_id is None:
        article_id = _created(
            session, actor, entry, batch, publish=publish, category=category, now=now
        )
    elif step.state is State.UPDATED:
        seen = articles.seen(session, article_id)
        articles.save_draft(session, actor, article_id, text=_text(entry), seen=seen, now=now)
    session.merge(
        ImportedEntry(
            key=_identity(entry),
            article_id=article_id,
            batch_id=batch.id,
            fingerprint=fingerprint(entry),
        )
    )
    return Step(entry, step.state, article_id=article_id)


def _created(
    session: Session,
    actor: Actor,
    entry: Entry,
    batch: ImportBatch,
    *,
    publish: bool,
    category: str | None,
    now: dt.datetime,
) -> int:
    """Id of a new article for the entry."""
    name = category or entry.category
    filed = categories.add(session, actor, name=name, now=now) if name else None
    article = articles.create(
        session, actor, text=_text(entry), category_id=filed.id if filed else None, now=now
    )
    if publish:
        loop.publish(
            session,
            actor,
            article.id,
            seen=articles.seen(session, article.id),
            significance=Significance.MAJOR,
            note=f"Importé de {batch.name}",
            now=now,
        )
    return article.id


def _library(session: Session) -> _Library:
    imported = {link.key: link for link in session.scalars(select(ImportedEntry))}
    library = _Library(imported)
    current = select(
        Version.article_id, Version.number, Version.question, Version.answer, Version.wordings
    ).join(Article, Article.id == Version.article_id)
    for condition in (Version.number.is_(None), Version.id == Article.live_version_id):
        for article_id, number, question, answer, wordings in session.execute(
            current.where(condition)
        ):
            text = Text(question, answer, tuple(wordings))
            present = library.present.setdefault(article_id, _Present())
            if number is None:
                present.draft = text
            else:
                present.live = text
            library.by_question[folded(question)] = article_id
    return library


def _identity(entry: Entry) -> str:
    """The entry's key, as the column can hold it."""
    identity = key(entry)
    if len(identity) <= _KEY_MAX:
        return identity
    return hashlib.sha256(identity.encode()).hexdigest()


def _text(entry: Entry) -> Text:
    return Text(entry.question, entry.answer, entry.wordings)


def _fingerprint(text: Text) -> str:
    return fingerprint(Entry(text.question, text.answer, None, (), 0, wordings=text.wordings))
