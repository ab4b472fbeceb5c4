"""Entries to articles: what importing documents would do, and doing it.

An entry is compared with the fingerprint last imported, not with the present text: an article
edited here whose source did not move is left alone, and a source that moved becomes a draft beside
what is published, never in its place. So a second import changes nothing. All the documents of an
import are one batch: written together or not at all, undone together (`faq_cms.imports.undo`).
"""

import datetime as dt
import hashlib
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from faq_cms import articles, categories, db, filing, loop, people, plans, rendering
from faq_cms.articles import Fresh, Seen, Text
from faq_cms.errors import Conflict, Forbidden, StaleDraft
from faq_cms.imports import feedback
from faq_cms.imports.document import (
    Document,
    Entry,
    Source,
    Standing,
    fingerprint,
    folded,
    key,
)
from faq_cms.imports.similar import Questions
from faq_cms.models import (
    Article,
    Category,
    ImportBatch,
    ImportedEntry,
    ImportEffect,
    Significance,
    Version,
)
from faq_cms.people import Actor

_KEY_MAX: Final = 500  # what the columns hold
_NAME_MAX: Final = 255
_AT_ONCE: Final = 2_000  # articles made between two signs of progress
UNDONE: Final = (
    ""  # fingerprint of what an undone import had published: the next one brings it back
)


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
    PLANNED = "planned"
    LEFT_OUT = "left_out"


REASONS = {
    Reason.EMPTY_ANSWER: "Cette question n’a pas de réponse.",
    Reason.DUPLICATE: "Cette question figure déjà plus haut dans cet import.",
    Reason.QUESTION_TOO_LONG: "Cette question est trop longue.",
    Reason.ANSWER_TOO_LONG: "Cette réponse est trop longue\u00a0: découpez-la.",
    Reason.DRAFT_IN_PROGRESS: (
        "Un brouillon est en cours sur cet article\u00a0: publiez-le ou abandonnez-le d’abord."
    ),
    Reason.PLANNED: "La publication de cet article est programmée\u00a0: annulez-la d’abord.",
    Reason.LEFT_OUT: "Vous l’avez laissée de côté.",
}


@dataclass(frozen=True, slots=True)
class Step:
    """What becomes of one entry. `article_id` is the article it is about, once there is one.

    `like` is an article that asks almost the same, and its question: a probable duplicate. `file` is
    the rank of the entry's document.
    """

    entry: Entry
    state: State
    reason: Reason | None = None
    article_id: int | None = None
    like: tuple[int, str] | None = None
    file: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an import did. `batch_id` is None when there was nothing to write but feedback."""

    steps: list[Step]
    batch_id: int | None
    feedback: feedback.Report


Told = Callable[[int, int], None]  # how many entries are done, of how many


def _untold(_done: int, _total: int) -> None:
    """Nobody watches."""


# -- what would be done --------------------------------------------------------------------------


def plan(session: Session, *documents: Document, left_out: Collection[int] = ()) -> list[Step]:
    """What importing these documents together would do now, entry by entry. Reads only.

    `left_out`: the ranks, over all documents, of the entries somebody chose not to import.
    """
    return _plan(_library(session), documents, left_out)


def _plan(
    library: "_Library", documents: Sequence[Document], left_out: Collection[int]
) -> list[Step]:
    keys: set[str] = set()
    concerned: set[int] = set()
    steps: list[Step] = []
    for file, document in enumerate(documents):
        for entry in document.entries:
            if len(steps) in left_out:
                steps.append(Step(entry, State.SKIPPED, Reason.LEFT_OUT, file=file))
                continue
            step, identity = replace(_step(entry, library), file=file), _identity(entry)
            if identity in keys or step.article_id in concerned:
                step = Step(entry, State.SKIPPED, Reason.DUPLICATE, step.article_id, file=file)
            keys.add(identity)
            if step.article_id is not None:
                concerned.add(step.article_id)
            steps.append(step)
    return steps


def count(steps: Sequence[Step], state: State) -> int:
    """How many entries have this state."""
    return sum(step.state is state for step in steps)


@dataclass(slots=True)
class _Present:
    """An article as it stands: contents of its live version and of its draft."""

    live: Text | None = None
    draft: Text | None = None
    seen: Seen = field(default_factory=lambda: Seen(None, 0))


_NOWHERE: Final = _Present()  # withdrawn, and no draft


@dataclass(slots=True)
class _Library:
    """What is here already: (article, fingerprint) by key, articles by id and by folded question."""

    imported: dict[str, tuple[int, str]]
    awaited: set[int]
    present: dict[int, _Present] = field(default_factory=dict)
    by_question: dict[str, int] = field(default_factory=dict)
    questions: Questions = field(default_factory=lambda: Questions(()))


def _library(session: Session) -> _Library:
    links = session.execute(
        select(ImportedEntry.key, ImportedEntry.article_id, ImportedEntry.fingerprint)
    )
    library = _Library(
        {key: (article_id, fingerprint) for key, article_id, fingerprint in links},
        plans.awaited(session),
    )
    current = select(
        Version.article_id,
        Version.id,
        Version.number,
        Version.question,
        Version.answer,
        Version.wordings,
        Version.revision,
    ).join(Article, Article.id == Version.article_id)
    for condition in (Version.number.is_(None), Version.id == Article.live_version_id):
        rows = session.execute(current.where(condition))
        for article_id, version_id, number, question, answer, wordings, revision in rows:
            text = Text(question, answer, tuple(wordings))
            present = library.present.setdefault(article_id, _Present())
            if number is None:
                present.draft = text
                present.seen = Seen(None, revision)
            else:
                present.live = text
                present.seen = Seen(version_id, present.seen.revision)
            library.by_question[folded(question)] = article_id
    library.questions = Questions(
        (article_id, said.question)
        for article_id, each in library.present.items()
        if (said := each.live or each.draft)
    )
    return library


def _step(entry: Entry, library: _Library) -> Step:
    if reason := _refusal(entry):
        return Step(entry, State.SKIPPED, reason)
    article_id, known = library.imported.get(_identity(entry), (None, None))
    if article_id is None:
        article_id = library.by_question.get(folded(entry.question))
    if article_id is None:
        return Step(entry, State.CREATED, like=library.questions.nearest(entry.question))
    if known == fingerprint(entry):
        return Step(entry, State.UNCHANGED, article_id=article_id)
    present = library.present.get(article_id, _NOWHERE)
    if known == UNDONE and present is _NOWHERE:
        return Step(entry, State.CREATED, article_id=article_id)
    if _text(entry) in (present.live, present.draft):
        return Step(entry, State.UNCHANGED, article_id=article_id)
    if present.draft and not (known and _fingerprint(present.draft) == known):
        return Step(entry, State.SKIPPED, Reason.DRAFT_IN_PROGRESS, article_id)
    if article_id in library.awaited:
        return Step(entry, State.SKIPPED, Reason.PLANNED, article_id)
    return Step(entry, State.UPDATED, article_id=article_id)


def _refusal(entry: Entry) -> Reason | None:
    if not entry.answer:
        return Reason.EMPTY_ANSWER
    if len(entry.question) > articles.QUESTION_MAX:
        return Reason.QUESTION_TOO_LONG
    if len(entry.answer.encode()) > rendering.MAX_BYTES:
        return Reason.ANSWER_TOO_LONG
    return None


# -- doing it ------------------------------------------------------------------------------------


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
    """`write_all` for one document; returns what was done."""
    source = Source(name, digest, document)
    return write_all(session, actor, [source], publish=publish, category=category, now=now).steps


def write_all(
    session: Session,
    actor: Actor,
    sources: Sequence[Source],
    *,
    publish: bool = False,
    category: str | None = None,
    left_out: Collection[int] = (),
    told: Told = _untold,
    now: dt.datetime,
) -> Outcome:
    """Import documents as one batch: all of it or, on any error, nothing.

    `publish` publishes the articles created, but for those that were drafts in their system, and
    withdraws at once those that were archived there; what changed always becomes a draft. `category`
    files the articles created, in place of the documents' own categories. `left_out` is that of
    `plan`. Raises Forbidden, Invalid when a category cannot be named so, Conflict("review_required")
    when the rule forbids to publish, Conflict("import_running") when another import wrote the same
    entries meanwhile.
    """
    people.authorize(session, actor, "article.import")
    db.in_turn(session, "import")
    library = _library(session)
    steps = _plan(library, [source.document for source in sources], left_out)
    work = _Work(session, actor, library, told=told, now=now)
    try:
        batch_id = work.written(steps, sources, publish=publish, category=category)
        session.flush()
    except (IntegrityError, StaleDraft):
        raise Conflict("import_running") from None
    for at, article_id in work.ids.items():
        steps[at] = replace(steps[at], article_id=article_id)
    said = list(_feedback(steps, sources))
    return Outcome(steps, batch_id, _kept(session, actor, said, now=now))


def _feedback(steps: Iterable[Step], sources: Sequence[Source]) -> Iterator[feedback.Told]:
    """What other systems' readers said of the articles that are here."""
    for step in steps:
        entry, here = step.entry, step.article_id
        if here is not None and step.state is not State.SKIPPED and (entry.ballots or entry.totals):
            yield feedback.Told(here, sources[step.file].document.source, entry)


def _kept(
    session: Session, actor: Actor, told: Sequence[feedback.Told], *, now: dt.datetime
) -> feedback.Report:
    """Keep the feedback, if whoever imports may: the articles come in all the same."""
    if not told:
        return feedback.Report()
    try:
        return feedback.write(session, actor, told, now=now)
    except Forbidden:
        count = sum(len(each.entry.ballots) + (each.entry.totals is not None) for each in told)
        return feedback.Report(withheld=count)


class _Work:
    """One import under way; `ids` are the articles it made, by the rank of their entry."""

    def __init__(
        self, session: Session, actor: Actor, library: _Library, *, told: Told, now: dt.datetime
    ) -> None:
        self._session, self._actor, self._library = session, actor, library
        self._told, self._now = told, now
        self._effects: list[dict[str, object]] = []
        self.ids: dict[int, int] = {}

    def written(
        self,
        steps: Sequence[Step],
        sources: Sequence[Source],
        *,
        publish: bool,
        category: str | None,
    ) -> int | None:
        """Write the steps; the batch's id, None when they teach nothing."""
        news = {at: step for at, step in enumerate(steps) if self._is_news(step)}
        if not news:
            return None
        batch = self._batch(steps, sources)
        new = {at: step for at, step in news.items() if step.state is State.CREATED}
        fresh = {at: step for at, step in new.items() if step.article_id is None}
        filing_of = _Filing(self._session, self._actor, category, now=self._now)
        since = self._since if publish else _never
        for done, some in _in_slices(fresh):
            self._create(some, filing_of, since, note=batch.name)
            self._told(done, len(news))
        self._bring_back([step for step in new.values() if step.article_id], publish=publish)
        self._update([step for step in news.values() if step.state is State.UPDATED])
        self._remember(
            [(self.ids.get(at) or step.article_id, step.entry) for at, step in news.items()],
            batch.id,
        )
        batch.categories = filing_of.added()
        self._told(len(news), len(news))
        people.record(
            self._session,
            self._actor,
            "article.import",
            kind="import_batch",
            object_id=batch.id,
            now=self._now,
            name=batch.name,
            created=batch.created,
            updated=batch.updated,
        )
        return batch.id

    def _is_news(self, step: Step) -> bool:
        """Whether the step teaches anything: a text, or which article an entry is about."""
        if step.state is not State.UNCHANGED:
            return step.state is not State.SKIPPED
        known = self._library.imported.get(_identity(step.entry))
        return known is None or known[1] != fingerprint(step.entry)

    def _batch(self, steps: Sequence[Step], sources: Sequence[Source]) -> ImportBatch:
        digests = [source.digest for source in sources]
        batch = ImportBatch(
            at=self._now,
            account_id=self._actor.id,
            name=_shortened([source.name for source in sources]),
            digest=digests[0] if len(digests) == 1 else _sha256("".join(digests)),
            created=count(steps, State.CREATED),
            updated=count(steps, State.UPDATED),
        )
        self._session.add(batch)
        self._session.flush()
        return batch

    def _create(
        self, some: Mapping[int, Step], filing_of: "_Filing", since: "_Since", *, note: str
    ) -> None:
        entries = [step.entry for step in some.values()]
        fresh = [
            Fresh(_text(each), filing_of.of(each), each.address, each.created_at, _uid(each))
            for each in entries
        ]
        ids = articles.create_all(self._session, self._actor, fresh, now=self._now)
        self.ids |= dict(zip(some, ids, strict=True))
        made = dict(zip(ids, entries, strict=True))
        filing.tag_new(self._session, self._actor, {id_: each.tags for id_, each in made.items()})
        published = {id_: at for id_, each in made.items() if (at := since(each))}
        loop.publish_new(
            self._session, self._actor, published, note=f"Importé de {note}", now=self._now
        )
        archived = [id_ for id_ in published if made[id_].standing is Standing.ARCHIVED]
        if archived:
            loop.withdraw_all(self._session, self._actor, archived, now=self._now)
        for id_, each in made.items():
            self._effect(id_, each, revision=1, created=True, published=id_ in published)

    def _since(self, entry: Entry) -> dt.datetime | None:
        """Since when readers have this text; None when they never had it."""
        if entry.standing is Standing.DRAFT:
            return None
        return entry.published_at or entry.updated_at or entry.created_at or self._now

    def _bring_back(self, steps: Sequence[Step], *, publish: bool) -> None:
        """Articles that an import had published before it was undone: they keep their addresses."""
        self._save(steps, created=True, published=publish)
        for step in steps if publish else ():
            assert step.article_id is not None  # noqa: S101 — they were chosen so
            loop.publish(
                self._session,
                self._actor,
                step.article_id,
                seen=articles.seen(self._session, step.article_id),
                significance=Significance.MAJOR,
                now=self._now,
            )

    def _update(self, steps: Sequence[Step]) -> None:
        self._save(steps, created=False, published=False)

    def _save(self, steps: Sequence[Step], *, created: bool, published: bool) -> None:
        """The entries' texts as drafts of their articles, with what undoing that would need."""
        entries = {step.article_id: step.entry for step in steps if step.article_id is not None}
        present = {each: self._library.present.get(each, _NOWHERE) for each in entries}
        revisions = articles.save_drafts(
            self._session,
            self._actor,
            {each: _text(entry) for each, entry in entries.items()},
            seen={each: at.seen for each, at in present.items()},
            now=self._now,
        )
        for each, entry in entries.items():
            self._effect(
                each,
                entry,
                revision=revisions[each],
                created=created,
                published=published,
                before=present[each].draft,
            )

    def _effect(
        self,
        article_id: int,
        entry: Entry,
        *,
        revision: int,
        created: bool,
        published: bool,
        before: Text | None = None,
    ) -> None:
        _, known = self._library.imported.get(_identity(entry), (None, None))
        self._effects.append(
            {
                "article_id": article_id,
                "key": _identity(entry),
                "created": created,
                "published": published,
                "revision": revision,
                "fingerprint": known,
                "before": before and [before.question, before.answer, *before.wordings],
            }
        )

    def _remember(self, links: Sequence[tuple[int | None, Entry]], batch_id: int) -> None:
        """What was imported, to compare with it next time; and what was done, to undo it."""
        statement = db.insert(self._session, ImportedEntry)
        told = statement.excluded
        self._session.execute(
            statement.on_conflict_do_update(
                index_elements=["key"],
                set_={
                    "article_id": told.article_id,
                    "batch_id": told.batch_id,
                    "fingerprint": told.fingerprint,
                },
            ),
            [
                {
                    "key": _identity(entry),
                    "article_id": article_id,
                    "batch_id": batch_id,
                    "fingerprint": fingerprint(entry),
                }
                for article_id, entry in links
            ],
        )
        if self._effects:
            self._session.execute(
                insert(ImportEffect), [{**each, "batch_id": batch_id} for each in self._effects]
            )


_Since = Callable[[Entry], dt.datetime | None]


def _never(_entry: Entry) -> None:
    """Nothing is published: an import only writes drafts unless it is asked otherwise."""


def _in_slices(steps: Mapping[int, Step]) -> Iterator[tuple[int, dict[int, Step]]]:
    """The steps a few at a time, and how many will be done then."""
    every = list(steps.items())
    for first in range(0, len(every), _AT_ONCE):
        some = every[first : first + _AT_ONCE]
        yield first + len(some), dict(some)


class _Filing:
    """The categories of an import's articles: each is looked for, or added, once."""

    def __init__(
        self, session: Session, actor: Actor, asked: str | None, *, now: dt.datetime
    ) -> None:
        self._session, self._actor, self._asked, self._now = session, actor, asked, now
        self._known = {each.id for each in categories.ordered(session)}
        self._found: dict[tuple[str | None, str], int] = {}

    def of(self, entry: Entry) -> int | None:
        """Id of the category an entry is filed under, if any."""
        name, parent = (self._asked, None) if self._asked else (entry.category, entry.parent)
        if not name:
            return None
        if (parent, name) not in self._found:
            self._found[parent, name] = self._category(name, self._above(parent)).id
        return self._found[parent, name]

    def added(self) -> list[int]:
        """Ids of those that were not there before the import."""
        return sorted({each.id for each in categories.ordered(self._session)} - self._known)

    def _above(self, parent: str | None) -> int | None:
        if not parent:
            return None
        found = self._category(parent, None)
        return found.parent_id or found.id  # there is no third level

    def _category(self, name: str, parent_id: int | None) -> Category:
        return categories.add(
            self._session, self._actor, name=name, parent_id=parent_id, now=self._now
        )


# -- one entry -----------------------------------------------------------------------------------


def _identity(entry: Entry) -> str:
    """The entry's key, as the column can hold it."""
    identity = key(entry)
    return identity if len(identity) <= _KEY_MAX else _sha256(identity)


# Our identity as our own exports write it, and as our export for Rasa names its intents.
_OURS: Final = re.compile(rf"(?:{articles.OWN}|rasa:faq/)([0-9a-f]{{32}})")


def _uid(entry: Entry) -> str | None:
    """The identity an entry exported by another installation goes on having."""
    known = _OURS.fullmatch(entry.external_id or "")
    return known[1] if known else None


def _text(entry: Entry) -> Text:
    return Text(entry.question, entry.answer, entry.wordings)


def _fingerprint(text: Text) -> str:
    return fingerprint(Entry(text.question, text.answer, None, (), 0, wordings=text.wordings))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _shortened(names: Sequence[str]) -> str:
    """The names of the documents, as many as the column holds."""
    whole = ", ".join(names)
    return whole if len(whole) <= _NAME_MAX else f"{whole[: _NAME_MAX - 1]}…"
