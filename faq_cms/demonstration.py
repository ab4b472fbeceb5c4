"""Four months in the life of a small help centre, to look at the product before it has a past.

Made-up votes never enter a real database: they go to one of their own, whose every page says
« DÉMONSTRATION ». The same seed makes the same story, told backwards from today; everything goes
through the same functions as real votes, so that the figures, flags and corrections are true to
each other.
"""

import dataclasses
import datetime as dt
import random
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from faq_cms import articles, db, deliveries, loop, starter, views, votes
from faq_cms.articles import Text
from faq_cms.deliveries import Target
from faq_cms.models import Article, Reason, Role, Significance, Way
from faq_cms.people import Actor
from faq_cms.settings import Settings

SEED: Final = 20
DAYS: Final = 120
# The articles corrected, by day: one whose improvement votes prove, one still observed today.
CORRECTED: Final = {60: 4, 105: 7}
MARK: Final = "DÉMONSTRATION"
NARRATOR: Final = Actor(None, "démonstration", Role.ADMINISTRATOR)

# Share of readers helped, then votes a week: good, middling, failing, hardly read.
_ARTICLES: Final = (
    (0.86, 9.0), (0.91, 7.0), (0.45, 6.0), (0.78, 4.0), (0.28, 8.0),
    (0.82, 2.5), (0.70, 2.0), (0.45, 2.0), (0.88, 0.6), (0.75, 0.2),
)  # fmt: skip
_HELPED_AFTER: Final = 0.92
_ASSISTANT_CAME: Final = min(CORRECTED) - 5  # it still serves the text that failed
_NIGHTS: Final = 10  # on which the site has come for its articles
_SOURCES: Final = ("aide", "aide", "aide", "widget", "assistance")
_REASONS: Final = (
    Reason.UNCLEAR, Reason.INCOMPLETE, Reason.INCOMPLETE, Reason.OUTDATED, Reason.OFF_TOPIC,
    Reason.DISAGREES, None, None,
)  # fmt: skip
_REMARKS: Final = (
    "Je ne sais toujours pas à qui écrire.",
    "Il manque le délai de traitement.",
    "Où trouve-t-on le numéro de client\u202f?",
    "J’ai suivi la procédure et je n’ai pas eu de réponse.",
    "Et pour les factures de l’année dernière\u202f?",
    "La phrase sur la domiciliation n’est pas claire pour notre comptable.",
    "Notre logiciel demande un format structuré, pas un PDF.",
)
_ADDITION: Final = (
    "Indiquez votre **numéro de client**, le numéro de la facture et la date du paiement\u00a0: "
    "l’équipe Facturation vous répond sous deux jours ouvrés."
)


def settings_of(real: Settings) -> Settings:
    """The settings of the demonstration beside a real installation: its own database, its own name."""
    return dataclasses.replace(
        real,
        database_url=f"sqlite:///{real.var / 'demo.db'}",
        site_name=f"{MARK} — {real.site_name}",
    )


def fill(folder: Path = starter.FOLDER, *, now: dt.datetime) -> int:
    """Tell the story into the database in use, if it has no article; returns the number of votes."""
    opening = now - dt.timedelta(days=DAYS)
    if not starter.publish_once(folder, now=opening):
        return 0
    chance = random.Random(SEED)  # noqa: S311 — a story, not a secret
    with db.transaction() as session:
        ids = [article.id for article in articles.published(session)]
    told = 0
    for day in range(DAYS):
        midnight = opening + dt.timedelta(days=day)
        with db.transaction() as session:
            if day in CORRECTED:
                _correct(session, ids[CORRECTED[day] % len(ids)], now=midnight)
            told += _day(session, chance, ids, day, midnight)
            _deliver(session, day, now=midnight)
    with db.transaction() as session:
        _leave_a_draft(session, ids[2 % len(ids)], now=now)
        loop.review(session, NARRATOR, now=now)
        _deliver(session, DAYS, now=now)
    return told


def _day(
    session: Session, chance: random.Random, ids: list[int], day: int, midnight: dt.datetime
) -> int:
    """One day's readers, in the order of the clock."""
    moments: list[tuple[dt.datetime, int]] = []
    read: dict[tuple[dt.date, int, str], tuple[int, int]] = {}
    for article_id, (_, weekly) in zip(ids, _ARTICLES, strict=False):
        busy = 1.3 if midnight.weekday() < 5 else 0.25
        count = sum(chance.random() < weekly * busy / 7 / 4 for _ in range(4))
        moments += [(_office_hour(chance, midnight), article_id) for _ in range(count)]
        key = votes.civil_day(midnight + dt.timedelta(hours=12)), article_id, "aide"
        read[key] = (count * 9 + chance.randrange(4), chance.randrange(3))
    for moment, article_id in sorted(moments):
        _read(session, chance, article_id, ids.index(article_id), day, moment)
    views.add(session, read)
    return len(moments)


def _deliver(session: Session, day: int, *, now: dt.datetime) -> None:
    """The site comes every night; the assistant came once, before the correction."""
    to = (
        [Target("jsonl", Way.MACHINE, "Assistant de conversation")]
        if day == _ASSISTANT_CAME
        else []
    )
    to += [Target("json", Way.MACHINE, "Site public")] if day > DAYS - _NIGHTS else []
    for each in to:
        deliveries.received(session, each, articles.published(session), now=now)


def _office_hour(chance: random.Random, midnight: dt.datetime) -> dt.datetime:
    return midnight + dt.timedelta(minutes=chance.triangular(7 * 60, 20 * 60, 11 * 60))


def _read(
    session: Session,
    chance: random.Random,
    article_id: int,
    place: int,
    day: int,
    moment: dt.datetime,
) -> None:
    """One reader votes; some of the unhappy ones say why."""
    is_corrected = any(place == other and day >= since for since, other in CORRECTED.items())
    helped = _HELPED_AFTER if is_corrected else _ARTICLES[place][0]
    live = session.get_one(Article, article_id).live_version_id
    helpful = chance.random() < helped
    receipt = loop.vote_received(
        session,
        version=articles.version(session, live),
        helpful=helpful,
        visitor=f"{chance.getrandbits(128):032x}",
        source=chance.choice(_SOURCES),
        now=moment,
    )
    if helpful:
        return
    if reason := chance.choice(_REASONS):
        loop.reason_given(session, receipt.vote_id, reason=reason, now=moment)
    if chance.random() < 0.25:
        loop.remark_left(session, receipt.vote_id, text=chance.choice(_REMARKS), now=moment)


def _correct(session: Session, article_id: int, *, now: dt.datetime) -> None:
    """The failing article gets a better text, whose effect the votes that follow measure."""
    _write(session, article_id, _ADDITION, now=now)
    loop.publish(
        session,
        NARRATOR,
        article_id,
        seen=articles.seen(session, article_id),
        significance=Significance.MAJOR,
        note="Réponse complétée après les remarques des lecteurs",
        now=now,
    )


def _leave_a_draft(session: Session, article_id: int, *, now: dt.datetime) -> None:
    """Work in progress, for the screens that show it."""
    _write(session, article_id, "Délai habituel\u00a0: deux jours ouvrés.", now=now)


def _write(session: Session, article_id: int, addition: str, *, now: dt.datetime) -> None:
    live = articles.version(session, articles.article(session, article_id).live_version_id)
    articles.save_draft(
        session,
        NARRATOR,
        article_id,
        text=Text(live.question, f"{live.answer}\n\n{addition}", tuple(live.wordings)),
        seen=articles.seen(session, article_id),
        now=now,
    )
