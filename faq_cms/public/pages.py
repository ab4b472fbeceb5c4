"""How a page leaves: templates, errors as pages, ETag and compression, static files.

Every endpoint of the readers' side is a plain function wrapped by `shown` or `posted`: what the
product refuses becomes a page that says so, with the right status. Everything a person wrote is
escaped by the templates; the only HTML let through is `rendering.html`'s.
"""

import datetime as dt
import functools
import gzip
import hashlib
import json
import mimetypes
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from faq_cms import french, settings
from faq_cms.errors import FaqError, NotFound, TooMany, Unavailable
from faq_cms.public import ballot, forms

_ID_MAX: Final = 2**31 - 1  # what an id can be in both databases
_PACKED_FROM: Final = 600  # bytes; compression earns nothing on less
_KEPT: Final = 500  # bodies whose digest and compressed form are remembered
_RETRY_SECONDS: Final = 60  # when the database cannot serve: nobody knows better
_YEAR: Final = "public, max-age=31536000, immutable"

TITLES: Final = {
    401: "Connexion refusée",
    404: "Page introuvable",
    409: "Ce n’est plus possible",
    410: "Ce lien ne sert plus",
    422: "Envoi incomplet",
    429: "Un peu de patience",
    503: "Service momentanément indisponible",
}


class _Id(Convertor[int]):
    """`{name:id}` in an address: a number no database refuses; one too long is nobody's."""

    regex = "[0-9]+"

    def convert(self, value: str) -> int:
        return min(int(value), _ID_MAX) if len(value) <= len(str(_ID_MAX)) else _ID_MAX

    def to_string(self, value: int) -> str:
        return str(value)


register_url_convertor("id", _Id())


# -- static files --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Asset:
    """A file of `static/`, held in memory; its address names its content."""

    content: bytes
    media_type: str
    digest: str


def _assets(folder: Path) -> dict[str, Asset]:
    found = {}
    for path in sorted(folder.iterdir()):
        kind = mimetypes.guess_type(path.name)[0]
        if path.is_file() and kind is not None:
            content = path.read_bytes()
            found[path.name] = Asset(content, kind, hashlib.sha256(content).hexdigest()[:16])
    return found


ASSETS: Final = _assets(Path(__file__).parent / "static")


def asset_url(name: str) -> str:
    """The address of a static file, which changes with its content."""
    return f"/aide/static/{name}?v={ASSETS[name].digest}"


def asset(request: Request) -> Response:
    """A static file; kept for ever by browsers that ask for this very content."""
    found = ASSETS.get(request.path_params["name"])
    if found is None:
        raise NotFound("page", request.path_params["name"])
    named = request.query_params.get("v") == found.digest
    response = sent(request, found.content, found.media_type)
    response.headers["cache-control"] = _YEAR if named else "no-cache"
    return response


# -- templates -----------------------------------------------------------------------------------


def support(place: str) -> str:
    """The address of *Contacter l'assistance*, counted under `place`; "" without an assistance."""
    return f"/aide/contact?de={place}" if settings.current().support_url else ""


def _json_ld(value: object) -> Markup:
    """JSON for a `script` element: nothing in it can end the element or open another."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for letter in "<>&\u2028\u2029":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return Markup(text)  # noqa: S704 — every character that means something to HTML was just escaped


_templates = Environment(
    loader=PackageLoader("faq_cms.public"),
    autoescape=True,
    undefined=StrictUndefined,
    auto_reload=False,  # a template is not changed under a server that runs
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.globals.update(asset=asset_url, french=french, support=support)
_templates.filters["json_ld"] = _json_ld


def page(request: Request, template: str, *, status: int = 200, **context: Any) -> Response:
    """A page from a template. Kept by nobody unless it was made for everybody (`shared=True`)."""
    shared = context.pop("shared", False)
    body = drawn(template, noindex=context.pop("noindex", not shared), **context)
    return dressed(request, body, status=status, shared=shared)


def drawn(template: str, **context: Any) -> bytes:
    """What a template says, as it leaves."""
    defaults = {"settings": settings.current(), "canonical": None, "noindex": False, "query": ""}
    if settings.current().canonical_url:
        context["noindex"] = True  # search engines know the articles at another address
    return _templates.get_template(template).render(defaults | context).encode()


def dressed(request: Request, body: bytes, *, status: int = 200, shared: bool) -> Response:
    """A page that was drawn, with the headers it leaves with."""
    response = sent(request, body, "text/html", status)
    response.headers["cache-control"] = "no-cache" if shared else "no-store"
    return response


def sent(request: Request, body: bytes, media_type: str, status: int = 200) -> Response:
    """The body with its ETag, or 304 when the reader has it; compressed when it pays."""
    headers = {"vary": "Accept-Encoding"}
    if status == 200:
        headers["etag"] = _tag(body)
        if headers["etag"] in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
    if len(body) >= _PACKED_FROM and "gzip" in request.headers.get("accept-encoding", ""):
        body = _packed(body)
        headers["content-encoding"] = "gzip"
    return Response(body, status, headers, media_type)


@functools.lru_cache(maxsize=_KEPT)
def _tag(body: bytes) -> str:
    return f'W/"{hashlib.sha256(body).hexdigest()[:20]}"'


@functools.lru_cache(maxsize=_KEPT)
def _packed(body: bytes) -> bytes:
    return gzip.compress(body, compresslevel=5, mtime=0)


def go(path: str, status: int = 303) -> RedirectResponse:
    """Send the browser to a path of this site."""
    return RedirectResponse(path, status, {"cache-control": "no-store"})


# -- endpoints and refusals ----------------------------------------------------------------------


def shown(handler: Callable[[Request], Response]) -> Callable[[Request], Response]:
    """An endpoint that reads: what it refuses becomes a page."""

    @functools.wraps(handler)
    def endpoint(request: Request) -> Response:
        try:
            return handler(request)
        except FaqError as error:
            return refused(request, error)

    return endpoint


def posted(
    *fields: str,
) -> Callable[
    [Callable[[Request, dict[str, str]], Response]], Callable[[Request], Awaitable[Response]]
]:
    """An endpoint that receives a form of these fields, handled in a thread (it may block)."""

    def wrap(
        handler: Callable[[Request, dict[str, str]], Response],
    ) -> Callable[[Request], Awaitable[Response]]:
        def answer(request: Request, body: bytes) -> Response:
            try:
                return handler(request, forms.read(request.headers, body, frozenset(fields)))
            except FaqError as error:
                return refused(request, error)

        @functools.wraps(handler)
        async def endpoint(request: Request) -> Response:
            return await run_in_threadpool(answer, request, await request.body())

        return endpoint

    return wrap


def refused(request: Request, error: FaqError) -> Response:
    """The page that says what was refused and what to do, with the status of the error."""
    slug = request.path_params.get("slug", "")
    back = f"/aide/{slug}" if request.method == "POST" and is_slug(slug) else None
    response = page(
        request,
        "refusal.html",
        status=error.status,
        title=TITLES.get(error.status, "Une erreur est survenue"),
        sentence=sentence(error, writing=request.method == "POST"),
        back=back,
    )
    return with_wait(response, error)


def with_wait(response: Response, error: FaqError) -> Response:
    """The response, saying when to try again if the error knows it."""
    if isinstance(error, TooMany):
        response.headers["retry-after"] = str(error.retry_after)
    elif isinstance(error, Unavailable):
        response.headers["retry-after"] = str(_RETRY_SECONDS)
    return response


def sentence(error: FaqError, *, writing: bool) -> str:
    """What the reader is told. A page that cannot be read is not a recording that failed."""
    if isinstance(error, Unavailable) and not writing:
        return (
            "Cette page ne peut pas être affichée pour le moment. Réessayez dans quelques minutes."
        )
    return french.sentence(error)


def is_slug(text: str) -> bool:
    """Whether this could be the address of an article or a category."""
    return ballot.SLUG_FORM.fullmatch(text) is not None


def slug(request: Request) -> str:
    """The article or category this address names. Raises NotFound for what can name none."""
    text: str = request.path_params["slug"]
    if not is_slug(text):
        raise NotFound("page", text)
    return text


def now() -> dt.datetime:
    """The clock of this door."""
    return dt.datetime.now(dt.UTC)
