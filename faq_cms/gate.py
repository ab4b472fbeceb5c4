"""What every request crosses before a page, the API or Streamlit sees it.

Streamlit sends no security headers, runs its script for anonymous WebSockets, answers unknown paths
with its own shell, and speaks English. One list of small ASGI classes, `layers`, mends that from the
outside, so that no route and no screen has to remember it. Order, outermost first:

    SecurityHeaders    every response carries its policy, errors and media included
    FaultPage          an unexpected exception becomes a French page with a reference
    CrossSiteRefusal   a write ordered by another site is refused
    SessionGate        nothing under /gestion/ without a session; unknown screens are 404
    BodyCap            no request body larger than its route can use
    FrenchShell        Streamlit's page, in French, and our scripts: what it adds is translated

The gate knows cookies, origins, paths and sizes. It asks who holds a session through a function it is
given, and never opens the database itself.
"""

import base64
import hashlib
import html
import importlib.util
import logging
import re
import secrets
from collections.abc import Callable, Collection, Iterable, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlsplit

import anyio.to_thread
from starlette._utils import get_route_path
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, cookie_parser
from starlette.responses import (
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
)
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from faq_cms.settings import Network, Settings

log = logging.getLogger(__name__)

GESTION: Final = "/gestion"
SIGN_IN: Final = "/connexion"
PREVIEW: Final = "apercu/"
"""Under /gestion/: the public template in a frame of the editor, signed-in people only."""

DOWNLOADS: Final = "telecharger/"
"""Under /gestion/: the file of a channel, for the people who may export."""

FIND: Final = "trouver/"
"""Under /gestion/: what answers the words typed in « Trouver », signed-in people only."""

PRESENCE: Final = "presence/"
"""Under /gestion/: where a tab that had an article open says that it is closed, signed-in people only."""

SCRIPTS: Final = ("fr.js", "page.js")
"""Ours, in the page before Streamlit's own: its French, and what only the browser knows of a page."""

FindActor = Callable[[str | None], object | None]
"""Session token, or None -> the person holding that session, or None. May block: it is run in a thread."""


def layers(
    settings: Settings, *, find_actor: FindActor, screens: Collection[str]
) -> list[Middleware]:
    """The gate, ready for `st.App(middleware=…)`.

    `screens` are the addresses of the application's screens without slashes ("articles", "exporter");
    the home, "", is always one. Reads Streamlit's index.html and our scripts once.
    """
    shell = french_shell()
    return [
        Middleware(
            SecurityHeaders, settings=settings, application_csp=application_csp(settings, shell)
        ),
        Middleware(FaultPage),
        Middleware(CrossSiteRefusal, settings=settings),
        Middleware(SessionGate, settings=settings, find_actor=find_actor, screens=screens),
        Middleware(BodyCap),
        Middleware(FrenchShell, shell=shell, screens=screens),
    ]


# ------------------------------------------------------------------ who is calling


def cookie_name(settings: Settings) -> str:
    """Name of the session cookie: the `__Host-` prefix needs TLS, plain http has another name."""
    return "__Host-faq" if settings.https else "faq_session"


def session_token(scope: Scope, settings: Settings) -> str | None:
    """The session token this request carries, unchecked; None when it carries none."""
    cookies = cookie_parser("; ".join(Headers(scope=scope).getlist("cookie")))
    return cookies.get(cookie_name(settings)) or None


def client_address(scope: Scope, trusted_proxies: Sequence[Network]) -> str:
    """Address of the caller, as a canonical IP; "" when the server does not know it (a Unix socket).

    X-Forwarded-For is believed only from a configured proxy, and read from the right: each proxy
    appends the peer it saw, so the first hop that is not one of ours is the caller, and whatever
    stands to its left was written by the caller.
    """
    peer = scope.get("client")
    address = _ip(peer[0]) if peer else None
    if address is None:
        return ""
    forwarded = ",".join(Headers(scope=scope).getlist("x-forwarded-for")).split(",")
    for hop in reversed([part.strip() for part in forwarded if part.strip()]):
        claimed = _ip(hop)
        if claimed is None or not _within(address, trusted_proxies):
            break
        address = claimed
    return str(address)


def _ip(text: str) -> IPv4Address | IPv6Address | None:
    """`203.0.113.7`, `203.0.113.7:443`, `[2001:db8::1]:443`; ::ffff:203.0.113.7 is the IPv4 it maps."""
    bracketed = re.fullmatch(r"\[([^\]]+)\](?::\d+)?", text)
    bare = bracketed[1] if bracketed else re.sub(r"^(\d+(?:\.\d+){3}):\d+$", r"\1", text)
    try:
        address = ip_address(bare)
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address


def _within(address: IPv4Address | IPv6Address, networks: Iterable[Network]) -> bool:
    return any(address.version == network.version and address in network for network in networks)


def is_own_origin(origin: str, host: str, settings: Settings) -> bool:
    """Whether `origin` (an Origin header) is this installation's own, called at `host` (a Host header).

    Exactly the public origin. While the public address is a loopback one, any loopback name serves,
    provided the page and the call agree on it: another local program listens on another port.
    """
    if origin == settings.origin:
        return True
    return _is_loopback(settings.origin) and _is_loopback(origin) and origin == f"http://{host}"


def _is_loopback(origin: str) -> bool:
    try:
        name = urlsplit(origin).hostname or ""
    except ValueError:
        return False
    address = _ip(name)
    return name == "localhost" or (address is not None and address.is_loopback)


def safe_next(target: str | None) -> str:
    """Where to go after signing in: `target` if it is a path of the application, its home otherwise.

    Browsers read a backslash as a slash and drop tabs and line breaks, so anything but plain path
    characters is refused.
    """
    home = f"{GESTION}/"
    if target is None or not target.startswith(home) or "//" in target or "/." in target:
        return home
    return target if re.fullmatch(r"[\w/.,~%?&=+:;@-]*", target, re.ASCII) else home


# ------------------------------------------------------------------ answers of the gate

_STYLE: Final = """
:root { color-scheme: light dark; font: 1.0625rem/1.6 "Source Sans 3", system-ui, sans-serif; }
body { display: grid; place-content: center; min-height: 100vh; margin: 0; padding: 1.5rem; box-sizing: border-box; }
main { max-width: 34rem; }
h1 { font-size: 1.75rem; line-height: 1.25; margin: 0 0 .75rem; }
p { margin: 0 0 1rem; }
a { color: light-dark(#0b5f86, #7cc7e8); }
"""


def _source(text: str) -> str:
    """A CSP source that allows exactly this inline text."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _refusal(
    scope: Scope, status: int, code: str, title: str, sentence: str, *, details: str = ""
) -> Response:
    """The same refusal in the form its caller reads: JSON for the API, a page for people, a line else."""
    path, accept = get_route_path(scope), Headers(scope=scope).get("accept", "")
    if path.startswith("/api/"):
        error = {"code": code, "message": sentence} | (
            {"details": {"reference": details}} if details else {}
        )
        return JSONResponse({"error": error}, status)
    if "text/html" not in accept:
        return PlainTextResponse(f"{title}. {sentence}\n", status)
    home, label = (
        (f"{GESTION}/", "Retour à l’accueil")
        if _under_gestion(path)
        else ("/aide", "Retour à l’aide")
    )
    return HTMLResponse(
        f'<!doctype html>\n<html lang="fr">\n<head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{html.escape(title)}</title><style>{_STYLE}</style></head>\n"
        f"<body><main><h1>{html.escape(title)}</h1><p>{html.escape(sentence)}</p>"
        f'<p><a href="{home}">{label}</a></p></main></body>\n</html>\n',
        status,
    )


def _under_gestion(path: str) -> bool:
    return path == GESTION or path.startswith(f"{GESTION}/")


def _inside(path: str) -> str:
    """`/gestion/articles` -> `articles`."""
    return path.removeprefix(GESTION).removeprefix("/")


# ------------------------------------------------------------------ headers

# A reader's page: our own files and nothing else. The one inline style allowed is the gate's own page.
PUBLIC_CSP: Final = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        f"style-src 'self' {_source(_STYLE)}",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
)

# The same page in the editor's frame, made inert: nobody votes or sends a remark from a preview.
PREVIEW_CSP: Final = (
    PUBLIC_CSP.replace("form-action 'self'", "form-action 'none'")
    .replace("connect-src 'self'", "connect-src 'none'")
    .replace("frame-ancestors 'none'", "frame-ancestors 'self'")
)

_FIXED: Final = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
}

# One year. Not includeSubDomains: the company's other sites are not ours to decide.
_HSTS: Final = "max-age=31536000"

# Streamlit's bundle and our component: named by their content, the same for everyone.
_ASSETS: Final = ("static/", "_stcore/bidi-components/", *SCRIPTS)


def application_csp(settings: Settings, shell: str) -> str:
    """Policy of the application: Streamlit styles itself inline; scripts are files, or the shell's own."""
    inline = " ".join(
        _source(script) for script in re.findall(r"<script>(.*?)</script>", shell, re.DOTALL)
    )
    socket = settings.origin.replace(
        "http", "ws", 1
    )  # older Safari does not read 'self' as ws:// too
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src 'self' {inline}".rstrip(),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "media-src 'self' blob:",
            "font-src 'self' data:",
            f"connect-src 'self' {socket}",
            "manifest-src 'self'",
            "frame-src 'self'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        ]
    )


class SecurityHeaders:
    """Puts the policy on every response, whoever made it. What a route says of these is overruled."""

    def __init__(self, app: ASGIApp, *, settings: Settings, application_csp: str) -> None:
        self._app = app
        self._application_csp = application_csp
        self._fixed = _FIXED | ({"strict-transport-security": _HSTS} if settings.https else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path, host = get_route_path(scope), Headers(scope=scope).get("host", "")

        async def send_with_policy(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._complete(MutableHeaders(scope=message), path, host)
            await send(message)

        await self._app(scope, receive, send_with_policy)

    def _complete(self, headers: MutableHeaders, path: str, host: str) -> None:
        headers.update(self._fixed)
        # Frameworks make redirects absolute with whatever name the request gave: ours stay paths.
        for scheme in ("http", "https"):
            if host and headers.get("location", "").startswith(f"{scheme}://{host}/"):
                headers["location"] = headers["location"][len(f"{scheme}://{host}") :]
        headers["content-security-policy"] = self._csp(path)
        if _under_gestion(path):
            if not _inside(path).startswith(_ASSETS):
                headers["cache-control"] = "no-store"
        elif "set-cookie" in headers:
            headers["cache-control"] = "no-store"

    def _csp(self, path: str) -> str:
        if not _under_gestion(path):
            return PUBLIC_CSP
        return PREVIEW_CSP if _inside(path).startswith(PREVIEW) else self._application_csp


# ------------------------------------------------------------------ faults


class FaultPage:
    """An exception nobody expected: the trace goes to the log, a reference to the person."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def send_noting_start(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, send_noting_start)
        except ClientDisconnect:  # gone before the whole request was here: nobody to answer
            return
        except Exception:
            if started:  # half a page is out: only closing the connection says that it is not whole
                raise
            reference = secrets.token_hex(4)
            # The route, never the query: addresses may carry what a reader typed.
            log.exception("fault %s in %s %s", reference, scope["method"], get_route_path(scope))
            sentence = (
                "Rien n’a été enregistré. Réessayez dans un instant\u202f; si cela se reproduit, "
                f"signalez la référence {reference}."
            )
            answer = _refusal(
                scope, 500, "fault", "Une erreur est survenue", sentence, details=reference
            )
            await answer(scope, receive, send)


# ------------------------------------------------------------------ writes ordered by other sites


class CrossSiteRefusal:
    """Refuses a write that another site made the browser send.

    With a session cookie, the browser must say that the request is ours (Sec-Fetch-Site, else Origin):
    saying nothing is refused. Without one there is nobody to impersonate, so machines may say nothing,
    and only a browser admitting to another site is refused; the API has its own list of sites.
    """

    _READS: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})

    def __init__(self, app: ASGIApp, *, settings: Settings) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in self._READS or self._is_welcome(scope):
            await self._app(scope, receive, send)
            return
        sentence = "Cette action a été demandée depuis un autre site\u00a0: elle n’a pas été faite."
        answer = _refusal(scope, 403, "cross_site", "Action refusée", sentence)
        await answer(scope, receive, send)

    def _is_welcome(self, scope: Scope) -> bool:
        ours = self._says_ours(Headers(scope=scope))
        if session_token(scope, self._settings) is not None:
            return ours is True
        return ours is not False or get_route_path(scope).startswith("/api/")

    def _says_ours(self, headers: Headers) -> bool | None:
        """What the browser says of the page that ordered the request; None when it says nothing."""
        if sites := headers.getlist("sec-fetch-site"):
            return all(site in ("same-origin", "none") for site in sites)
        if origins := headers.getlist("origin"):
            host = headers.get("host", "")
            return all(is_own_origin(origin, host, self._settings) for origin in origins)
        return None


# ------------------------------------------------------------------ nothing without a session

# What Streamlit's page itself asks for. Its metrics, agent API and script check are left out: unknown.
_MACHINERY: Final = frozenset(
    {
        "_stcore/stream",
        "_stcore/health",
        "_stcore/host-config",
        "favicon.png",
        "manifest.json",
        *SCRIPTS,
    }
)
_MACHINERY_FOLDERS: Final = (
    "static/",
    "media/",
    "_stcore/upload_file/",
    "_stcore/bidi-components/",
    PREVIEW,
    DOWNLOADS,
    FIND,
    PRESENCE,
)


class SessionGate:
    """Lets nothing under /gestion/ through without a session, and no address that is not ours.

    Anonymous pages go to the sign-in page and come back; other anonymous requests get 401. WebSockets
    (there is no public one) also need our own Origin and are refused before they are accepted, so no
    script runs. What a person may do is not decided here: each chapter asks `people.authorize`.
    """

    def __init__(
        self, app: ASGIApp, *, settings: Settings, find_actor: FindActor, screens: Collection[str]
    ) -> None:
        self._app = app
        self._settings = settings
        self._find_actor = find_actor
        self._known = _MACHINERY | {""} | set(screens)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = get_route_path(scope) if "path" in scope else ""
        if scope["type"] == "websocket":
            await self._socket(path, scope, receive, send)
        elif scope["type"] == "http" and _under_gestion(path):
            await (await self._answer(path, scope))(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _answer(self, path: str, scope: Scope) -> ASGIApp:
        if not await self._is_signed_in(scope):
            return self._to_sign_in(path, scope)
        if self._exists(_inside(path)):
            return self._app
        sentence = "Cette adresse ne mène à aucun écran de l’application."
        return _refusal(scope, 404, "not_found", "Page introuvable", sentence)

    async def _socket(self, path: str, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        origins, host = headers.getlist("origin"), headers.get("host", "")
        if (
            path == f"{GESTION}/_stcore/stream"
            and len(origins) == 1
            and is_own_origin(origins[0], host, self._settings)
            and await self._is_signed_in(scope)
        ):
            await self._app(scope, receive, send)
            return
        await receive()
        await send(
            {"type": "websocket.close", "code": 1008}
        )  # before accept: the handshake gets a 403

    async def _is_signed_in(self, scope: Scope) -> bool:
        token = session_token(scope, self._settings)
        return await anyio.to_thread.run_sync(self._find_actor, token) is not None

    def _exists(self, inside: str) -> bool:
        return inside.rstrip("/") in self._known or inside.startswith(_MACHINERY_FOLDERS)

    def _to_sign_in(self, path: str, scope: Scope) -> Response:
        if scope["method"] in ("GET", "HEAD") and "text/html" in Headers(scope=scope).get(
            "accept", ""
        ):
            query = scope["query_string"].decode("latin-1")
            target = safe_next(quote(path) + (f"?{query}" if query else ""))
            return RedirectResponse(f"{SIGN_IN}?suite={quote(target, safe='')}", 303)
        return PlainTextResponse("Connexion requise.\n", 401)


# ------------------------------------------------------------------ sizes

# A remark of 2 000 characters form-encoded takes up to 24 KB; nothing public is larger.
BODY_LIMIT: Final = 32 * 1024
# A little above Streamlit's own maxUploadSize (10 MB), whose message is kinder than ours.
UPLOAD_LIMIT: Final = 12 * 1024 * 1024


class BodyCap:
    """Answers 413 before a body too large for its route is read by anyone.

    A body without a declared length is read here, up to the limit, then replayed.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = UPLOAD_LIMIT if _under_gestion(get_route_path(scope)) else BODY_LIMIT
        headers = Headers(scope=scope)
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > limit:
            await _too_large(scope, limit)(scope, receive, send)
        elif "transfer-encoding" in headers:
            await self._replayed(limit, scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _replayed(self, limit: int, scope: Scope, receive: Receive, send: Send) -> None:
        body, more = bytearray(), True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > limit:
                await _too_large(scope, limit)(scope, receive, send)
                return
        replayed = False

        async def receive_replayed() -> Message:
            nonlocal replayed
            if replayed:
                return await receive()
            replayed = True
            return {"type": "http.request", "body": bytes(body), "more_body": False}

        await self._app(scope, receive_replayed, send)


def _too_large(scope: Scope, limit: int) -> Response:
    sentence = f"La limite est de {limit // 1024:,} Ko. Rien n’a été enregistré.".replace(
        ",", "\u202f"
    )
    return _refusal(scope, 413, "too_large", "Envoi trop volumineux", sentence)


# ------------------------------------------------------------------ Streamlit's page, in French

_ICON: Final = (
    "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'>"
    "<path d='M4 5h24v17H15l-7 6v-6H4z' fill='#0b6e6e'/>"
    "<text x='16' y='19' text-anchor='middle' font-family='sans-serif' font-weight='700' font-size='15' fill='#fff'>?</text>"
    "</svg>"
)
_NOSCRIPT: Final = (
    "<noscript><p>Cette application a besoin de JavaScript. "
    'Les <a href="/aide">pages d’aide</a> se lisent sans.</p></noscript>'
)


def french_shell() -> str:
    """Streamlit's index.html for French readers, with our script before its own.

    Raises LookupError when the installed Streamlit's page is not the one these edits were made for:
    better no start than a page half in English.
    """
    page = _streamlit_index().read_text(encoding="utf-8")
    for pattern, french in (
        (r'<html lang="en">', '<html lang="fr">'),
        (r"<title>.*?</title>", "<title>Gestion de la FAQ</title>"),
        (r'(?<=href=")\./favicon\.png(?=")', f"data:image/svg+xml,{quote(_ICON)}"),
        (r"<!--\s*Machine-readable.*?-->\s*<link rel=\"service-desc\"[^>]*>", ""),
        (r"<noscript>.*?</noscript>", _NOSCRIPT),
        (
            r'(?=<script type="module")',
            "".join(
                f'<script src="./{name}?v={_digest(_script(name))}"></script>\n    '
                for name in SCRIPTS
            ),
        ),
    ):
        found = re.findall(pattern, page, re.DOTALL)
        if len(found) != 1:
            raise LookupError(pattern)
        page = re.sub(pattern, french.replace("\\", r"\\"), page, flags=re.DOTALL)
    return page


def _streamlit_index() -> Path:
    spec = importlib.util.find_spec(
        "streamlit"
    )  # located, not imported: the gate needs one file of it
    if spec is None or spec.origin is None:
        raise LookupError("streamlit")
    return Path(spec.origin).parent / "static" / "index.html"


def _script(name: str) -> bytes:
    return (Path(__file__).parent / "screens" / "assets" / name).read_bytes()


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


class FrenchShell:
    """Answers the application's pages with the French shell, and its scripts; the rest is Streamlit's.

    The page is the same for every screen and person, so it is made once, in memory.
    """

    def __init__(self, app: ASGIApp, *, shell: str, screens: Collection[str]) -> None:
        self._app = app
        self._pages = {f"{GESTION}/"} | {f"{GESTION}/{screen}" for screen in screens}
        self._page = HTMLResponse(shell)
        self._scripts = {
            f"{GESTION}/{name}": Response(
                _script(name),
                media_type="text/javascript",
                headers={"cache-control": "private, max-age=31536000, immutable"},
            )
            for name in SCRIPTS
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self._app
        if scope["type"] == "http" and scope["method"] in ("GET", "HEAD"):
            path = get_route_path(scope)
            app = self._page if path in self._pages else self._scripts.get(path, app)
        await app(scope, receive, send)
