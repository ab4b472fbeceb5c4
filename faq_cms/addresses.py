"""The public address of an article: words anybody can read, taken once, kept when they change."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from faq_cms.models import Article, Redirect

SLUG_MAX = 80
# Addresses under /aide that are not articles.
RESERVED: Final = frozenset(
    {"recherche", "categories", "flux.atom", "plan-du-site.xml", "sitemap.xml", "suggestions"}
    | {"confidentialite", "question-manquante", "static", "remarque", "vote", "contact"}
)


def slugify(question: str) -> str:
    """A public address from a question: ASCII words joined by hyphens, cut at a word."""
    for letter, letters in (("œ", "oe"), ("Œ", "oe"), ("æ", "ae"), ("Æ", "ae"), ("’", "-")):
        question = question.replace(letter, letters)  # what NFKD cannot take apart
    ascii_only = unicodedata.normalize("NFKD", question).encode("ascii", "ignore").decode()
    words = re.sub(r"[^a-z0-9]+", "-", ascii_only.lower()).strip("-")
    if len(words) > SLUG_MAX:
        words = words[: SLUG_MAX + 1].rsplit("-", 1)[0][:SLUG_MAX]
    return words or "article"


def free(session: Session, question: str, *, own: int | None = None) -> str:
    """The first free address for this question: the words, then the words and a number."""
    stem = slugify(question)
    candidate, suffix = stem, 1
    while not is_free(session, candidate, own):
        suffix += 1
        candidate = f"{stem}-{suffix}"
    return candidate


def several(session: Session, wanted: Sequence[str]) -> list[str]:
    """The first free address for each of these questions, no two alike: `free`, for thousands."""
    taken = {
        *RESERVED,
        *session.scalars(select(Article.slug)),
        *session.scalars(select(Redirect.slug)),
    }
    numbers: dict[str, int] = {}
    found = []
    for question in wanted:
        stem = candidate = slugify(question)
        while candidate in taken:
            numbers[stem] = numbers.get(stem, 1) + 1
            candidate = f"{stem}-{numbers[stem]}"
        taken.add(candidate)
        found.append(candidate)
    return found


def is_free(session: Session, slug: str, own: int | None = None) -> bool:
    """Whether nothing but the article `own` answers, or once answered, at this address."""
    holder = session.scalar(select(Article.id).where(Article.slug == slug))
    led = session.scalar(select(Redirect.article_id).where(Redirect.slug == slug))
    return slug not in RESERVED and holder in (None, own) and led in (None, own)
