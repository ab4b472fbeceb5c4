"""The pages readers read: the help centre's home, articles, categories, privacy."""

import datetime as dt
import functools
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from faq_cms import articles, categories, contacts, db, rendering, search, settings
from faq_cms.articles import PublishedArticle
from faq_cms.categories import Branch
from faq_cms.duties import REMARKS_KEPT, VISITORS_KEPT
from faq_cms.errors import NotFound
from faq_cms.models import Category
from faq_cms.public import ballot, pages, said, views

RELATED: Final = 5
LISTED: Final = 12  # questions of one category on the home page; the rest is one click away
LISTED_UNDER: Final = 5  # and of a category under it
EXCERPT: Final = 180  # characters


def home(request: Request) -> Response:
    """Every category with its questions."""
    with db.reading() as session:
        tree, found = categories.tree(session), articles.published(session)
    return pages.page(
        request,
        "home.html",
        groups=_groups(tree, found),
        unfiled=[each for each in found if each.category_slug is None],
        listed=LISTED,
        listed_under=LISTED_UNDER,
        canonical=_absolute("/aide"),
        shared=True,
    )


@dataclass(frozen=True)
class _Group:
    """A category as readers see it: its own questions, then the categories under it that have any."""

    name: str
    slug: str
    articles: tuple[PublishedArticle, ...]
    under: tuple["_Group", ...] = ()

    @property
    def questions(self) -> int:
        """How many there are, at both levels."""
        return len(self.articles) + sum(each.questions for each in self.under)

    @property
    def has_more(self) -> bool:
        """Whether the home page leaves some out."""
        return len(self.articles) > LISTED or any(
            len(each.articles) > LISTED_UNDER for each in self.under
        )


def _groups(tree: list[Branch], found: list[PublishedArticle]) -> list[_Group]:
    """The tree without its empty branches."""
    filed: dict[str | None, list[PublishedArticle]] = {}
    for each in found:
        filed.setdefault(each.category_slug, []).append(each)

    def group(category: Category, under: tuple[_Group, ...] = ()) -> _Group:
        return _Group(category.name, category.slug, tuple(filed.get(category.slug, ())), under)

    branches = (
        group(
            each.category,
            tuple(below for child in each.children if (below := group(child)).articles),
        )
        for each in tree
    )
    return [branch for branch in branches if branch.questions]


def article(request: Request) -> Response:
    """One article; an old address leads to the present one."""
    slug, state = pages.slug(request), request.query_params.get("avis")
    with db.reading() as session:
        kept = _kept(slug, db.content_revision(session), settings.current())
        if isinstance(kept, str):
            return pages.go(f"/aide/{kept}", 301)
        spoken = said.read(session, state, kept.article.id) if state else None
    if spoken is not None:
        return article_page(request, kept.article, list(kept.related), spoken)
    if request.method == "GET" and "sec-purpose" not in request.headers:
        robot = views.is_robot(request.headers.get("user-agent", ""))
        views.seen(kept.article.id, "aide", robot=robot, now=pages.now())
    return pages.dressed(request, kept.body, shared=True)


@dataclass(frozen=True)
class _Kept:
    """The page of an article as everybody reads it, until what is published changes."""

    article: PublishedArticle
    related: tuple[PublishedArticle, ...]
    body: bytes


@functools.lru_cache(maxsize=1_000)
def _kept(slug: str, _content: int, _here: settings.Settings) -> _Kept | str:
    """The page at this address, or the address the article has moved to. Raises NotFound.

    The last two arguments say for how long it is true: what the public reads, and the settings.
    """
    with db.reading() as session:
        try:
            found = articles.live(session, slug)
        except NotFound:
            moved = articles.moved_to(session, slug)
            if moved is None:
                raise
            return moved
        related = _related(articles.published(session, category=found.category_slug or ""), found)
    return _Kept(found, tuple(related), pages.drawn("article.html", **_context(found, related)))


def article_page(
    request: Request,
    found: PublishedArticle,
    related: list[PublishedArticle],
    spoken: said.Said | None,
    *,
    status: int = 200,
    refusal: str = "",
    text: str = "",
    contact: str = "",
    held: bool = False,
    wanted: search.Wanted | None = None,
) -> Response:
    """An article with what its reader has said so far.

    `text` is a remark that was not kept, `contact` the address beside it; `held`: it waits for its author to mask it or not.
    `wanted`: what to mark in the answer.
    """
    context = _context(
        found, related, said=spoken, refusal=refusal, text=text, contact=contact, held=held
    )
    if wanted is not None:
        context["answer"] = search.mark_html(rendered(found.answer), wanted)
    return pages.page(request, "article.html", status=status, **context)


def _context(
    found: PublishedArticle, related: list[PublishedArticle], **reader: object
) -> dict[str, object]:
    """What the template of an article is told; `reader`: what depends on who reads."""
    answer = rendered(found.answer)
    return {
        "article": found,
        "answer": answer,
        "description": excerpt(found.answer),
        "related": related,
        "said": None,
        "refusal": "",
        "text": "",
        "contact": "",
        "is_contact_offered": contacts.is_offered(),
        "held": False,
        "canonical": settings.current().article_url(found.slug),
        "json_ld": _faq_page(found, answer),
        **reader,
    }


def category(request: Request) -> Response:
    """The questions of one category, those under it after its own; a merged one leads further."""
    slug = pages.slug(request)
    with db.reading() as session:
        trail = categories.trail(session, slug)
        if not trail:
            moved = categories.moved_to(session, slug)
            if moved is None:
                raise NotFound("category", slug)
            return pages.go(f"/aide/categories/{moved}", 301)
        tree, found = categories.tree(session), articles.published(session, category=slug)
    return pages.page(
        request,
        "category.html",
        name=trail[-1].name,
        above=trail[:-1],
        articles=[each for each in found if each.category_slug == slug],
        under=[below for each in _groups(tree, found) if each.slug == slug for below in each.under],
        excerpt=excerpt,
        canonical=_absolute(f"/aide/categories/{slug}"),
        shared=True,
        noindex=not found,
    )


def privacy(request: Request) -> Response:
    """What is kept about readers, for how long, and how to have it erased."""
    return pages.page(
        request,
        "privacy.html",
        cookie=ballot.COOKIE,
        cookie_days=ballot.COOKIE_DAYS,
        remark_months=_months(REMARKS_KEPT),
        vote_months=_months(VISITORS_KEPT),
        is_contact_offered=contacts.is_offered(),
        contact_days=contacts.KEPT.days,
        canonical=_absolute("/aide/confidentialite"),
        shared=True,
    )


def unknown(request: Request) -> Response:
    """The page for an address that leads nowhere."""
    raise NotFound("page", request.url.path)


@functools.lru_cache(maxsize=2_000)
def rendered(answer: str) -> Markup:
    """The HTML of an answer. A published text never changes, so it is made once."""
    return rendering.html(answer)


@functools.lru_cache(maxsize=2_000)
def excerpt(answer: str) -> str:
    """The beginning of an answer as one line of text, cut at a word."""
    text = search.one_line(rendering.plain(answer))
    return text if len(text) <= EXCERPT else text[:EXCERPT].rsplit(" ", 1)[0].rstrip(",;:. ") + "…"


def _related(members: list[PublishedArticle], own: PublishedArticle) -> list[PublishedArticle]:
    """The articles that follow this one in its category, then those before it."""
    at = next((i for i, each in enumerate(members) if each.id == own.id), len(members))
    return [*members[at + 1 :], *members[:at]][:RELATED]


def _faq_page(found: PublishedArticle, answer: str) -> dict[str, object]:
    """The article as schema.org says it, for search engines."""
    return {
        "@context": "https://schema.org",
        "@type": "FAQPage",
        "url": settings.current().article_url(found.slug),
        "inLanguage": "fr",
        "dateModified": found.published_at.isoformat(),
        "mainEntity": [
            {
                "@type": "Question",
                "name": found.question,
                "acceptedAnswer": {"@type": "Answer", "text": answer},
            }
        ],
    }


def _absolute(path: str) -> str:
    return settings.current().public_url + path


def _months(kept: dt.timedelta) -> int:
    return round(kept.days / 30.4)
