"""How the API answers: one JSON, one error shape, one way to say « not modified »."""

import hashlib
import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from faq_cms import french
from faq_cms.errors import (
    Conflict,
    FaqError,
    Invalid,
    MethodNotAllowed,
    Misspelt,
    PersonalData,
    SignInRequired,
    TooMany,
)

log = logging.getLogger(__name__)

Endpoint = Callable[[Request], Awaitable[Response]]


def answer(data: object, *, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """`data` as compact UTF-8 JSON."""
    body = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(body, status, headers, media_type="application/json")


def cached(request: Request, data: object, *, media_type: str = "application/json") -> Response:
    """An answer with an ETag of its bytes; 304 when the caller has them already."""
    body = data if isinstance(data, bytes) else json.dumps(data, ensure_ascii=False).encode()
    tag = tag_of(body)
    if is_held(request, tag):
        return unchanged(tag)
    return Response(body, headers={"etag": tag, **_CHECKED}, media_type=media_type)


_CHECKED: Final = {"cache-control": "no-cache"}


def tag_of(body: bytes) -> str:
    """The ETag of these bytes."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def is_held(request: Request, tag: str) -> bool:
    """Whether the caller says that it has what this ETag names."""
    return tag in request.headers.get("if-none-match", "")


def unchanged(tag: str) -> Response:
    """304: the caller has it already."""
    return Response(status_code=304, headers={"etag": tag, **_CHECKED})


def refusal(error: FaqError) -> Response:
    """An error of ours with its status, its code and its French sentence."""
    content: dict[str, Any] = {"code": error.code, "message": french.sentence(error)}
    if isinstance(error, Invalid):
        content["details"] = {"field": error.field, "reason": error.reason}
    if isinstance(error, Conflict):
        content["details"] = {"reason": error.reason}
    if isinstance(error, PersonalData):
        content["details"] = {"found": list(error.kinds), "masked": error.masked}
    if isinstance(error, Misspelt):
        content["details"] = {
            "articles": [{"question": question, "found": why} for question, why in error.articles]
        }
    headers = {"cache-control": "no-store"}
    if isinstance(error, MethodNotAllowed):
        headers["allow"] = ", ".join(error.allowed)
    if isinstance(error, SignInRequired):
        headers["www-authenticate"] = "Bearer"
    if isinstance(error, TooMany):
        headers["retry-after"] = str(error.retry_after)
    return answer({"error": content}, status=error.status, headers=headers)


def guarded(endpoint: Endpoint) -> Endpoint:
    """The endpoint, answering our errors and its own faults in the one error shape."""

    async def guard(request: Request) -> Response:
        try:
            return await endpoint(request)
        except FaqError as error:
            return refusal(error)
        except (HTTPException, ClientDisconnect):
            raise
        except Exception:  # a fault is logged whole, and told without its insides
            log.exception("api fault on %s", request.url.path)
            return answer(
                {"error": {"code": "fault", "message": french.SENTENCES["error"]}},
                status=500,
                headers={"cache-control": "no-store"},
            )

    return guard
