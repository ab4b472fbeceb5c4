"""One process that serves everything: what it needs before it starts, what it does while it runs.

`streamlit run app.py`, `uvicorn app:app` and `python -m faq_cms serve` all go through `prepare`,
then serve the application `app.py` composes from `routes`, `middleware` and `lifespan`.
"""

import asyncio
import datetime as dt
import gc
import hashlib
import hmac
import importlib
import logging
import math
import os
import secrets
import signal
import socket
import sys
import webbrowser
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import anyio.to_thread
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from faq_cms import (
    api,
    checks,
    db,
    duties,
    french,
    gate,
    health,
    logs,
    migrate,
    people,
    public,
    settings,
    starter,
)
from faq_cms.errors import (
    BadSetting,
    FaqError,
    MethodNotAllowed,
    NotFound,
    Unavailable,
    UnfitToServe,
)
from faq_cms.people import Actor
from faq_cms.public import pages, preview, searched, views
from faq_cms.screens import registry
from faq_cms.settings import Settings

log = logging.getLogger(__name__)

ROOT: Final = Path(__file__).resolve().parent.parent
MENU: Final = ROOT / "faq_cms" / "screens" / "menu.py"
HEAD_LIMIT: Final = 64 * 1024  # bytes of a request before its body; browsers send a tenth of that
DRAIN_SECONDS: Final = 7  # requests under way get that long; then the clock flushes, all under 10 s
LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")


# -- before serving ------------------------------------------------------------------------------


def prepare(chosen: Settings | None = None) -> Settings:
    """Make this process able to serve; a second call changes nothing.

    Reads the settings, brings the database to our schema, checks the installation, publishes the
    starter FAQ into an empty database. Raises BadSetting, UnfitToServe, Conflict("newer_schema").
    """
    global _prepared  # noqa: PLW0603 — one process is one installation
    if _prepared is not None:
        return _prepared
    chosen = settings.use(chosen or settings.load())
    logs.configure(chosen.log_level)
    open_database(chosen)
    migrate_database()
    read_option = streamlit_options(chosen)
    lines = checks.before_serving(chosen, read_option)
    for line in lines:
        if line.state is checks.State.WARNING:
            log.warning("%s", line.text)
    if failed := checks.failures(lines):
        raise UnfitToServe(failed[0].code, failed[0].text)
    if created := starter.publish_once(now=dt.datetime.now(dt.UTC)):
        log.info("starter FAQ published: %s articles", created)
    _prepared = chosen
    return chosen


_prepared: Settings | None = None


def prepare_or_exit() -> None:
    """`prepare` for those who import the application: a refusal is one French line and exit code 2."""
    try:
        prepare()
    except FaqError as error:
        sys.stderr.write(f"{french.sentence(error)}\n")
        raise SystemExit(2) from None


def open_database(chosen: Settings) -> db.Database:
    """Put the database of the settings in use; nothing is opened yet. Raises BadSetting."""
    os.umask(0o077)  # what readers write is for no other account of this machine
    try:
        return db.use(db.Database(chosen.database_url))
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        raise BadSetting("FAQ_DATABASE_URL", "not_a_database") from error


def migrate_database() -> None:
    """Bring the database in use to our schema. Raises BadSetting when it cannot be read."""
    try:
        migrate.upgrade(db.current())
    except (DBAPIError, Unavailable) as error:
        raise BadSetting("FAQ_DATABASE_URL", "unreachable") from error


def streamlit_options(chosen: Settings) -> Callable[[str], Any]:
    """Give Streamlit our config.toml, whatever the current folder, and what only we know.

    Its own search stops at the current folder and at the entry script's; `streamlit run` has
    already told it where the latter is, the other ways of starting have not.
    """
    from streamlit import config

    if config._main_script_path is None:  # noqa: SLF001 — there is no public way to say it
        config._main_script_path = str(ROOT / "app.py")  # noqa: SLF001
        config.get_config_options(force_reparse=True)
    public = urlsplit(chosen.public_url).hostname or ""
    config.set_option("server.allowedHosts", sorted({public, *LOOPBACK}))
    # Compared with Origin before anything else: behind a proxy that rewrites Host, Streamlit would
    # otherwise ask a third party for the machine's public address.
    config.set_option("browser.serverAddress", public)
    key = hmac.new(chosen.secret.encode(), b"streamlit cookies", hashlib.sha256)
    config.set_option("server.cookieSecret", key.hexdigest())
    return config.get_option


# -- the application -----------------------------------------------------------------------------


def routes() -> list[Route]:
    """Every address outside /gestion/."""
    return [
        Route("/", home),
        *health.routes(),
        *public.routes(),
        *preview.routes(),
        *api.routes(),
    ]


def link_address(chosen: Settings, token: str) -> str:
    """Where a one-time link leads."""
    return f"{chosen.public_url}{gate.SIGN_IN}/lien/{token}"


def middleware() -> list[Middleware]:
    """What every request crosses first; see `gate`."""
    return gate.layers(settings.current(), find_actor=find_actor, screens=registry.paths())


def refused(request: Request, error: Exception) -> Response:
    """An address that is nobody's, or a method it does not know: a page for people."""
    assert isinstance(error, HTTPException)  # noqa: S101 — registered for nothing else
    headers = error.headers or {}
    refusal: FaqError = NotFound("page", request.url.path)
    if error.status_code == 405:
        refusal = MethodNotAllowed(tuple(headers.get("Allow", "").split(", ")))
    response = pages.refused(request, refusal)
    response.headers.update(headers)
    return response


def home(request: Request) -> Response:
    """`/` leads people to their work, readers to the help pages."""
    token = gate.session_token(request.scope, settings.current())
    target = f"{gate.GESTION}/" if find_actor(token) else "/aide"
    return RedirectResponse(target, 302, {"cache-control": "no-store", "vary": "cookie"})


def find_actor(token: str | None) -> Actor | None:
    """Who holds this session; their activity is remembered, once a minute at most."""
    if token is None:
        return None
    now = dt.datetime.now(dt.UTC)
    with db.reading() as session:
        actor = people.actor_of(session, token, now=now)
        is_due = actor is not None and people.needs_seeing(session, token, now=now)
    if is_due:
        with db.transaction() as session:
            people.see(session, token, now=now)
    return actor


def script_fault(error: Exception) -> bool:
    """Show a fault of a screen as a French sentence with a reference; the trace goes to the log."""
    import streamlit as st

    if isinstance(error, FaqError):
        st.error(french.sentence(error), icon=":material/error:")
        return True
    reference = secrets.token_hex(4)
    log.error("fault %s in a screen", reference, exc_info=error)
    st.error(
        "Une erreur est survenue et rien de plus n’a été enregistré. Rechargez la page\u202f; si cela "
        f"se reproduit, signalez la référence {reference}.",
        icon=":material/error:",
    )
    return True


@asynccontextmanager
async def lifespan(_app: object) -> AsyncIterator[dict[str, Any]]:
    """Load what the first visitor would wait for, keep the clock ticking, then flush and close."""
    await anyio.to_thread.run_sync(warm_up)
    clock = duties.Clock(views.flush, searched.flush)
    clock.start()
    # Streamlit collects after every run: what is loaded by now must not be walked again each time.
    gc.collect()
    gc.freeze()
    try:
        yield {}
    finally:
        await anyio.to_thread.run_sync(clock.stop)
        db.current().dispose()


def warm_up() -> None:
    """Import what the first screen would, and put the database's first pages in memory."""
    for heavy in ("faq_cms.charts", "pandas", "pyarrow"):
        importlib.import_module(heavy)
    logs.adopt()
    health.readiness()


# -- serving -------------------------------------------------------------------------------------


def serve(application: Any, chosen: Settings, *, greet: Callable[[], None]) -> None:
    """Serve until SIGTERM or SIGINT; requests under way end first.

    `greet` is called once the address is ours and before the first request. Raises BadSetting when
    the address cannot be had.
    """
    import uvicorn

    listener = _listen(chosen)
    greet()
    config = uvicorn.Config(
        application,
        http=_bounded_heads(),
        ws="websockets-sansio",  # "auto" still means the implementation being retired
        ws_per_message_deflate=False,  # costs more time than a local network or a proxy saves
        loop="auto",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # the gate reads X-Forwarded-For itself, from known proxies only
        timeout_graceful_shutdown=DRAIN_SECONDS,
        ws_max_size=16 * 1024 * 1024,
    )
    logs.adopt()
    # Uvicorn repeats the signal that stopped it once it is done; asked to stop, we end with 0.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    uvicorn.Server(config).run(sockets=[listener])


def _bounded_heads() -> type[asyncio.Protocol]:
    """Uvicorn's HTTP, which hangs up on a request whose head has no end: nobody else counts it."""
    from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

    class Bounded(HttpToolsProtocol):
        head: float = 0  # bytes received since the head under way began

        def data_received(self, data: bytes) -> None:
            self.head += len(data)
            super().data_received(data)
            if self.head > HEAD_LIMIT:
                self.transport.close()

        def on_headers_complete(self) -> None:
            super().on_headers_complete()
            self.head = -math.inf  # what follows is a body: `gate.BodyCap` counts that

        def on_message_complete(self) -> None:
            super().on_message_complete()
            self.head = 0

    return Bounded


def _listen(chosen: Settings) -> socket.socket:
    """Bind before anything is promised, so that a busy port is one sentence."""
    family = socket.AF_INET6 if ":" in chosen.host else socket.AF_INET
    # The protocol is named: without it asyncio leaves Nagle's algorithm on, 40 ms an answer.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if sys.platform != "win32":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((chosen.host, chosen.port))
        listener.listen(2048)
    except OSError as error:
        listener.close()
        is_address = isinstance(error, socket.gaierror) or error.errno == 99
        if is_address:
            raise BadSetting("FAQ_HOST", "not_an_address") from error
        raise BadSetting("FAQ_PORT", "taken") from error
    return listener


def open_browser(url: str) -> None:
    """Open the page where a person sits in front of this machine; elsewhere do nothing."""
    if sys.stdout.isatty() and _has_screen():
        webbrowser.open(url)


def _has_screen() -> bool:
    if sys.platform in ("win32", "darwin"):
        return True
    try:
        return webbrowser.get().name not in ("www-browser", "links", "elinks", "lynx", "w3m")
    except webbrowser.Error:
        return False
