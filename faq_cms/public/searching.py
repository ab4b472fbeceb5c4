"""Searching: answers, suggestions while typing, what was opened, and what was not found.

Answers lead through an address of their own, so that what readers open is counted without script,
cookie or mark on the article's address. A search counts once it is sent, not at each letter.
"""

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from faq_cms import (
    articles,
    caps,
    categories,
    db,
    gate,
    rendering,
    search,
    searches,
    settings,
    votes,
)
from faq_cms import views as article_views
from faq_cms.articles import PublishedArticle
from faq_cms.errors import FaqError, NotFound
from faq_cms.models import Category
from faq_cms.public import pages, searched, views

HITS: Final = 20
NEIGHBOURS: Final = 5  # beside a question that has no answer here: more would hide the form
MOST_READ_OVER: Final = dt.timedelta(days=90)
SUGGESTED_FROM: Final = 2  # letters; one is the beginning of half the articles
THANKED_SECONDS: Final = 30 * 60
# Where *Contacter l'assistance* is offered; the log knows no other place.
PLACES: Final = frozenset(
    {"accueil", "article", "confidentialite", "pied", "question", "recherche", "widget"}
)
# The way back to the answers is no new search: the browser keeps the page a moment.
_KEPT: Final = "private, max-age=300"


def routes() -> list[Route]:
    """The addresses of searching."""
    read = ["GET"]
    report = pages.posted("question")(reported)
    return [
        Route("/aide/recherche", pages.shown(found), methods=read),
        Route("/aide/recherche/{slug}", pages.shown(opened), methods=read),
        Route("/aide/suggestions", pages.shown(suggestions), methods=read),
        Route("/aide/question-manquante", pages.shown(missing), methods=read),
        Route("/aide/question-manquante", report, methods=["POST"]),
        Route("/aide/contact", pages.shown(contact), methods=read),
    ]


def found(request: Request) -> Response:
    """What answers a query. Never indexed: robots read articles, not the questions of people."""
    query = _query(request)
    with db.reading() as session:
        hits = search.find(session, query, limit=HITS) if query else []
        hits = hits or search.nearby(session, query, limit=NEIGHBOURS)
        elsewhere = Elsewhere.of(session) if query and not hits else None
    if query and _is_person(request):
        results = sum(not hit.nearest for hit in hits)
        searched.searched(query, results=results, day=votes.civil_day(pages.now()))
    response = pages.page(
        request,
        "search.html",
        query=query,
        hits=hits,
        found=bool(hits) and not hits[0].nearest,
        neighbours=NEIGHBOURS,
        elsewhere=elsewhere,
        most=searches.QUESTION_MAX,
    )
    response.headers["cache-control"] = _KEPT
    return response


@dataclass(frozen=True)
class Elsewhere:
    """Where to go on from when no article is even near: said to be that, not an answer."""

    most_read: list[PublishedArticle]
    categories: list[Category]

    @classmethod
    def of(cls, session: Session) -> "Elsewhere":
        """What people read most lately, and the categories that hold something."""
        since = votes.civil_day(pages.now()) - MOST_READ_OVER
        ids = article_views.most_read(session, since=since, limit=NEIGHBOURS)
        read = {each.id: each for each in articles.published(session, ids=ids)}
        return cls([read[each] for each in ids if each in read], categories.in_use(session))


def opened(request: Request) -> Response:
    """Lead to an answer, counting that it was opened."""
    slug = pages.slug(request)
    with db.reading() as session:
        try:
            article = articles.live(session, slug)
        except NotFound:
            return pages.go(f"/aide/{slug}")  # withdrawn or moved meanwhile: its address knows
    if _is_person(request):
        searched.opened(_query(request), article.id, day=votes.civil_day(pages.now()))
    return pages.go(f"/aide/{article.slug}")


def suggestions(request: Request) -> Response:
    """The articles to offer for what is typed so far: `[{"question", "url"}]`. Not counted."""
    query = _query(request)
    offered = []
    if len(query) >= SUGGESTED_FROM:
        with db.reading() as session:
            offered = search.suggest(session, query)
    return JSONResponse(
        [{"question": each.question, "url": f"/aide/{each.slug}"} for each in offered],
        headers={"cache-control": _KEPT},
    )


def missing(request: Request) -> Response:
    """Where a missing question is reported, and thanked for once it is kept."""
    return _missing_page(request, thanked=_is_thanked(request.query_params.get("recue", "")))


def reported(request: Request, form: dict[str, str]) -> Response:
    """Keep a missing question; a refused one comes back with its words."""
    now = pages.now()
    question = rendering.clean(form["question"])
    try:
        network = gate.client_address(request.scope, settings.current().trusted_proxies)
        caps.current().admit_question(network=network, now=now)
        with db.transaction() as session:
            kept = searches.report(session, question=question, now=now).id
    except FaqError as error:
        page = _missing_page(
            request,
            question=question,
            refusal=pages.sentence(error, writing=True),
            status=error.status,
        )
        return pages.with_wait(page, error)
    return pages.go(f"/aide/question-manquante?recue={_serializer().dumps(kept)}")


def contact(request: Request) -> Response:
    """Lead to the assistance, and nowhere else, counting where from.

    An e-mail address is opened by a page that shows it too: browsers may follow a redirect to one
    or not, and many people write from a mailbox no link opens.
    """
    address = settings.current().support_url
    place = request.query_params.get("de", "")
    if not address or place not in PLACES:
        raise NotFound("page", request.url.path)
    if _is_person(request):
        searched.asked_for_support(place, day=votes.civil_day(pages.now()))
    if address.startswith("mailto:"):
        written = unquote(address.removeprefix("mailto:").partition("?")[0])
        return pages.page(request, "contact.html", link=address, address=written)
    return pages.go(address)


def _missing_page(
    request: Request,
    *,
    thanked: bool = False,
    question: str = "",
    refusal: str = "",
    status: int = 200,
) -> Response:
    return pages.page(
        request,
        "missing.html",
        status=status,
        thanked=thanked,
        question=question,
        refusal=refusal,
        most=searches.QUESTION_MAX,
    )


def _is_thanked(signed: str) -> bool:
    """Whether this address names a question that is kept: thanks are for nothing else."""
    try:
        question_id = _serializer().loads(signed, max_age=THANKED_SECONDS)
    except BadData:
        return False
    try:
        with db.reading() as session:
            searches.reported(session, question_id)
    except NotFound:
        return False
    return True


def _query(request: Request) -> str:
    return rendering.clean(request.query_params.get("q", "")).strip()[: search.QUERY_MAX]


def _is_person(request: Request) -> bool:
    """Whether somebody asked for this page: no robot, no loading in advance, no HEAD."""
    headers = request.headers
    is_robot = views.is_robot(headers.get("user-agent", ""))
    return request.method == "GET" and not is_robot and "sec-purpose" not in headers


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(
        settings.current().secret, salt="question", signer_kwargs={"digest_method": hashlib.sha256}
    )
