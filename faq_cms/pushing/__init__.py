"""Published articles written straight into a help desk, and nothing of what its people wrote.

First a comparison (`compare`) of what is published, what we last wrote there and what is there now; it
writes nothing and is what a person is shown. Then the writing (`push`), one article after another, each
noted as soon as the other side has taken it: whatever interrupts it, the next push does the rest.
An article somebody edited there since is left alone unless the person says otherwise.
"""

import contextlib
import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from time import sleep
from typing import Final

from faq_cms import articles, db, deliveries, people, words
from faq_cms.articles import PublishedArticle
from faq_cms.deliveries import Held, Target
from faq_cms.errors import Conflict, DeskRefused
from faq_cms.exports import Site, channel
from faq_cms.imports import html_text
from faq_cms.models import Way
from faq_cms.people import Actor
from faq_cms.pushing import freshdesk, zendesk
from faq_cms.pushing.desk import HelpDesk, Remote
from faq_cms.pushing.freshdesk import Freshdesk
from faq_cms.pushing.polite import Line, Pause
from faq_cms.pushing.zendesk import Zendesk
from faq_cms.settings import Settings

_LINES: Final = {"freshdesk": freshdesk.line, "zendesk": zendesk.line}
_DESKS: Final[Mapping[str, Callable[[Settings, Line], HelpDesk]]] = {
    "freshdesk": Freshdesk,
    "zendesk": Zendesk,
}
DESKS: Final = tuple(_DESKS)


class Action(StrEnum):
    """What a push does to one article of the other side."""

    ADD = "added"
    MODIFY = "modified"
    WITHDRAW = "withdrawn"
    KNOW = "recognised"  # the same text is there already: only noted as ours
    FORGET = "forgotten"  # it left there as it left here: only noted


class Doubt(StrEnum):
    """Why a push leaves an article alone: what the other side's people did."""

    EDITED = "edited"
    THEIRS = "theirs"  # an article of this title that we never wrote, with other words
    DELETED = "deleted"


@dataclass(frozen=True)
class Step:
    """One article to bring over. `article` is None when it leaves, `remote` when it is not there."""

    action: Action
    article_id: int
    question: str
    article: PublishedArticle | None = None
    remote: Remote | None = None
    doubt: Doubt | None = None

    @property
    def writes(self) -> bool:
        """Whether the other side changes."""
        return self.action not in (Action.KNOW, Action.FORGET)

    @property
    def before(self) -> str:
        """The text there, as Markdown; empty when there is none."""
        return html_text.to_markdown(self.remote.body) if self.remote else ""


@dataclass(frozen=True)
class Report:
    """What a push did: steps done, and those left alone because of a doubt."""

    done: list[Step]
    left: list[Step]

    def count(self, action: Action) -> int:
        """How many articles it did this to."""
        return sum(step.action is action for step in self.done)


def configured(chosen: Settings) -> tuple[str, ...]:
    """The help desks the settings give access to."""
    return tuple(name for name in DESKS if getattr(chosen, f"{name}_url"))


@contextlib.contextmanager
def desk(name: str, chosen: Settings, *, pause: Pause = sleep) -> Iterator[HelpDesk]:
    """The help desk of this name, its line open until the block ends.

    Raises Conflict("desk_not_configured"), DeskRefused("insecure").
    """
    if name not in configured(chosen):
        raise Conflict("desk_not_configured", name)
    with _LINES[name](chosen, pause) as line:
        yield _DESKS[name](chosen, line)


def target(of: HelpDesk) -> Target:
    """The destination a help desk is, in what was delivered."""
    return Target(of.channel, Way.PUSH, of.host)


# -- comparing -----------------------------------------------------------------------------------


def compare(of: HelpDesk, site: Site) -> list[Step]:
    """What a push would do now, in the order it would do it. Reads both sides, writes nothing.

    Raises DeskRefused.
    """
    there = {each.id: each for each in of.articles()}
    with db.reading() as session:
        published = articles.published(session, base_url=site.base_url)
        held = deliveries.held(session, target(of))
        names = deliveries.questions(session, held.keys() - {each.id for each in published})
    steps = [*_wanted(of, published, held, there, site), *_leaving(of, held, names, there)]
    return [step for step in steps if step is not None]


def _wanted(
    of: HelpDesk,
    published: Sequence[PublishedArticle],
    held: Mapping[int, Held],
    there: Mapping[str, Remote],
    site: Site,
) -> Iterator[Step | None]:
    ours = {each.remote_id for each in held.values()}
    strangers = {words.fold(each.title): each for each in there.values() if each.id not in ours}
    for article in published:
        known = held.get(article.id)
        if known is not None and known.remote_id is not None:
            remote = there.get(known.remote_id) or of.article(known.remote_id)
            yield _again(article, known, remote)
        else:
            yield _first(article, strangers.pop(words.fold(article.question), None), site)


def _first(article: PublishedArticle, twin: Remote | None, site: Site) -> Step:
    """An article we never wrote there; perhaps it is there all the same, under the same title."""
    step = Step(Action.ADD, article.id, article.question, article)
    if twin is None:
        return step
    is_same = _words(twin.body) == _words(str(channel.html(article, site)))
    if is_same and twin.is_published:
        return replace(step, action=Action.KNOW, remote=twin)
    doubt = None if is_same else Doubt.THEIRS
    return replace(step, action=Action.MODIFY, remote=twin, doubt=doubt)


def _again(article: PublishedArticle, known: Held, remote: Remote | None) -> Step | None:
    step = Step(Action.MODIFY, article.id, article.question, article, remote)
    if remote is None:
        return replace(step, action=Action.ADD, doubt=Doubt.DELETED)
    if remote.digest != known.remote_digest or not remote.is_published:
        return replace(step, doubt=Doubt.EDITED)
    is_current = (known.version_id, known.changed_at) == (article.version_id, article.updated_at)
    return None if is_current else step


def _leaving(
    of: HelpDesk, held: Mapping[int, Held], names: Mapping[int, str], there: Mapping[str, Remote]
) -> Iterator[Step]:
    for article_id, question in sorted(names.items()):
        known = held[article_id]
        remote = there.get(known.remote_id or "") or (
            of.article(known.remote_id) if known.remote_id else None
        )
        step = Step(Action.WITHDRAW, article_id, question, remote=remote)
        if remote is None or not remote.is_published:
            yield replace(step, action=Action.FORGET)
        else:
            is_ours = remote.digest == known.remote_digest
            yield step if is_ours else replace(step, doubt=Doubt.EDITED)


def _words(html: str) -> str:
    """What two texts share that one help desk marked up its own way."""
    return " ".join(html_text.plain(html).split())


# -- writing -------------------------------------------------------------------------------------


def push(
    of: HelpDesk,
    site: Site,
    actor: Actor,
    *,
    overwrite: bool = False,
    clock: Callable[[], dt.datetime],
    told: Callable[[int, int], None] = lambda _done, _of: None,
) -> Report:
    """Bring the help desk to what is published; one push at a time.

    `told` hears how many steps are done, of how many. With `overwrite`, what was edited or deleted
    there is written over. Raises DeskRefused, Conflict("push_under_way"), Conflict("empty_push") when
    nothing is published here; what was written before stays written and noted.
    """
    to = target(of)
    with db.transaction() as session:
        people.authorize(session, actor, "export")
        deliveries.claim(session, to, now=clock())
    try:
        with deliveries.telling(to, now=clock()):
            steps = compare(of, site)
            if not overwrite and steps and all(step.article is None for step in steps):
                _refuse_emptying(of)
            todo = [step for step in steps if overwrite or step.doubt is None]
            for number, step in enumerate(todo):
                told(number, len(todo))
                _do(of, site, step, to, clock)
    except BaseException:
        with db.transaction() as session:
            deliveries.let_go(session, to)
        raise
    report = Report(todo, [step for step in steps if step not in todo])
    with db.transaction() as session:
        deliveries.let_go(session, to)
        delivery = deliveries.pushed(
            session,
            to,
            added=report.count(Action.ADD),
            modified=report.count(Action.MODIFY),
            withdrawn=report.count(Action.WITHDRAW),
            now=clock(),
        )
        people.record(
            session,
            actor,
            "channel.push",
            kind="destination",
            object_id=delivery.destination_id,
            now=clock(),
            channel=of.channel,
            written=sum(step.writes for step in report.done),
            overwritten=sum(step.doubt is not None for step in report.done),
            left=len(report.left),
        )
    return report


def _refuse_emptying(of: HelpDesk) -> None:
    """An installation with nothing published is more often a mistake than a wish."""
    with db.reading() as session:
        if not deliveries.published_ids(session):
            raise Conflict("empty_push", of.host)


def _do(of: HelpDesk, site: Site, step: Step, to: Target, clock: Callable[[], dt.datetime]) -> None:
    """Write one article there, then note here what the other side kept of it."""
    kept = _written(of, site, step)
    with db.transaction() as session:
        now = clock()
        if step.article is None or kept is None:
            deliveries.taken_off(session, to, step.article_id, now=now)
        else:
            deliveries.put(
                session, to, step.article, remote_id=kept.id, remote_digest=kept.digest, now=now
            )


def _written(of: HelpDesk, site: Site, step: Step) -> Remote | None:
    if step.article is None:
        if step.action is Action.WITHDRAW and step.remote is not None:
            of.withdraw(step.remote.id)
        return None
    if step.action is Action.KNOW:
        return step.remote
    body = str(channel.html(step.article, site)).strip()
    if step.remote is None:
        return of.create(step.article.question, body)
    return of.rewrite(step.remote.id, step.article.question, body)


__all__ = [
    "DESKS",
    "Action",
    "DeskRefused",
    "Doubt",
    "HelpDesk",
    "Remote",
    "Report",
    "Step",
    "compare",
    "configured",
    "desk",
    "push",
    "target",
]
