"""One person's work on one article, in one tab: what was seen, what is typed, what was refused.

Every save names what this tab had seen (`articles.Seen`). Question, wordings and answer are saved by
different widgets, and the answer's saves leave the browser before it has heard of the one before: the
desk remembers the chain of its own saves, so that our own hand is never taken for a colleague's, and a
colleague's is always noticed. A refused text stays on the desk, whole, until somebody decides.
"""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

import streamlit as st
from sqlalchemy.orm import Session

from faq_cms import articles, db, french, loop, plans, presence, quality, reviews
from faq_cms.articles import Seen, Text
from faq_cms.errors import FaqError, StaleDraft
from faq_cms.models import (
    Article,
    Plan,
    PlannedAction,
    ReviewNote,
    ReviewState,
    Significance,
    Version,
)
from faq_cms.people import Actor
from faq_cms.reviews import Reading
from faq_cms.screens import _session

_REMEMBERED: Final = 50  # a push names a save a few seconds old; more would be another sitting


@dataclass(frozen=True)
class Page:
    """An article as it stands, read in one transaction. `versions`: the published ones, newest first."""

    article: Article
    live: Version | None
    draft: Version | None
    versions: list[Version]
    seen: Seen
    readings: list[Reading]
    notes: list[ReviewNote]
    plans: Mapping[PlannedAction, Plan]
    hands: set[int | None]
    needs_review: bool
    taken_back: set[int]

    @property
    def last(self) -> Version | None:
        """The version published last."""
        return self.versions[0] if self.versions else None

    @property
    def text(self) -> Text:
        """The draft, else the live text, else the last one published."""
        return text_of(self.draft or self.live or self.last)

    @property
    def state(self) -> str:
        """`published`, `withdrawn` or `draft` (never published), as in `articles.library`."""
        return "published" if self.live else "withdrawn" if self.is_withdrawn else "draft"

    @property
    def is_withdrawn(self) -> bool:
        """Whether it was public and is no more."""
        return self.article.withdrawn_at is not None

    @property
    def reading(self) -> Reading | None:
        """The last reading of this draft that says something: asked and not called off, or decided."""
        about = self.draft.id if self.draft else None
        said = (each for each in self.readings if each.state is not ReviewState.CANCELLED)
        return next((each for each in said if each.version_id == about), None)

    @property
    def request(self) -> Reading | None:
        """The request under way, if a colleague is asked to read this draft."""
        asked = self.reading and self.reading.state is ReviewState.REQUESTED
        return self.reading if asked else None

    @property
    def is_reviewed_as_it_stands(self) -> bool:
        """Whether nothing was typed since that reading."""
        return bool(self.draft and self.reading and self.reading.revision == self.draft.revision)

    @property
    def is_frozen(self) -> bool:
        """Whether the draft waits for the clock to publish it."""
        return PlannedAction.PUBLISH in self.plans

    @property
    def has_changes(self) -> bool:
        """Whether publishing would change what the public reads."""
        return self.draft is not None and (self.live is None or text_of(self.live) != self.text)


@dataclass
class Desk:
    """See the module. `generation` names the widgets: a new one starts them from the saved text."""

    article_id: int
    text: Text
    seen: Seen
    own: list[Seen] = field(default_factory=list)
    generation: int = 0
    mine: Text | None = None
    stale: StaleDraft | None = None
    problem: str = ""
    ticked: set[int] = field(default_factory=set)
    answered: set[int] = field(default_factory=set)  # by the version just published
    goes_on: bool = False  # to the next remark, once, after a publication
    is_publishing: bool = False
    is_typesetting: bool = False
    asking: str = ""  # what the publication panel asks instead: see `_publication`
    published: Version | None = None
    arrived: set[int] = field(default_factory=set)
    shown: dict[Seen, Text] = field(default_factory=dict)
    base: Text | None = None  # what the refused text was written on; None: forgotten

    def key(self, name: str) -> str:
        """The key of one of this desk's widgets."""
        return f"{name}_{self.article_id}_{self.generation}"

    @property
    def is_refused(self) -> bool:
        """Whether what is typed could not be saved, and waits for a decision."""
        return self.stale is not None or bool(self.problem)

    def remember(self, seen: Seen, text: Text) -> None:
        """Keep what a page said: a text refused later is compared with what it was written on."""
        self.shown.pop(seen, None)
        self.shown[seen] = text
        if len(self.shown) > _REMEMBERED:
            del self.shown[next(iter(self.shown))]

    def start_again(self) -> None:
        """Forget what is typed: the widgets start from the saved text."""
        self.mine, self.stale, self.problem = None, None, ""
        self.generation += 1


def text_of(version: Version | None) -> Text:
    """The content of a version; an empty one for None."""
    if version is None:
        return Text("", "")
    return Text(version.question, version.answer, tuple(version.wordings))


def revision(seen: Seen) -> str:
    """What was seen, as the editor carries it to the browser and back."""
    return f"{seen.live_id or 0}:{seen.revision}"


def seen_of(text: str) -> Seen | None:
    """The reverse of `revision`; None for what a browser made up."""
    found = re.fullmatch(r"(\d{1,18}):(\d{1,18})", text)
    return Seen(int(found[1]) or None, int(found[2])) if found else None


# -- opening -------------------------------------------------------------------------------------


def read(article_id: int) -> Page:
    """The article as it stands. Raises NotFound."""
    with db.reading() as session:
        article = articles.article(session, article_id)
        versions = articles.history(session, article_id)
        draft = articles.draft_of(session, article_id)
        return Page(
            article=article,
            live=next((v for v in versions if v.id == article.live_version_id), None),
            draft=draft,
            versions=versions,
            seen=articles.seen(session, article_id),
            readings=reviews.readings(session, article_id),
            notes=reviews.notes(session, draft.id) if draft else [],
            plans=plans.pending(session, article_id),
            hands=articles.hands(session, draft) if draft else set(),
            needs_review=_needs_review(session, draft),
            taken_back=articles.taken_back(session, article_id),
        )


def _needs_review(session: Session, draft: Version | None) -> bool:
    return draft is not None and reviews.is_required() and not reviews.is_approved(session, draft)


def opened(page: Page) -> Desk:
    """This tab's desk for the article, brought up to date with what stands now."""
    name = f"desk_{page.article.id}"
    desk: Desk | None = st.session_state.get(name)
    if desk is None:
        desk = st.session_state[name] = Desk(page.article.id, page.text, page.seen)
    elif desk.seen != page.seen and desk.stale is None:
        _follow(desk, page)
    desk.remember(page.seen, page.text)
    return desk


def _follow(desk: Desk, page: Page) -> None:
    """Somebody else saved or published: fields that nobody is typing in here show it."""
    desk.text, desk.seen = page.text, page.seen
    desk.own.clear()
    for name, value in (
        ("question", page.text.question),
        ("wordings", "\n".join(page.text.wordings)),
    ):
        if desk.key(name) in st.session_state:
            st.session_state[desk.key(name)] = value


# -- saving --------------------------------------------------------------------------------------


def save_answer(desk: Desk, answer: str, based_on: str | int) -> str | None:
    """Keep the answer as typed; the revision it became, or None when it was refused."""
    based = seen_of(str(based_on))
    if based is None:
        return None
    seen = desk.own[-1] if desk.own and based in desk.own else based
    saved = _save(desk, replace(desk.mine or desk.text, answer=answer), seen)
    return revision(saved) if saved else None


def save_question(desk: Desk) -> None:
    """Keep the question as typed."""
    question = str(st.session_state[desk.key("question")])
    _save(desk, replace(desk.mine or desk.text, question=question), desk.seen)


def save_wordings(desk: Desk) -> None:
    """Keep the other wordings, one a line."""
    lines = tuple(
        line.strip()
        for line in str(st.session_state[desk.key("wordings")]).splitlines()
        if line.strip()
    )
    _save(desk, replace(desk.mine or desk.text, wordings=lines), desk.seen)


def settle(desk: Desk, text: Text, over: Seen) -> None:
    """Save what was decided between two texts over the one that was shown, and over nothing newer."""
    if _save(desk, text, over):
        desk.start_again()


def take_theirs(desk: Desk) -> None:
    """« Reprendre le sien »: the widgets start again from the colleague's text."""
    desk.own.clear()
    desk.start_again()


def typeset(desk: Desk) -> None:
    """Put the typography right, as if it had been typed; the widgets start from the new text."""
    desk.is_typesetting = False
    if _save(desk, quality.typeset(desk.text), desk.seen):
        desk.start_again()


def open_typesetting(desk: Desk) -> None:
    """Ask for the panel that shows what the typography changes."""
    desk.is_typesetting = True


def close_typesetting(desk: Desk) -> None:
    """Leave that panel."""
    desk.is_typesetting = False


def _save(desk: Desk, text: Text, seen: Seen) -> Seen | None:
    try:
        with _session.changing() as (session, actor, now):
            presence.here(session, actor, desk.article_id, now=now, typed=True)
            articles.save_draft(session, actor, desk.article_id, text=text, seen=seen, now=now)
            saved = articles.seen(session, desk.article_id)
    except StaleDraft as stale:
        desk.mine, desk.stale, desk.base = text, stale, desk.shown.get(seen)
        return None
    except FaqError as error:
        desk.mine, desk.problem = text, french.sentence(error)
        return None
    desk.own = [*(desk.own if seen in desk.own else [seen]), saved][-_REMEMBERED:]
    desk.text, desk.seen = text, saved
    desk.remember(saved, text)
    desk.mine, desk.stale, desk.problem = None, None, ""
    return saved


# -- publishing ----------------------------------------------------------------------------------


def publish(desk: Desk) -> None:
    """Publish what this tab has seen; the ticked remarks name the new version.

    Weight and note are read from their widgets now, not when the button was drawn: what was typed
    last arrives with the press itself.
    """
    significance = st.session_state.get(desk.key("significance"), Significance.MAJOR)
    note = st.session_state.get(desk.key("note"), "")
    try:
        with _session.changing() as (session, actor, now):
            version = loop.publish(
                session,
                actor,
                desk.article_id,
                seen=desk.seen,
                significance=significance,
                note=note,
                answered_remarks=sorted(desk.ticked),
                now=now,
            )
            desk.seen = articles.seen(session, desk.article_id)
    except StaleDraft as stale:
        desk.mine, desk.stale, desk.is_publishing = desk.text, stale, False
        desk.base = desk.shown.get(desk.seen)
        return
    except FaqError as error:
        _session.refuse(error)
        desk.is_publishing = False
        return
    desk.published, desk.is_publishing = version, False
    desk.own = [desk.seen]
    desk.answered, desk.ticked, desk.goes_on = desk.ticked, set(), True


def take_back(desk: Desk, version: Version) -> None:
    """« Annuler » the publication just made: its text is the draft again."""

    def change(session: Session, actor: Actor, now: dt.datetime) -> None:
        loop.take_back(session, actor, desk.article_id, version_id=version.id, now=now)

    desk.published = None
    if _session.act(change, done="Publication annulée. Le texte est de nouveau un brouillon."):
        desk.ticked, desk.answered = desk.answered, set()
        desk.own.clear()
        desk.start_again()


def discard(desk: Desk) -> bool:
    """Throw the draft away; the widgets show the published text again. Whether it was done."""

    def change(session: Session, actor: Actor, now: dt.datetime) -> None:
        loop.draft_discarded(session, actor, desk.article_id, seen=desk.seen, now=now)

    if not _session.act(change, done="Brouillon supprimé."):
        return False
    desk.own.clear()
    desk.start_again()
    return True


def open_publication(desk: Desk) -> None:
    """Ask for the publication panel."""
    desk.is_publishing, desk.published, desk.asking = True, None, ""


def close(desk: Desk) -> None:
    """Leave the publication panel."""
    desk.is_publishing = False


def note_for(remarks: int) -> str:
    """The note proposed for a version that answers so many remarks."""
    return f"Répond à {french.count(remarks, 'remarque')}" if remarks else ""
