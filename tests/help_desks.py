"""Freshdesk and Zendesk on this machine, as their public documentation describes their articles.

Each keeps its articles in memory, cleans HTML its own way, asks for credentials, gives pages, limits
its callers and can be told to fail. Only what the documentation says is answered: anything else is 404.
"""

import base64
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests import servers

KEY = "freshdesk-key-0123456789"
EMAIL, TOKEN = "agent@example.org", "zendesk-token-0123456789"
FOLDER, SECTION, GROUP = 42, 360001, 55
PAGE_MAX = 100


@dataclass
class Desk:
    """What one of them holds and what it was asked. `refusals` are given before any answer."""

    url: str = ""
    articles: dict[int, dict[str, Any]] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    refusals: list[Response] = field(default_factory=list)
    cut_after: int | None = None  # writes taken before every answer is a 500

    def writes(self) -> list[str]:
        """The methods of the calls that change something."""
        return [method for method, _ in self.asked if method != "GET"]

    def add(self, **fields: Any) -> dict[str, Any]:
        """A new article, numbered."""
        number = 1000 + len(self.articles)
        self.articles[number] = {"id": number, **fields}
        return self.articles[number]

    def by_title(self, title: str) -> dict[str, Any]:
        """The only article of this title."""
        (found,) = [each for each in self.articles.values() if each["title"] == title]
        return found


def cleaned(html: str) -> str:
    """Another system's own idea of tidy HTML: what comes back is never quite what was sent."""
    return re.sub(r">\n+<", "><", html.strip()).replace("<p>", '<p dir="ltr">')


def refused(status: int, **headers: str) -> Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return JSONResponse({"error": "x"}, status, headers=named)


def _guarded(desk: Desk, user: str, password: str, route: Any) -> Any:
    wanted = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()

    async def answer(request: Request) -> Response:
        desk.asked.append((request.method, request.url.path))
        if desk.refusals:
            return desk.refusals.pop(0)
        if request.headers.get("authorization") != wanted:
            return refused(401)
        if request.method != "GET" and desk.cut_after is not None:
            if desk.cut_after <= 0:
                return refused(500)
            desk.cut_after -= 1
        body = json.loads(await request.body() or b"{}")
        found: Response = route(request, body)
        return found

    return answer


# -- Freshdesk -----------------------------------------------------------------------------------


def _freshdesk(desk: Desk) -> list[Route]:
    def listed(request: Request, body: dict[str, Any]) -> Response:
        if request.path_params["folder"] != FOLDER:
            return refused(404)
        if request.method == "POST":
            if not {"title", "description", "type", "status"} <= body.keys():
                return refused(400)
            body["description"] = cleaned(body["description"])
            return JSONResponse(desk.add(folder_id=FOLDER, **body), 201)
        size = min(int(request.query_params["per_page"]), PAGE_MAX)
        first = (int(request.query_params["page"]) - 1) * size
        return JSONResponse(list(desk.articles.values())[first : first + size])

    def one(request: Request, body: dict[str, Any]) -> Response:
        found = desk.articles.get(request.path_params["number"])
        if found is None:
            return refused(404)
        if "description" in body:
            body["description"] = cleaned(body["description"])
        found |= body
        return JSONResponse(found)

    return [
        Route(
            "/api/v2/solutions/folders/{folder:int}/articles",
            _guarded(desk, KEY, "X", listed),
            methods=["GET", "POST"],
        ),
        Route(
            "/api/v2/solutions/articles/{number:int}",
            _guarded(desk, KEY, "X", one),
            methods=["GET", "PUT"],
        ),
    ]


# -- Zendesk -------------------------------------------------------------------------------------


def _zendesk(desk: Desk) -> list[Route]:
    def listed(request: Request, body: dict[str, Any]) -> Response:
        if request.path_params["section"] != SECTION:
            return refused(404)
        if request.method == "POST":
            article = body["article"]
            if article.get("permission_group_id") != GROUP or "user_segment_id" not in article:
                return refused(422)
            article["body"] = cleaned(article["body"])
            return JSONResponse({"article": desk.add(**article)}, 201)
        size = min(int(request.query_params["page[size]"]), PAGE_MAX)
        first = int(request.query_params.get("page[after]", 0))
        rows = list(desk.articles.values())
        meta = {"has_more": first + size < len(rows), "after_cursor": str(first + size)}
        return JSONResponse({"articles": rows[first : first + size], "meta": meta})

    def translation(request: Request, body: dict[str, Any]) -> Response:
        found = desk.articles.get(request.path_params["number"])
        if found is None:
            return refused(404)
        changed = body.get("translation", {})
        if "body" in changed:
            changed["body"] = cleaned(changed["body"])
        found |= changed
        kept = {name: found[name] for name in ("title", "body", "draft", "locale")}
        return JSONResponse({"translation": {"id": 1, "source_id": found["id"], **kept}})

    def groups(_request: Request, _body: dict[str, Any]) -> Response:
        listed = [{"id": 9, "built_in": False}, {"id": GROUP, "built_in": True}]
        return JSONResponse({"permission_groups": listed})

    user = f"{EMAIL}/token"
    return [
        Route(
            "/api/v2/help_center/fr/sections/{section:int}/articles",
            _guarded(desk, user, TOKEN, listed),
            methods=["GET", "POST"],
        ),
        Route(
            "/api/v2/help_center/articles/{number:int}/translations/fr",
            _guarded(desk, user, TOKEN, translation),
            methods=["GET", "PUT"],
        ),
        Route("/api/v2/guide/permission_groups", _guarded(desk, user, TOKEN, groups)),
    ]


@contextmanager
def serving(name: str) -> Iterator[Desk]:
    """One of them, on loopback, until the block ends."""
    desk = Desk()
    routes = {"freshdesk": _freshdesk, "zendesk": _zendesk}[name](desk)
    port = servers.free_port()
    config = uvicorn.Config(
        Starlette(routes=routes),
        port=port,
        log_config=None,
        lifespan="off",
        ws="none",
        date_header=False,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    desk.url = f"http://127.0.0.1:{port}"
    try:
        yield desk
    finally:
        server.should_exit = True
        thread.join()
