"""What machines ask about the server itself: is it alive, can it serve, how much is there.

`/healthz` never touches the database: a lost database must not make a supervisor kill a server
that will serve again when it is back. `/readyz` is for the proxy in front: 503 takes us out of it.
"""

import datetime as dt
import functools
from collections.abc import Mapping

from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from faq_cms import analytics, articles, db, flags, migrate, people
from faq_cms.errors import FaqError, Forbidden, SignInRequired

_NO_STORE = {"cache-control": "no-store"}


def routes() -> list[Route]:
    """The three addresses for machines that watch over the server."""
    return [
        Route("/healthz", alive),
        Route("/readyz", ready),
        Route("/metrics", metrics),
    ]


async def alive(_request: Request) -> Response:
    """The process answers."""
    return JSONResponse({"status": "ok"}, headers=_NO_STORE)


def ready(_request: Request) -> Response:
    """Whether the database is reachable, at this code's schema, and its engine safe to write with."""
    states = readiness()
    is_ready = all(states.values())
    body = {"status": "ready" if is_ready else "not_ready", "checks": states}
    return JSONResponse(body, 200 if is_ready else 503, headers=_NO_STORE)


def readiness() -> dict[str, bool]:
    """Each condition for serving and whether it holds now. Reads only."""
    database = db.current()
    try:
        is_migrated = migrate.current(database) == _head()
        is_reachable = True
    except (FaqError, SQLAlchemyError):
        is_migrated = is_reachable = False
    return {
        "database": is_reachable,
        "schema": is_migrated,
        "engine": not database.is_sqlite or db.sqlite_is_safe(db.sqlite_version()),
    }


def metrics(request: Request) -> Response:
    """Gauges in Prometheus' text format, for a Bearer token with the right scope."""
    try:
        _authenticate(request)
    except SignInRequired as error:
        return PlainTextResponse("", error.status, {"www-authenticate": "Bearer", **_NO_STORE})
    except Forbidden as error:
        return PlainTextResponse("", error.status, _NO_STORE)
    return PlainTextResponse(exposition(gauges()), headers=_NO_STORE)


def gauges() -> dict[str, int]:
    """What the installation holds now, by name of gauge."""
    with db.reading() as session:
        library = articles.library(session)["state"].value_counts()
        votes = analytics.total(session)
        listed = flags.open_kinds(session)
        return {
            "faq_articles_published": int(library.get("published", 0)),
            "faq_articles_withdrawn": int(library.get("withdrawn", 0)),
            "faq_votes_helpful": votes.helpful,
            "faq_votes_unhelpful": votes.unhelpful,
            "faq_articles_flagged": int(listed["article_id"].nunique()),
            "faq_ledger_revision": db.revision(session),
        }


def exposition(values: Mapping[str, int]) -> str:
    """Values as Prometheus reads them."""
    return "".join(f"# TYPE {name} gauge\n{name} {value}\n" for name, value in values.items())


@functools.cache
def _head() -> str | None:
    return migrate.head()


def _authenticate(request: Request) -> None:
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer":
        raise SignInRequired
    with db.transaction() as session:
        if people.machine(session, token.strip(), scope="metrics", now=_now()) is None:
            raise SignInRequired


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
