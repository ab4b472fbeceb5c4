"""Short ways for tests to say « an article is published », « a reader votes »."""

import datetime as dt
from itertools import count

from faq_cms import articles, db, loop, people, votes
from faq_cms.articles import Text
from faq_cms.models import Article, Reason, Significance, Version
from faq_cms.people import Actor
from faq_cms.votes import Receipt

NOW = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
QUESTION = "Comment payer ma facture\u202f?"
ANSWER = "Par **virement** ou par domiciliation."

_visitors = count(1)


def published(
    question: str = QUESTION,
    answer: str = ANSWER,
    *,
    actor: Actor = people.SYSTEM,
    now: dt.datetime = NOW,
) -> Article:
    """A new article, live as version 1."""
    with db.transaction() as session:
        article = articles.create(session, actor, text=Text(question, answer), now=now)
        loop.publish(
            session,
            actor,
            article.id,
            seen=articles.seen(session, article.id),
            significance=Significance.MAJOR,
            now=now,
        )
        return article


def revised(
    article_id: int,
    answer: str,
    *,
    significance: Significance = Significance.MAJOR,
    actor: Actor = people.SYSTEM,
    answered_remarks: tuple[int, ...] = (),
    now: dt.datetime = NOW,
) -> Version:
    """The next version of an article, live."""
    with db.transaction() as session:
        live = articles.version(session, articles.article(session, article_id).live_version_id)
        articles.save_draft(
            session,
            actor,
            article_id,
            text=Text(live.question, answer),
            seen=articles.seen(session, article_id),
            now=now,
        )
        return loop.publish(
            session,
            actor,
            article_id,
            seen=articles.seen(session, article_id),
            significance=significance,
            answered_remarks=answered_remarks,
            now=now,
        )


def voted(
    article_id: int,
    helpful: bool,
    *,
    visitor: str | None = None,
    number: int | None = None,
    reason: Reason | None = None,
    source: str = "aide",
    set_aside: bool = False,
    now: dt.datetime = NOW,
) -> Receipt:
    """One reader's vote; a new reader unless `visitor` says who."""
    with db.transaction() as session:
        slug = articles.article(session, article_id).slug
        receipt = loop.vote_received(
            session,
            version=votes.target(session, slug, number=number),
            helpful=helpful,
            visitor=visitor or f"visitor {next(_visitors)}",
            source=source,
            set_aside=set_aside,
            now=now,
        )
        if reason is not None:
            loop.reason_given(session, receipt.vote_id, reason=reason, now=now)
        return receipt


def received(article_id: int, helpful: int, unhelpful: int, *, off_text: int = 0) -> None:
    """So many Oui, so many Non, of which `off_text` blame something else than the text."""
    with db.transaction() as session:
        slug = articles.article(session, article_id).slug
        version = votes.target(session, slug)
        for number in range(helpful + unhelpful):
            receipt = loop.vote_received(
                session,
                version=version,
                helpful=number < helpful,
                visitor=f"visitor {next(_visitors)}",
                source="aide",
                now=NOW,
            )
            if number >= helpful + unhelpful - off_text:
                loop.reason_given(session, receipt.vote_id, reason=Reason.OFF_TOPIC, now=NOW)


def remarked(article_id: int, text: str = "Je ne trouve pas le montant.") -> int:
    """A Non and its remark; returns the remark's id."""
    receipt = voted(article_id, False)
    with db.transaction() as session:
        return loop.remark_left(session, receipt.vote_id, text=text, now=NOW).id
