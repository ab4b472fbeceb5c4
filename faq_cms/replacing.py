"""« Remplacer partout »: the same words changed in many articles, seen before, undone in one gesture.

A billing address moves, an import left masked addresses: the words are the same everywhere, the
articles are not, so a person looks at each change before it is made. What is replaced is the text in
progress: the draft where there is one, else what is published. A draft is somebody's unfinished work:
it receives the change but is never published with it.
"""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import ColumnElement, String, and_, cast, or_, select
from sqlalchemy.orm import Session

from faq_cms import articles, loop, people, quality, rendering
from faq_cms.articles import Seen, Text
from faq_cms.errors import Conflict, Invalid, StaleDraft
from faq_cms.models import Article, Significance, Version
from faq_cms.people import Actor

WORDS_MAX: Final = 500


@dataclass(frozen=True)
class Standing:
    """An article's text in progress, and what a page that shows it has seen."""

    article_id: int
    text: Text
    seen: Seen
    has_draft: bool


@dataclass(frozen=True)
class Candidate:
    """An article that holds the words: `before` as it stands, `after` once they are replaced."""

    article_id: int
    before: Text
    after: Text
    count: int
    seen: Seen
    has_draft: bool

    @property
    def can_publish(self) -> bool:
        """Whether publishing would publish this change and nothing else."""
        return not self.has_draft and self.seen.live_id is not None


@dataclass(frozen=True)
class Replaced:
    """One article changed: what it said, and what the page that undoes it has seen."""

    candidate: Candidate
    seen: Seen
    is_published: bool


@dataclass(frozen=True)
class Outcome:
    """What a replacement did, and the articles it left alone because they had moved."""

    done: tuple[Replaced, ...]
    left: tuple[int, ...]


def find(session: Session, wanted: str, replacement: str) -> list[Candidate]:
    """The articles whose text in progress holds these very words, oldest first.

    Accents, capitals and spaces count. Raises Invalid when nothing is looked for, or nothing would
    change.
    """
    wanted, replacement = _checked(wanted, replacement)
    return [
        Candidate(
            each.article_id,
            each.text,
            _replaced(each.text, wanted, replacement),
            _count(each.text, wanted),
            each.seen,
            each.has_draft,
        )
        for each in _standing(session, wanted)
        if _count(each.text, wanted)
    ]


def masked(session: Session) -> dict[str, Counter[int]]:
    """Masked addresses in texts in progress: how often, by their spelling, then by article."""
    found: dict[str, Counter[int]] = {}
    for each in _standing(session, "prot", "PROT", "Prot"):
        for whole in (each.text.question, each.text.answer, *each.text.wordings):
            for spelling in quality.MASKED_ADDRESS.findall(whole):
                found.setdefault(spelling, Counter())[each.article_id] += 1
    return found


def replace_all(
    session: Session,
    actor: Actor,
    chosen: Sequence[Candidate],
    *,
    wanted: str,
    replacement: str,
    publish: bool,
    now: dt.datetime,
) -> Outcome:
    """Make the changes that were seen; those of articles that moved since are left out.

    With `publish`, what can be is published as *Forme*: the votes go on. The rest becomes drafts. One
    refusal other than a moved text (an answer left empty, a right withdrawn) undoes everything.
    """
    people.authorize(session, actor, "article.write")
    note = f"Remplacement\u00a0: «\u202f{wanted}\u202f» → «\u202f{replacement}\u202f»"
    done: list[Replaced] = []
    left: list[int] = []
    for each in sorted(chosen, key=lambda candidate: candidate.article_id):
        try:
            articles.save_draft(
                session, actor, each.article_id, text=each.after, seen=each.seen, now=now
            )
        except StaleDraft:
            left.append(each.article_id)
            continue
        seen = articles.seen(session, each.article_id)
        is_published = publish and each.can_publish
        if is_published:
            loop.publish(
                session,
                actor,
                each.article_id,
                seen=seen,
                significance=Significance.MINOR,
                note=note[: articles.NOTE_MAX],
                now=now,
            )
            seen = articles.seen(session, each.article_id)
        done.append(Replaced(each, seen, is_published))
    if done:
        _record(session, actor, "article.replace", wanted, replacement, done, now)
    return Outcome(tuple(done), tuple(left))


def undo(
    session: Session,
    actor: Actor,
    done: Sequence[Replaced],
    *,
    wanted: str,
    replacement: str,
    now: dt.datetime,
) -> None:
    """Give every article back what it said: a new *Forme* version, the draft as it was, or none.

    Raises Conflict("moved_since") when one of them was changed since; nothing is undone then.
    """
    people.authorize(session, actor, "article.write")
    for each in sorted(done, key=lambda replaced: replaced.candidate.article_id):
        try:
            _take_back(session, actor, each, now)
        except StaleDraft as moved:
            raise Conflict("moved_since", moved.current_question) from moved
    _record(session, actor, "article.undo_replace", wanted, replacement, done, now)


def _take_back(session: Session, actor: Actor, each: Replaced, now: dt.datetime) -> None:
    before, article_id = each.candidate, each.candidate.article_id
    if each.is_published and before.seen.live_id is not None:
        loop.restore(
            session,
            actor,
            article_id,
            version_id=before.seen.live_id,
            seen=each.seen,
            significance=Significance.MINOR,
            note="Remplacement annulé",
            now=now,
        )
    elif before.has_draft:
        articles.save_draft(session, actor, article_id, text=before.before, seen=each.seen, now=now)
    else:
        loop.draft_discarded(session, actor, article_id, seen=each.seen, now=now)


def _record(
    session: Session,
    actor: Actor,
    action: str,
    wanted: str,
    replacement: str,
    done: Sequence[Replaced],
    now: dt.datetime,
) -> None:
    people.record(
        session,
        actor,
        action,
        kind="replacement",
        object_id=None,
        now=now,
        before=wanted,
        after=replacement,
        articles=[each.candidate.article_id for each in done],
    )


# -- words ---------------------------------------------------------------------------------------


def _checked(wanted: str, replacement: str) -> tuple[str, str]:
    wanted, replacement = rendering.clean(wanted), rendering.clean(replacement)
    if not wanted.strip():
        raise Invalid("wanted", "empty")
    if max(len(wanted), len(replacement)) > WORDS_MAX:
        raise Invalid("wanted", "too_long", WORDS_MAX)
    if wanted == replacement:
        raise Invalid("replacement", "same")
    return wanted, replacement


def _replaced(text: Text, wanted: str, replacement: str) -> Text:
    return replace(
        text,
        question=text.question.replace(wanted, replacement),
        answer=text.answer.replace(wanted, replacement),
        wordings=tuple(wording.replace(wanted, replacement) for wording in text.wordings),
    )


def _count(text: Text, wanted: str) -> int:
    return sum(whole.count(wanted) for whole in (text.question, text.answer, *text.wordings))


def _standing(session: Session, *holding: str) -> list[Standing]:
    """The texts in progress that may hold these words; what the database cannot tell is kept."""
    rows = session.execute(
        select(Article, Version)
        .join(Version, Version.article_id == Article.id)
        .where(or_(Version.number.is_(None), Version.id == Article.live_version_id))
        # A draft stands before what is published, whatever it holds.
        .where(Version.number.is_(None) | _may_hold(holding))
        .order_by(Article.id, Version.number.is_(None))
    )
    # The draft comes last: it is what stands.
    standing = {article.id: (article, version) for article, version in rows}
    return [
        Standing(
            article.id,
            Text(version.question, version.answer, tuple(version.wordings)),
            Seen(article.live_version_id, 0 if version.number else version.revision),
            version.number is None,
        )
        for article, version in standing.values()
    ]


def _may_hold(words: Sequence[str]) -> ColumnElement[bool]:
    # How the two databases spell other wordings (escapes, spaces) differs: any is worth reading.
    return or_(
        *(Version.question.contains(each, autoescape=True) for each in words),
        *(Version.answer.contains(each, autoescape=True) for each in words),
        and_(cast(Version.wordings, String) != "[]", cast(Version.wordings, String) != "null"),
    )
