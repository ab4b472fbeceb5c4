"""The columns people see in a spreadsheet, whatever its format."""

import datetime as dt
from collections.abc import Iterator
from typing import Final
from zoneinfo import ZoneInfo

from faq_cms.articles import PublishedArticle
from faq_cms.exports import channel
from faq_cms.exports.channel import Site

_PARIS: Final = ZoneInfo("Europe/Paris")
COLUMNS: Final = (
    "Identifiant",
    "Catégorie",
    "Question",
    "Réponse",
    "Autres formulations",
    "Version",
    "Publiée le",
    "Modifiée le",
    "Adresse",
    "Réponse (Markdown)",
    "Mots-clés",
)

Cell = str | int | dt.datetime


def cells(article: PublishedArticle, site: Site) -> Iterator[Cell]:
    """One article under `COLUMNS`; times are those of Paris, to the minute, without a zone."""
    yield article.uid
    yield article.category or ""
    yield article.question
    yield channel.text(article, site)
    yield "\n".join(article.wordings)
    yield article.version
    for moment in (article.published_at, article.updated_at):
        yield moment.astimezone(_PARIS).replace(second=0, microsecond=0, tzinfo=None)
    yield article.url
    yield article.answer
    yield ", ".join(article.tags)
