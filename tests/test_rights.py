"""Who may do what: every role, and who has left, against every change the chapters offer.

Each change is asked of real rows by somebody of each role, then rolled back. Below the least role that
has the right it is refused, as such and before anything else; from it on, whatever else stands in the
way (nothing to publish, nothing to take back), it is never a matter of rights.
"""

import datetime as dt
import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from typing import Final, NoReturn

import pytest
from sqlalchemy.orm import Session

import faq_cms
from faq_cms import (
    archive,
    articles,
    bulk,
    categories,
    contacts,
    corrections,
    db,
    deliveries,
    filing,
    imported_votes,
    loop,
    notices,
    people,
    plans,
    presence,
    publishing,
    remarks,
    replacing,
    reports,
    reviews,
    searches,
    synonyms,
    votes,
    webhooks,
)
from faq_cms.articles import Seen, Text
from faq_cms.bulk import Made, Withdrawal
from faq_cms.errors import FaqError, Forbidden
from faq_cms.filing import Change
from faq_cms.imports import apply, document, feedback, undo
from faq_cms.models import Account, Cadence, RemarkState, Rhythm, Role, Significance, WebhookShape
from faq_cms.people import Actor
from faq_cms.votes import Burst
from tests import content
from tests.content import NOW

LATER: Final = NOW + dt.timedelta(hours=1)
ONE: Final = 1  # of each table: the first row there is
NOTHING: Final = Seen(None, 0)
BURST: Final = Burst(ONE, ONE, NOW.date(), "aide")
TEXT: Final = Text("Q", "R")
NOTE: Final = Change(internal_note="x")
FORM: Final = Significance.MINOR

Write = Callable[[Session, Actor], object]
# What a chapter lets people change -> the action it asks leave for, and a way to ask.
WRITES: Final[dict[str, tuple[str, Write]]] = {
    # writing
    "articles.create": (
        "article.write",
        lambda s, who: articles.create(s, who, text=TEXT, now=NOW),
    ),
    "articles.save_draft": (
        "article.write",
        lambda s, who: articles.save_draft(s, who, ONE, text=TEXT, seen=NOTHING, now=NOW),
    ),
    "publishing.discard_draft": (
        "article.write",
        lambda s, who: publishing.discard_draft(s, who, ONE, seen=NOTHING, now=NOW),
    ),
    "loop.draft_discarded": (
        "article.write",
        lambda s, who: loop.draft_discarded(s, who, ONE, seen=NOTHING, now=NOW),
    ),
    "presence.here": ("article.write", lambda s, who: presence.here(s, who, ONE, now=NOW)),
    "replacing.replace_all": (
        "article.write",
        lambda s, who: replacing.replace_all(
            s,
            who,
            replacing.find(s, "virement", "carte"),
            wanted="virement",
            replacement="carte",
            publish=False,
            now=NOW,
        ),
    ),
    "replacing.undo": (
        "article.write",
        lambda s, who: replacing.undo(s, who, [], wanted="a", replacement="b", now=NOW),
    ),
    # filing
    "filing.change": (
        "article.write",
        lambda s, who: filing.change(s, who, [ONE], NOTE, now=NOW),
    ),
    "loop.filed": ("article.write", lambda s, who: loop.filed(s, who, [ONE], NOTE, now=NOW)),
    "loop.filed_back": ("article.write", lambda s, who: loop.filed_back(s, who, {}, NOTE, now=NOW)),
    "filing.undo": ("article.write", lambda s, who: filing.undo(s, who, {}, NOTE, now=NOW)),
    "filing.file_under": (
        "article.write",
        lambda s, who: filing.file_under(s, who, ONE, category_id=ONE, now=NOW),
    ),
    "filing.move": (
        "article.write",
        lambda s, who: filing.move(s, who, ONE, slug="ailleurs", now=NOW),
    ),
    "bulk.make": ("article.write", lambda s, who: bulk.make(s, who, [ONE], NOTE, now=NOW)),
    "bulk.take_back": (
        "article.withdraw",
        lambda s, who: bulk.take_back(s, who, Made(Withdrawal()), [ONE], now=NOW),
    ),
    "categories.add": (
        "article.write",
        lambda s, who: categories.add(s, who, name="Nouvelle", now=NOW),
    ),
    "categories.rename": (
        "category.edit",
        lambda s, who: categories.rename(s, who, category_id=ONE, name="Autre", now=NOW),
    ),
    "categories.place": (
        "category.edit",
        lambda s, who: categories.place(s, who, category_id=ONE, parent_id=None, now=NOW),
    ),
    "categories.shift": (
        "category.edit",
        lambda s, who: categories.shift(s, who, category_id=ONE, by=1, now=NOW),
    ),
    "categories.merge": (
        "category.edit",
        lambda s, who: categories.merge(
            s, who, category_id=ONE, into_id=2, objective=None, now=NOW
        ),
    ),
    "categories.remove": (
        "category.edit",
        lambda s, who: categories.remove(s, who, category_id=ONE, now=NOW),
    ),
    "categories.set_objective": (
        "objective.set",
        lambda s, who: categories.set_objective(s, who, category_id=ONE, objective=0.5, now=NOW),
    ),
    "synonyms.save": (
        "synonym.edit",
        lambda s, who: synonyms.save(s, who, words=("courriel", "e-mail"), now=NOW),
    ),
    "synonyms.remove": (
        "synonym.edit",
        lambda s, who: synonyms.remove(s, who, set_id=ONE, now=NOW),
    ),
    # reading a colleague's text
    "reviews.ask": (
        "article.write",
        lambda s, who: reviews.ask(s, who, ONE, seen=NOTHING, now=NOW),
    ),
    "loop.review_asked": (
        "article.write",
        lambda s, who: loop.review_asked(s, who, ONE, seen=NOTHING, now=NOW),
    ),
    "reviews.call_off": ("article.write", lambda s, who: reviews.call_off(s, who, ONE, now=NOW)),
    "loop.review_called_off": (
        "article.write",
        lambda s, who: loop.review_called_off(s, who, ONE, now=NOW),
    ),
    "reviews.decide": (
        "article.review",
        lambda s, who: reviews.decide(s, who, ONE, seen=NOTHING, approved=True, now=NOW),
    ),
    "loop.review_decided": (
        "article.review",
        lambda s, who: loop.review_decided(s, who, ONE, seen=NOTHING, approved=True, now=NOW),
    ),
    "reviews.note": ("article.write", lambda s, who: reviews.note(s, who, ONE, text="x", now=NOW)),
    "reviews.tick": (
        "article.write",
        lambda s, who: reviews.tick(s, who, ONE, resolved=True, now=NOW),
    ),
    "reviews.still_accurate": (
        "article.write",
        lambda s, who: reviews.still_accurate(
            s, who, ONE, next_on=LATER.date(), today=NOW.date(), now=NOW
        ),
    ),
    "loop.still_accurate": (
        "article.write",
        lambda s, who: loop.still_accurate(
            s, who, ONE, next_on=LATER.date(), today=NOW.date(), now=NOW
        ),
    ),
    # publishing
    "publishing.publish": (
        "article.publish",
        lambda s, who: publishing.publish(s, who, ONE, seen=NOTHING, significance=FORM, now=NOW),
    ),
    "loop.publish": (
        "article.publish",
        lambda s, who: loop.publish(s, who, ONE, seen=NOTHING, significance=FORM, now=NOW),
    ),
    "publishing.restore": (
        "article.publish",
        lambda s, who: publishing.restore(s, who, ONE, version_id=ONE, seen=NOTHING, now=NOW),
    ),
    "loop.restore": (
        "article.publish",
        lambda s, who: loop.restore(s, who, ONE, version_id=ONE, seen=NOTHING, now=NOW),
    ),
    "publishing.take_back": (
        "article.publish",
        lambda s, who: publishing.take_back(s, who, ONE, version_id=ONE, now=NOW),
    ),
    "loop.take_back": (
        "article.publish",
        lambda s, who: loop.take_back(s, who, ONE, version_id=ONE, now=NOW),
    ),
    "publishing.withdraw": (
        "article.withdraw",
        lambda s, who: publishing.withdraw(s, who, ONE, now=NOW),
    ),
    "loop.withdraw": ("article.withdraw", lambda s, who: loop.withdraw(s, who, ONE, now=NOW)),
    "publishing.republish": (
        "article.publish",
        lambda s, who: publishing.republish(s, who, ONE, now=NOW),
    ),
    "loop.republish": ("article.publish", lambda s, who: loop.republish(s, who, ONE, now=NOW)),
    "loop.plan_publication": (
        "article.publish",
        lambda s, who: loop.plan_publication(
            s, who, ONE, seen=NOTHING, due_at=LATER, significance=FORM, now=NOW
        ),
    ),
    "plans.add_publication": (
        "article.publish",
        lambda s, who: plans.add_publication(
            s, who, articles.version(s, ONE), due_at=LATER, significance=FORM, now=NOW
        ),
    ),
    "loop.plan_withdrawal": (
        "article.withdraw",
        lambda s, who: loop.plan_withdrawal(s, who, ONE, due_at=LATER, now=NOW),
    ),
    "plans.add_withdrawal": (
        "article.withdraw",
        lambda s, who: plans.add_withdrawal(s, who, ONE, due_at=LATER, now=NOW),
    ),
    "plans.cancel": ("article.withdraw", lambda s, who: plans.cancel(s, who, ONE, now=NOW)),
    "imports.apply.write": (
        "article.import",
        lambda s, who: apply.write(
            s, who, document.Document((), ()), name="a.md", digest="0" * 64, now=NOW
        ),
    ),
    "imports.apply.write_all": (
        "article.import",
        lambda s, who: apply.write_all(s, who, [], now=NOW),
    ),
    "imports.undo.undo": ("article.import", lambda s, who: undo.undo(s, who, ONE, now=NOW)),
    "imports.feedback.write": ("votes.import", lambda s, who: feedback.write(s, who, [], now=NOW)),
    "articles.create_all": (
        "article.write",
        lambda s, who: articles.create_all(s, who, [], now=NOW),
    ),
    "articles.save_drafts": (
        "article.write",
        lambda s, who: articles.save_drafts(s, who, {}, seen={}, now=NOW),
    ),
    "publishing.publish_new": (
        "article.publish",
        lambda s, who: publishing.publish_new(s, who, {}, now=NOW),
    ),
    "loop.publish_new": ("article.publish", lambda s, who: loop.publish_new(s, who, {}, now=NOW)),
    "publishing.withdraw_all": (
        "article.withdraw",
        lambda s, who: publishing.withdraw_all(s, who, [], now=NOW),
    ),
    "loop.withdraw_all": (
        "article.withdraw",
        lambda s, who: loop.withdraw_all(s, who, [], now=NOW),
    ),
    # readers
    "remarks.handle": (
        "remark.handle",
        lambda s, who: remarks.handle(s, who, ONE, state=RemarkState.NO_ACTION, now=NOW),
    ),
    "remarks.reveal": ("remark.handle", lambda s, who: remarks.reveal(s, who, ONE, now=NOW)),
    "remarks.erase": ("remark.erase", lambda s, who: remarks.erase(s, who, ONE, now=NOW)),
    "searches.settle": ("remark.handle", lambda s, who: searches.settle(s, who, ONE, now=NOW)),
    "corrections.take": ("correction.work", lambda s, who: corrections.take(s, who, ONE, now=NOW)),
    "corrections.release": (
        "correction.work",
        lambda s, who: corrections.release(s, who, ONE, now=NOW),
    ),
    "corrections.nothing_to_fix": (
        "correction.work",
        lambda s, who: corrections.nothing_to_fix(s, who, ONE, reason="x", now=NOW),
    ),
    "corrections.assign": (
        "correction.work",
        lambda s, who: corrections.assign(s, who, ONE, to_id=None, now=NOW),
    ),
    "corrections.snooze": (
        "correction.work",
        lambda s, who: corrections.snooze(s, who, ONE, until=LATER.date(), reason="x", now=NOW),
    ),
    "corrections.wake": ("correction.work", lambda s, who: corrections.wake(s, who, ONE, now=NOW)),
    "corrections.close_unmeasured": (
        "article.review",
        lambda s, who: corrections.close_unmeasured(s, who, ONE, note="x", now=NOW),
    ),
    "corrections.raise_by_hand": (
        "correction.work",
        lambda s, who: corrections.raise_by_hand(s, who, ONE, reason="x", now=NOW),
    ),
    "loop.raised_by_hand": (
        "correction.work",
        lambda s, who: loop.raised_by_hand(s, who, ONE, reason="x", now=NOW),
    ),
    "corrections.lower_by_hand": (
        "correction.work",
        lambda s, who: corrections.lower_by_hand(s, who, ONE, now=NOW),
    ),
    "loop.review": ("correction.work", lambda s, who: loop.review(s, who, now=NOW)),
    # votes
    "imported_votes.add_dated": (
        "votes.import",
        lambda s, who: imported_votes.add_dated(s, who, [], digest="0" * 64, now=NOW),
    ),
    "imported_votes.add_totals": (
        "votes.import",
        lambda s, who: imported_votes.add_totals(s, who, [], now=NOW),
    ),
    "loop.votes_imported": (
        "votes.import",
        lambda s, who: loop.votes_imported(s, who, [], digest="0" * 64, now=NOW),
    ),
    "votes.release": ("votes.release", lambda s, who: votes.release(s, who, BURST, now=NOW)),
    "votes.withhold": ("votes.release", lambda s, who: votes.withhold(s, who, BURST, [], now=NOW)),
    "votes.keep_aside": ("votes.release", lambda s, who: votes.keep_aside(s, who, BURST, now=NOW)),
    "loop.votes_released": (
        "votes.release",
        lambda s, who: loop.votes_released(s, who, BURST, now=NOW),
    ),
    "loop.votes_withheld": (
        "votes.release",
        lambda s, who: loop.votes_withheld(s, who, BURST, [], now=NOW),
    ),
    # the installation
    "archive.asked": ("system.read", lambda s, who: archive.asked(s, who, now=NOW)),
    "deliveries.leave": ("export", lambda s, who: deliveries.leave(s, who, ONE, now=NOW)),
    "deliveries.come_back": ("export", lambda s, who: deliveries.come_back(s, who, ONE, now=NOW)),
    "reports.add_recipient": (
        "report.manage",
        lambda s, who: reports.add_recipient(
            s, who, address="a@example.org", cadence=Cadence.WEEKLY, now=NOW
        ),
    ),
    "reports.remove_recipient": (
        "report.manage",
        lambda s, who: reports.remove_recipient(s, who, recipient_id=ONE, now=NOW),
    ),
    "contacts.send": ("remark.handle", lambda s, who: contacts.send(s, who, ONE, now=NOW)),
    "contacts.decline": ("remark.handle", lambda s, who: contacts.decline(s, who, ONE, now=NOW)),
    "contacts.reconsider": (
        "remark.handle",
        lambda s, who: contacts.reconsider(s, who, ONE, now=NOW),
    ),
    "webhooks.add": (
        "token.manage",
        lambda s, who: webhooks.add(
            s, who, url="https://x.example.org/", shape=WebhookShape.JSON, kinds=[], now=NOW
        ),
    ),
    "webhooks.remove": ("token.manage", lambda s, who: webhooks.remove(s, who, ONE, now=NOW)),
    "webhooks.try_out": ("token.manage", lambda s, who: webhooks.try_out(s, who, ONE, now=NOW)),
    "notices.see": ("figures.read", lambda s, who: notices.see(s, who, [ONE], now=NOW)),
    "notices.receive": (
        "figures.read",
        lambda s, who: notices.receive(
            s, who, address="a@example.org", rhythm=Rhythm.DAILY, now=NOW
        ),
    ),
    "people.invite": (
        "person.invite",
        lambda s, who: people.invite(s, who, role=Role.VIEWER, now=NOW),
    ),
    "people.recovery_link": (
        "person.manage",
        lambda s, who: people.recovery_link(s, who, account_id=ONE, now=NOW),
    ),
    "people.change_role": (
        "person.manage",
        lambda s, who: people.change_role(s, who, account_id=ONE, role=Role.VIEWER, now=NOW),
    ),
    "people.disable": (
        "person.manage",
        lambda s, who: people.disable(s, who, account_id=ONE, now=NOW),
    ),
    "people.enable": (
        "person.manage",
        lambda s, who: people.enable(s, who, account_id=ONE, now=NOW),
    ),
    "people.create_token": (
        "token.manage",
        lambda s, who: people.create_token(s, who, name="x", scope="export", days=1, now=NOW),
    ),
    "people.revoke_token": (
        "token.manage",
        lambda s, who: people.revoke_token(s, who, token_id=ONE, now=NOW),
    ),
}
# Takes an actor and a moment, and is no change of its own.
PARTS: Final = {
    "people.record": "one row of the trail, inside a change that has asked",
    "people.visit": "a person's own last visit",
    "corrections.answered": "inside a publication",
    "flags.raise_by_hand": "inside the correction it lists, which has asked",
    "reviews.published": "inside a publication",
    "presence.others": "reads",
    "presence.by_article": "reads",
}
# Under these there are doors, which call the chapters, and the command line, which acts for nobody.
DOORS: Final = ("api", "cli", "public", "screens", "demonstration", "starter", "gate", "server")


class _RolledBack(Exception):
    """Ends the transaction of a change that went through."""


@pytest.fixture(scope="module")
def offered() -> set[str]:
    """Every public function of a chapter that takes a session, an actor and a moment."""
    return {
        f"{module}.{name}".removeprefix("faq_cms.")
        for module in _chapters()
        for name, function in vars(importlib.import_module(module)).items()
        if inspect.isfunction(function)
        and function.__module__ == module
        and not name.startswith("_")
        and {"session", "actor", "now"} <= set(inspect.signature(function).parameters)
        and inspect.signature(function).parameters["actor"].annotation is Actor
    }


def _chapters() -> Iterator[str]:
    for found in pkgutil.walk_packages(faq_cms.__path__, "faq_cms."):
        if found.name.split(".")[1] not in (*DOORS, "__main__"):
            yield found.name


def person(role: Role, *, left: dt.datetime | None = None) -> Actor:
    name = f"{role.value} gone" if left else role.value
    with db.transaction() as session:
        account = Account(
            name=name,
            name_key=name,
            role=role,
            password_digest="x",
            created_at=NOW,
            disabled_at=left,
        )
        session.add(account)
        session.flush()
        return Actor(account.id, account.name, role)


def _roll_back() -> NoReturn:
    raise _RolledBack


def is_refused(write: Write, who: Actor) -> bool:
    """Whether the change is refused for want of a right; nothing of it stays."""
    try:
        with db.transaction() as session:
            write(session, who)
            _roll_back()
    except Forbidden:
        return True
    except (FaqError, _RolledBack):
        return False


def test_every_change_a_chapter_offers_is_in_the_table(offered: set[str]) -> None:
    table = {*WRITES, *PARTS}
    missing, gone = sorted(offered - table), sorted(table - offered)
    assert not missing, "name each in WRITES, with its right and a way to ask for it"
    assert not gone, "no chapter offers these any more"


def test_every_role_may_what_it_has_the_right_to_and_nothing_more_and_who_left_may_nothing(
    database: db.Database,
) -> None:
    content.remarked(content.published().id)
    with db.transaction() as session:
        for name in ("Une", "Deux"):
            categories.add(session, people.SYSTEM, name=name, now=NOW)
        synonyms.save(session, people.SYSTEM, words=("facture", "quittance"), now=NOW)
        plans.add_withdrawal(session, people.SYSTEM, ONE, due_at=LATER, now=NOW)
    team = {role: person(role) for role in Role}
    gone = person(Role.ADMINISTRATOR, left=NOW)
    wrong = [
        f"{name} by {role.value}: {'refused' if refused else 'done'}"
        for name, (action, write) in WRITES.items()
        for role, who in team.items()
        if (refused := is_refused(write, who)) == people.may(role, action)
    ]
    wrong += [
        f"{name} by nobody" for name, (_, each) in WRITES.items() if not is_refused(each, gone)
    ]
    assert not wrong
