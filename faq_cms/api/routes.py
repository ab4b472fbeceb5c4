"""The addresses of the API. Thin: read the request, call a chapter, answer."""

import datetime as dt
import hashlib
import json
import re
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Match, Route

from faq_cms import (
    articles,
    caps,
    db,
    deliveries,
    exports,
    gate,
    people,
    personal_data,
    rendering,
    settings,
)
from faq_cms.api import openapi, schemas, sites
from faq_cms.api.answers import answer, cached, guarded, is_held, tag_of, unchanged
from faq_cms.articles import PublishedArticle
from faq_cms.deliveries import Target
from faq_cms.errors import Conflict, Invalid, MethodNotAllowed, NotFound, SignInRequired
from faq_cms.exports import selection
from faq_cms.models import Reason, Way
from faq_cms.people import Actor
from faq_cms.public import ballot
from faq_cms.public.ballot import Care

PAGE, PAGE_MAX = 50, 200
_EPOCH, _MICROSECOND = dt.datetime(1970, 1, 1, tzinfo=dt.UTC), dt.timedelta(microseconds=1)
VOTE_SOURCE = "api"  # a caller that does not say where its reader is

T = TypeVar("T")
Entry = tuple[dt.datetime, str, PublishedArticle | None]  # None: withdrawn then


async def in_thread(work: Callable[[], T]) -> T:
    """Database work off the event loop: one slow query must not freeze every page."""
    return await anyio.to_thread.run_sync(work)


# -- articles out --------------------------------------------------------------------------------


@guarded
async def list_articles(request: Request) -> Response:
    """Published articles in the order they last changed, a page at a time.

    With `updated_since`, only what changed after it, and tombstones of what was withdrawn since. A
    machine that gives its token needs it for nothing but to have its deliveries written down.
    """
    asked = request.query_params.get("updated_since")
    since = None if asked is None else selection.instant(asked, "updated_since")
    limit = _limit(request.query_params.get("limit"))
    after = _cursor(request.query_params.get("cursor"))

    def read() -> tuple[list[Entry], bool]:
        machine, now = _machine(request), dt.datetime.now(dt.UTC)
        with db.reading() as session:
            live = articles.published(session, base_url=settings.current().public_url)
            gone = articles.withdrawn(session, since=since) if since else []
        changed = [each for each in live if since is None or each.updated_at > since]
        entries: list[Entry] = [(each.updated_at, each.uid, each) for each in changed]
        entries += [(at, uid, None) for uid, at in gone]
        entries.sort(key=lambda entry: entry[:2])
        rest = [entry for entry in entries if after is None or entry[:2] > after]
        if machine is not None and len(rest) <= limit:  # with its last page, it has them all
            left = None if since is None else [uid for uid, _ in gone]
            to = Target(deliveries.FEED, Way.MACHINE, machine.name)
            deliveries.note(to, changed, withdrawn=left, now=now)
        return rest[:limit], len(rest) > limit

    page, more = await in_thread(read)
    items = await in_thread(lambda: [_item(entry) for entry in page])
    return cached(request, {"items": items, "next": _as_cursor(page[-1]) if more else None})


def _item(entry: Entry) -> dict[str, Any]:
    at, uid, article = entry
    return as_json(article) if article else {"id": uid, "withdrawn_at": at.isoformat()}


@guarded
async def one_article(request: Request) -> Response:
    """A published article; an address it once had redirects to the present one."""
    slug = request.path_params["slug"]

    def read() -> PublishedArticle | str:
        with db.reading() as session:
            if moved := articles.moved_to(session, slug):
                return moved
            return articles.live(session, slug, base_url=settings.current().public_url)

    found = await in_thread(read)
    if isinstance(found, str):
        return RedirectResponse(f"/api/v1/articles/{found}", 301)
    return cached(request, as_json(found))


def as_json(article: PublishedArticle) -> dict[str, Any]:
    """An article in the shape of `schemas.ARTICLE`."""
    return {
        "id": article.uid,
        "slug": article.slug,
        "question": article.question,
        "answer_markdown": article.answer,
        "answer_html": str(rendering.html(article.answer)),
        "category": article.category,
        "version": article.version,
        "updated_at": article.updated_at.isoformat(),
        "url": article.url,
    }


# -- votes in ------------------------------------------------------------------------------------


@sites.shared
@guarded
async def vote(request: Request) -> Response:
    """Count a reader's verdict: 201 for a new vote, 200 for a repeated or a changed one."""
    body = schemas.check(await _json(request), schemas.VOTE)
    network = gate.client_address(request.scope, settings.current().trusted_proxies)
    cast = await in_thread(
        lambda: ballot.cast(
            slug=request.path_params["slug"],
            helpful=body["helpful"],
            number=body.get("version"),
            token=body.get("vote"),
            cookie=request.cookies.get(ballot.COOKIE),
            network=network,
            source=body.get("source", VOTE_SOURCE),
            now=dt.datetime.now(dt.UTC),
        )
    )
    # No cookie is set: a machine keeps the token.
    return answer(
        {"vote": cast.token, "message": "\n".join(cast.lines)},
        status=201 if cast.is_new else 200,
        headers={"cache-control": "no-store"},
    )


@sites.shared
@guarded
async def remark(request: Request) -> Response:
    """Keep the reason of a Non, the reader's remark, or both.

    A remark that seems to name a person is kept as well, and the caller told, unless it asked
    otherwise: no caller of before loses a reader's words.
    """
    body = schemas.check(await _json(request), schemas.REMARK)
    reason = Reason(body["reason"]) if "reason" in body else None
    network = gate.client_address(request.scope, settings.current().trusted_proxies)
    reply = await in_thread(
        lambda: ballot.remark(
            token=request.path_params["token"],
            reason=reason,
            text=body.get("text", ""),
            contact=body.get("contact", ""),
            care=Care(body.get("personal_data", Care.KEEP)),
            network=network,
            now=dt.datetime.now(dt.UTC),
        )
    )
    told: dict[str, Any] = {"message": "\n".join(reply.lines)}
    if reply.remark is not None:
        told["reference"] = reply.remark.reference
        if "contact" in body:
            told["contact"] = reply.has_contact
        if found := personal_data.kinds(reply.remark.text):
            told["personal_data"] = list(found)
    return answer(told, status=201, headers={"cache-control": "no-store"})


# -- exports by token ----------------------------------------------------------------------------


@guarded
async def export(request: Request) -> Response:
    """What is published, in the format of a channel. Needs a token of scope `export`.

    The parameters of `selection.API` choose the articles and their spelling. A machine that was given
    articles is not given an empty file in their place (409, `emptied_export`) unless it says `allow_empty`:
    it is more often a mistake here than a wish.
    """
    channel = exports.CHANNELS.get(request.path_params["channel"])

    def write() -> Response:
        machine, now = _machine(request), dt.datetime.now(dt.UTC)
        if machine is None:
            raise SignInRequired
        caps.current().admit_export(machine=machine.name, now=now)
        if channel is None:
            raise NotFound("channel", request.path_params["channel"])
        wanted, here = selection.asked(request.query_params, selection.API), settings.current()
        may_be_empty = wanted.since is not None or _allows_empty(request)
        site = exports.Site(here.site_name, here.public_url)
        to = Target(channel.name, Way.MACHINE, machine.name, wanted.narrowed())
        with deliveries.telling(to, now=now):
            with db.reading() as session:
                content = selection.chosen(session, wanted, base_url=here.public_url)
                if not (content or may_be_empty) and deliveries.is_served(session, to):
                    raise Conflict("emptied_export", channel.label)
            found = _exported(request, channel, selection.spelled(content, wanted), site)
        deliveries.note(to, content, withdrawn=() if wanted.since else None, now=now)
        return found

    return await in_thread(write)


def _allows_empty(request: Request) -> bool:
    said = request.query_params.get("allow_empty", "")
    if said not in ("", "true", "1", "false", "0"):
        raise Invalid("allow_empty", "schema")
    return said in ("true", "1")


# ETags of the last files written, by what they were written from: a job that comes back for what it
# has costs no writing. In this process alone, so that another version of a writer never answers.
_tags: dict[tuple[str, str], str] = {}
_TAGS_KEPT: Final = 256


def _exported(
    request: Request,
    channel: exports.Channel,
    content: Sequence[PublishedArticle],
    site: exports.Site,
) -> Response:
    source = (channel.name, hashlib.sha256(repr((site, content)).encode()).hexdigest())
    if (known := _tags.get(source)) and is_held(request, known):
        return unchanged(known)
    body = channel.write(content, site)
    if len(_tags) >= _TAGS_KEPT:
        _tags.clear()
    _tags[source] = tag_of(body)
    return cached(request, body, media_type=channel.media_type)


def _machine(request: Request) -> Actor | None:
    """The machine that calls, by its token of scope `export`; None when it gives none.

    Raises SignInRequired for a token that is no good, Forbidden for one that may not export.
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return None
    with db.transaction() as session:
        now = dt.datetime.now(dt.UTC)
        machine = people.machine(session, token.strip(), scope="export", now=now)
        if machine is None:
            raise SignInRequired
        people.authorize(session, machine, "export")
    return machine


# -- the description -----------------------------------------------------------------------------


@guarded
async def description(request: Request) -> Response:
    """The OpenAPI document of these addresses."""
    return cached(request, openapi.document(settings.current().public_url))


@guarded
async def unknown(request: Request) -> Response:
    """Any other address under /api, or one of ours asked in a way it does not answer."""
    here = [each for each in _ROUTES if each.matches(request.scope)[0] is Match.PARTIAL]
    if here:
        methods = {method for route in here for method in route.methods or ()}
        raise MethodNotAllowed(tuple(sorted(methods)))
    raise NotFound("address", request.url.path)


_ROUTES = (
    Route("/api/v1/articles", list_articles, methods=["GET"]),
    Route("/api/v1/articles/{slug}", one_article, methods=["GET"]),
    Route("/api/v1/articles/{slug}/votes", vote, methods=["POST"]),
    Route("/api/v1/articles/{slug}/votes", sites.asked, methods=["OPTIONS"]),
    Route("/api/v1/votes/{token}/remark", remark, methods=["POST"]),
    Route("/api/v1/votes/{token}/remark", sites.asked, methods=["OPTIONS"]),
    Route("/api/v1/exports/{channel}", export, methods=["GET"]),
    Route("/api/v1/openapi.json", description, methods=["GET"]),
)
_ANY_METHOD = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY"]


def routes() -> list[Route]:
    """Every address under /api; what is not one of them is a JSON 404."""
    return [
        *_ROUTES,
        Route("/api", unknown, methods=_ANY_METHOD),
        Route("/api/{rest:path}", unknown, methods=_ANY_METHOD),
    ]


# -- reading the request -------------------------------------------------------------------------


async def _json(request: Request) -> object:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise Invalid("content-type", "not_json")
    try:
        return json.loads(await request.body())
    except (ValueError, RecursionError) as error:
        raise Invalid("body", "not_json") from error


def _limit(value: str | None) -> int:
    if value is None:
        return PAGE
    if re.fullmatch(r"[0-9]{1,9}", value) is None or not 1 <= int(value) <= PAGE_MAX:
        raise Invalid("limit", "range", (1, PAGE_MAX))
    return int(value)


def _as_cursor(entry: Entry) -> str:
    return f"{(entry[0] - _EPOCH) // _MICROSECOND}-{entry[1]}"


def _cursor(value: str | None) -> tuple[dt.datetime, str] | None:
    """Where the page before ended. Every value of the form described is a place in the order."""
    if value is None:
        return None
    if not re.fullmatch(schemas.CURSOR, value):
        raise Invalid("cursor", "not_a_cursor")
    since_epoch, _, uid = value.partition("-")
    return _EPOCH + int(since_epoch) * _MICROSECOND, uid
