"""Which other sites’ pages may call: those of `FAQ_WIDGET_ORIGINS`, for votes and remarks only.

A browser asks before it sends JSON elsewhere, and hides an answer that does not name its page. No
answer allows credentials: from another site nobody is anybody until they keep their own token.
"""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from faq_cms import settings
from faq_cms.api.answers import Endpoint

_ALLOWED: Final = {
    "access-control-allow-methods": "POST",
    "access-control-allow-headers": "content-type",
    "access-control-max-age": "86400",
}


def shared(endpoint: Endpoint) -> Endpoint:
    """The endpoint, its refusals included, readable by the pages of the sites allowed."""

    async def open_to_sites(request: Request) -> Response:
        response = await endpoint(request)
        for name, value in _readable(request).items():
            response.headers[name] = value
        return response

    return open_to_sites


async def asked(request: Request) -> Response:
    """Tell a browser, which asks before it posts, whether this page may."""
    allowed = _readable(request)
    if "access-control-allow-origin" in allowed:
        allowed |= _ALLOWED
    return Response(status_code=204, headers={"allow": "OPTIONS, POST"} | allowed)


def _readable(request: Request) -> dict[str, str]:
    origin = request.headers.get("origin", "")
    if origin not in settings.current().widget_origins:
        return {"vary": "Origin"}
    return {
        "vary": "Origin",
        "access-control-allow-origin": origin,
        "access-control-expose-headers": "retry-after",
    }
