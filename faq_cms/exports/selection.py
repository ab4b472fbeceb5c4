"""Which published articles go out, and in which spelling: one choice, asked at every door."""

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

from sqlalchemy.orm import Session

from faq_cms import analytics, articles, categories, filing, rendering, typography
from faq_cms.articles import PublishedArticle
from faq_cms.errors import Invalid, Misspelt, NotFound
from faq_cms.french import PARIS
from faq_cms.helpfulness import Verdict
from faq_cms.typography import SpaceStyle
from faq_cms.words import fold


class Typography(StrEnum):
    """What is done of French typography that is not right: nothing, put it right, refuse to export."""

    AS_IS = "as-is"
    FIX = "fix"
    REFUSE = "refuse"


class Spaces(StrEnum):
    """The spaces a channel can take: U+202F, U+00A0 in its place, or plain ones alone."""

    NARROW = "narrow"
    NO_BREAK = "no-break"
    PLAIN = "plain"


_STYLES: Final[Mapping[Spaces, SpaceStyle]] = {
    Spaces.NARROW: "narrow",
    Spaces.NO_BREAK: "no_break",
    Spaces.PLAIN: "plain",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of an export; nothing narrows it unless said.

    `category` is a name or an address, and holds the categories under it; `since` an aware instant.
    `without_below` leaves out the articles whose votes prove that they are under their objective:
    too few votes prove nothing.
    """

    category: str = ""
    tag: str = ""
    since: dt.datetime | None = None
    without_below: bool = False
    typography: Typography = Typography.AS_IS
    spaces: Spaces = Spaces.NARROW

    def narrowed(self) -> dict[str, str]:
        """What keeps articles out, whenever it is asked again: under the names of `ADDRESS`."""
        said = {"category": self.category, "tag": self.tag}
        said["without_below"] = BELOW if self.without_below else ""
        return {ADDRESS[field]: value for field, value in said.items() if value}


# -- asked in words ------------------------------------------------------------------------------

# The names of the fields in an address people see, and in the API.
ADDRESS: Final[Mapping[str, str]] = {
    "category": "categorie",
    "tag": "mot-cle",
    "since": "depuis",
    "without_below": "sans",
    "typography": "typographie",
    "spaces": "espaces",
}
API: Final[Mapping[str, str]] = {
    "category": "category",
    "tag": "tag",
    "since": "updated_since",
    "without_below": "without_below",
    "typography": "typography",
    "spaces": "spaces",
}
BELOW: Final = "sous-objectif"


def asked(given: Mapping[str, Any], names: Mapping[str, str] = ADDRESS) -> Wanted:
    """What the parameters of a request ask for, by the names given. Raises Invalid.

    An empty value asks for nothing; a parameter of another name is not ours.
    """
    readers: dict[str, Callable[[str, str], Any]] = {
        "category": lambda value, _field: value,
        "tag": lambda value, _field: value,
        "since": instant,
        "without_below": _yes,
        "typography": _one_of(Typography),
        "spaces": _one_of(Spaces),
    }
    said = {field: str(given.get(names[field]) or "") for field in readers}
    found = {field: readers[field](value, names[field]) for field, value in said.items() if value}
    return Wanted(**found)


def instant(value: str, field: str) -> dt.datetime:
    """A day (2026-03-31 or 31/03/2026, from its midnight in Paris) or an ISO 8601 instant.

    Raises Invalid(field, "not_an_instant").
    """
    if written := re.fullmatch(r"(\d{2})/(\d{2})/(\d{4})", value):
        value = "-".join(reversed(written.groups()))
    try:
        # A « + » in a query string arrives as a space when the caller did not encode it.
        moment = dt.datetime.fromisoformat(value.replace(" ", "+"))
    except ValueError as error:
        raise Invalid(field, "not_an_instant") from error
    is_day = len(value) <= len("2026-03-31")
    moment = moment.replace(tzinfo=moment.tzinfo or (PARIS if is_day else dt.UTC))
    try:
        return moment.astimezone(dt.UTC)
    except OverflowError:  # the first and last days of the calendar, from another time zone
        first, last = dt.datetime.min.replace(tzinfo=dt.UTC), dt.datetime.max.replace(tzinfo=dt.UTC)
        return first if moment.year == 1 else last


def _yes(value: str, field: str) -> bool:
    known = {BELOW: True, "true": True, "1": True, "false": False, "0": False}
    if value not in known:
        raise Invalid(field, "schema")
    return known[value]


def _one_of(kind: type[StrEnum]) -> Callable[[str, str], StrEnum]:
    def read(value: str, field: str) -> StrEnum:
        if value not in list(kind):
            raise Invalid(field, "schema")
        return kind(value)

    return read


# -- the articles --------------------------------------------------------------------------------


def chosen(session: Session, wanted: Wanted, *, base_url: str = "") -> list[PublishedArticle]:
    """The published articles wanted, as they are, in the order of the public pages. Reads only.

    They are still to be `spelled` as wanted. Raises NotFound for a category.
    """
    found = articles.published(
        session,
        base_url=base_url,
        category=_address(session, wanted.category) if wanted.category else None,
        tag=filing.tag_key(rendering.clean(wanted.tag, field="tag")) if wanted.tag else None,
        since=wanted.since,
    )
    if wanted.without_below:
        below = below_objective(session)
        found = [each for each in found if each.id not in below]
    return found


def below_objective(session: Session) -> frozenset[int]:
    """The articles whose votes prove that they are under their objective; too few prove nothing."""
    figures = analytics.usefulness(session)
    return frozenset(int(i) for i in figures.loc[figures["verdict"] == Verdict.BELOW, "article_id"])


def _address(session: Session, category: str) -> str:
    """The address of the category of this name or address, or of the one that took it over."""
    category = rendering.clean(category, field="category").strip()
    known = categories.ordered(session)
    for each in known:
        if category == each.slug or fold(category) == fold(each.name):
            return each.slug
    moved = categories.moved_to(session, category)
    if moved is None:
        raise NotFound("category", category)
    return moved


# -- their spelling ------------------------------------------------------------------------------


def spelled(found: Sequence[PublishedArticle], wanted: Wanted) -> list[PublishedArticle]:
    """The same articles in the typography and with the spaces wanted. Pure. Raises Misspelt."""
    if wanted.typography is Typography.REFUSE:
        faults = [(each.question, messages) for each in found if (messages := _faults(each))]
        if faults:
            raise Misspelt(tuple(faults))
    if wanted.typography is Typography.FIX:
        found = [_rewritten(each, _right) for each in found]
    style = _STYLES[wanted.spaces]
    if style != "narrow":
        found = [_spaced(each, lambda text: typography.spaces(text, style)) for each in found]
    return list(found)


def _faults(article: PublishedArticle) -> tuple[str, ...]:
    """Why its typography is not right, each reason once; only what can be put right for certain."""
    return tuple(
        dict.fromkeys(
            finding.message
            for text in _texts(article)
            for finding in typography.find(text)
            if finding.safe
        )
    )


def _texts(article: PublishedArticle) -> Iterator[str]:
    yield from (article.question, *article.wordings, article.answer)


def _right(text: str) -> str:
    """In right typography, unless that makes it longer than an answer may be: a space grows by two bytes."""
    fixed = typography.fix(text)
    return fixed if len(fixed.encode()) <= rendering.MAX_BYTES else text


def _rewritten(article: PublishedArticle, write: Callable[[str], str]) -> PublishedArticle:
    return replace(
        article,
        question=write(article.question),
        answer=write(article.answer),
        wordings=tuple(write(each) for each in article.wordings),
    )


def _spaced(article: PublishedArticle, write: Callable[[str], str]) -> PublishedArticle:
    """Spaces change in every word that goes out, names included."""
    return replace(
        _rewritten(article, write),
        category=write(article.category) if article.category else article.category,
        parent=write(article.parent) if article.parent else article.parent,
        tags=tuple(write(each) for each in article.tags),
    )
