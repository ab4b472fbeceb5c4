"""The gate: what reaches a page or Streamlit, and what every answer carries."""

import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from functools import partialmethod
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
import httpx2 as httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import Message, Scope
from starlette.websockets import WebSocket

from faq_cms import gate
from faq_cms.settings import Network, Settings
from tests import screen

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

from ipaddress import ip_network

LOCAL = Settings()
PUBLIC = Settings(public_url="https://faq.example.org")
SESSION = "a-valid-session"
PAGE = {"accept": "text/html"}
OURS = {"sec-fetch-site": "same-origin"}


async def echo(request: Request) -> Response:
    return JSONResponse(
        {"read": len(await request.body())}, headers={"cache-control": "max-age=60"}
    )


async def fails(request: Request) -> Response:
    raise RuntimeError("secret detail")


async def gives_cookie(request: Request) -> Response:
    answer = PlainTextResponse("ok")
    answer.set_cookie("visitor", "x")
    return answer


async def stream(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text("script")
    await socket.close()


def behind(settings: Settings) -> Starlette:
    """Every kind of address there is, each answering 200, behind the gate."""
    return Starlette(
        routes=[
            Route("/fault", fails),
            Route("/api/v1/fault", fails),
            Route("/cookie", gives_cookie),
            WebSocketRoute("/gestion/_stcore/stream", stream),
            WebSocketRoute("/elsewhere", stream),
            Route("/{path:path}", echo, methods=["GET", "POST", "PUT", "PATCH", "DELETE"]),
        ],
        middleware=gate.layers(
            settings,
            find_actor=lambda token: token if token == SESSION else None,
            screens=["articles"],
        ),
    )


@dataclass
class Client:
    """A browser or a machine that calls the gate in this process."""

    settings: Settings
    headers: dict[str, str] = field(default_factory=dict)

    def request(
        self,
        method: str,
        path: str,
        *,
        headers: dict[str, str] | list[tuple[str, str]] | None = None,
        content: bytes | AsyncIterator[bytes] = b"",
    ) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(behind(self.settings))
            async with httpx.AsyncClient(
                transport=transport, base_url=self.settings.public_url, headers=self.headers
            ) as browser:
                return await browser.request(method, path, headers=headers, content=content)

        return anyio.run(ask)

    get = partialmethod(request, "GET")
    post = partialmethod(request, "POST")

    def opens_socket(self, headers: dict[str, str], path: str = "/gestion/_stcore/stream") -> bool:
        """Whether the handshake is accepted; a refusal must come before it, and be the last word."""
        scope: Scope = {
            "type": "websocket",
            "path": path,
            "query_string": b"",
            "headers": [(k.encode(), v.encode()) for k, v in (self.headers | headers).items()],
        }
        sent: list[Message] = []

        async def receive() -> Message:
            return {"type": "websocket.connect"}

        async def send(message: Message) -> None:
            sent.append(message)

        anyio.run(behind(self.settings), scope, receive, send)
        if sent[0]["type"] == "websocket.accept":
            return True
        assert sent == [{"type": "websocket.close", "code": 1008}]
        return False


def client(settings: Settings = LOCAL, *, signed_in: bool = False) -> Client:
    cookie = {"cookie": f"{gate.cookie_name(settings)}={SESSION}"} if signed_in else {}
    return Client(settings, cookie)


# ---------------------------------------------------------------- headers

EVERY_ANSWER = [
    ("/aide", 200),
    ("/aide/facture", 200),
    ("/fault", 500),
    ("/api/v1/articles", 200),
    ("/api/v1/fault", 500),
    ("/gestion/", 200),
    ("/gestion/articles", 200),
    ("/gestion/unknown", 404),
    ("/gestion/media/export.csv", 200),
    ("/gestion/_stcore/health", 200),
    ("/gestion/static/js/index.js", 200),
    ("/gestion/fr.js", 200),
    ("/gestion/page.js", 200),
    ("/gestion/apercu/12", 200),
]


@pytest.mark.parametrize(("path", "status"), EVERY_ANSWER)
def test_every_answer_carries_the_policy(path: str, status: int) -> None:
    answer = client(signed_in=True).get(path, headers=PAGE)
    assert answer.status_code == status
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert "camera=()" in answer.headers["permissions-policy"]
    csp = answer.headers["content-security-policy"]
    assert csp.startswith("default-src 'none'")
    assert "frame-ancestors" in csp
    scripts = re.search(r"script-src ([^;]*)", csp)
    assert scripts is not None
    assert "unsafe" not in scripts[1]


@pytest.mark.parametrize(("path", "status"), [*EVERY_ANSWER, ("/gestion/", 303)])
def test_anonymous_answers_carry_it_too(path: str, status: int) -> None:
    answer = client().get(path, headers=PAGE)
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_only_a_preview_may_be_framed_and_only_by_us() -> None:
    reader, preview = (
        client(signed_in=True).get(path).headers["content-security-policy"]
        for path in ("/aide/facture", "/gestion/apercu/12")
    )
    assert "frame-ancestors 'none'" in reader
    assert "frame-ancestors 'self'" in preview
    assert "form-action 'none'" in preview, "nobody votes from a preview"
    assert "connect-src 'none'" in preview


def test_application_may_frame_a_preview_and_open_its_own_socket() -> None:
    csp = client(signed_in=True).get("/gestion/").headers["content-security-policy"]
    assert "frame-src 'self'" in csp
    assert "connect-src 'self' ws://127.0.0.1:8501" in csp


@pytest.mark.parametrize(("settings", "expected"), [(LOCAL, None), (PUBLIC, "max-age=31536000")])
def test_tls_is_required_for_a_year_once_it_is_there(
    settings: Settings, expected: str | None
) -> None:
    assert client(settings).get("/aide").headers.get("strict-transport-security") == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/gestion/", "no-store"),
        ("/gestion/articles", "no-store"),
        ("/gestion/media/export.csv", "no-store"),
        ("/gestion/_stcore/host-config", "no-store"),
        ("/gestion/apercu/12", "no-store"),
        ("/gestion/static/js/index.js", "max-age=60"),
        ("/aide", "max-age=60"),
        ("/cookie", "no-store"),
    ],
)
def test_what_a_person_sees_is_not_stored(path: str, expected: str) -> None:
    assert client(signed_in=True).get(path).headers["cache-control"] == expected


# ---------------------------------------------------------------- faults


def test_a_fault_shows_a_reference_and_logs_the_trace(caplog: pytest.LogCaptureFixture) -> None:
    answer = client().get("/fault?q=mon+courriel", headers=PAGE)
    reference = re.search(r"référence ([0-9a-f]{8})", answer.text)
    assert answer.status_code == 500
    assert reference is not None
    assert "secret detail" not in answer.text
    assert reference[1] in caplog.text
    assert "RuntimeError: secret detail" in caplog.text
    assert "courriel" not in caplog.text.replace("RuntimeError", "")


def test_a_fault_of_the_api_has_the_shape_of_its_errors() -> None:
    error = client().get("/api/v1/fault").json()["error"]
    assert error["code"] == "fault"
    assert error["details"]["reference"] in error["message"]


def test_a_caller_who_hangs_up_is_no_fault(caplog: pytest.LogCaptureFixture) -> None:
    sent: list[Message] = []

    async def hang_up() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    for path in ("/aide/x/vote", "/api/v1/votes/x/remark"):
        scope = {
            "type": "http",
            "method": "POST",
            "path": path,
            "query_string": b"",
            "headers": [(b"host", b"testserver"), (b"content-length", b"9")],
        }
        anyio.run(behind(LOCAL), scope, hang_up, send)
    assert sent == []
    assert caplog.text == ""


# ---------------------------------------------------------------- sessions


@pytest.mark.parametrize(
    "path",
    [
        "/gestion/",
        "/gestion/articles",
        "/gestion/unknown",
        "/gestion/media/x.csv",
        "/gestion/fr.js",
    ],
)
def test_anonymous_person_is_led_to_the_sign_in_page_and_back(path: str) -> None:
    answer = client().get(f"{path}?article=3&onglet=votes", headers=PAGE)
    assert answer.status_code == 303
    suite = httpx.URL(answer.headers["location"]).params["suite"]
    assert answer.headers["location"].startswith("/connexion?suite=")
    assert gate.safe_next(suite) == f"{path}?article=3&onglet=votes"


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_anonymous_machine_gets_401(method: str) -> None:
    assert client().request(method, "/gestion/_stcore/upload_file/a/b").status_code == 401


@pytest.mark.parametrize(
    "cookie", ["", "faq_session=", "faq_session=other", "__Host-faq=a-valid-session", "x=1"]
)
def test_a_cookie_that_is_not_a_session_opens_nothing(cookie: str) -> None:
    assert client().get("/gestion/articles", headers={"cookie": cookie}).status_code == 401


@pytest.mark.parametrize(
    "path", ["/gestionnaire", "/aide", "/connexion", "/api/v1/articles", "/GESTION/"]
)
def test_the_rest_of_the_site_asks_for_no_session(path: str) -> None:
    assert client().get(path).status_code == 200


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/gestion/articles", 200),
        ("/gestion/articles/", 200),
        ("/gestion/articles/3", 404),
        ("/gestion/unknown", 404),
        ("/gestion/index.html", 404),
        ("/gestion/_stcore/metrics", 404),
        ("/gestion/_stcore/agent/interact", 404),
        ("/gestion/_stcore/script-health-check", 404),
        ("/gestion/app/static/secret.txt", 404),
    ],
)
def test_only_screens_and_what_they_load_exist(path: str, status: int) -> None:
    assert client(signed_in=True).get(path, headers=PAGE).status_code == status


def test_an_unknown_screen_is_a_french_page() -> None:
    answer = client(signed_in=True).get("/gestion/unknown", headers=PAGE)
    assert '<html lang="fr">' in answer.text
    assert "Page introuvable" in answer.text
    assert 'href="/gestion/"' in answer.text


@pytest.mark.parametrize(
    "target",
    [
        None, "", "/", "/aide", "gestion/", "//evil.example", "/gestion//evil.example", "/\\evil.example",
        "/gestion/\\evil", "/gestion/../aide", "/gestion/%0d%0aSet-Cookie:x\n", "/gestion/\tx",
        "https://evil.example/gestion/", "javascript:alert(1)", "/gestion/é",
    ],
)  # fmt: skip
def test_signing_in_never_leads_elsewhere(target: str | None) -> None:
    assert gate.safe_next(target) == "/gestion/"


@given(st.text())
def test_any_way_back_stays_in_the_application(text: str) -> None:
    target = gate.safe_next(f"/gestion/{text}")
    assert target.startswith("/gestion/")
    assert not re.search(r"[\\\s\x00-\x1f]|//|/\.", target)


def test_the_cookie_is_bound_to_the_host_as_soon_as_there_is_tls() -> None:
    assert gate.cookie_name(LOCAL) == "faq_session"
    assert gate.cookie_name(PUBLIC) == "__Host-faq"
    assert client(PUBLIC, signed_in=True).get("/gestion/articles").status_code == 200


# ---------------------------------------------------------------- the socket

SOCKETS = [
    # origin, host, signed in -> opens
    ("http://127.0.0.1:8501", "127.0.0.1:8501", True, True),
    ("http://localhost:8501", "localhost:8501", True, True),
    ("http://[::1]:8501", "[::1]:8501", True, True),
    ("http://127.0.0.1:8501", "127.0.0.1:8501", False, False),
    (None, "127.0.0.1:8501", True, False),
    ("null", "127.0.0.1:8501", True, False),
    ("http://localhost:9999", "localhost:8501", True, False),
    ("http://localhost:9999", "127.0.0.1:8501", True, False),
    ("http://evil.example", "evil.example", True, False),
    ("http://evil.example", "127.0.0.1:8501", True, False),
    ("https://localhost:8501", "localhost:8501", True, False),
    ("http://127.0.0.1.evil.example:8501", "127.0.0.1.evil.example:8501", True, False),
    ("http://[bad", "127.0.0.1:8501", True, False),
]


@pytest.mark.parametrize(("origin", "host", "signed_in", "opens"), SOCKETS)
def test_the_socket_needs_a_session_and_our_own_origin(
    origin: str | None, host: str, signed_in: bool, opens: bool
) -> None:
    headers = {"host": host} | ({"origin": origin} if origin else {})
    assert client(signed_in=signed_in).opens_socket(headers) == opens


@pytest.mark.parametrize(
    ("origin", "opens"),
    [
        ("https://faq.example.org", True),
        ("http://faq.example.org", False),
        ("https://faq.example.org:444", False),
        ("https://evil.faq.example.org", False),
        ("http://localhost", False),
    ],
)
def test_in_production_only_the_public_origin_opens_the_socket(origin: str, opens: bool) -> None:
    host = origin.partition("://")[2]
    assert client(PUBLIC, signed_in=True).opens_socket({"host": host, "origin": origin}) == opens


def test_there_is_no_other_socket() -> None:
    headers = {"host": "127.0.0.1:8501", "origin": "http://127.0.0.1:8501"}
    assert not client(signed_in=True).opens_socket(headers, "/elsewhere")


# ---------------------------------------------------------------- writes ordered elsewhere

WRITES = [
    # headers of the browser, allowed with a session, allowed without
    ({"sec-fetch-site": "same-origin"}, True, True),
    ({"sec-fetch-site": "none"}, True, True),
    ({"sec-fetch-site": "same-site"}, False, False),
    ({"sec-fetch-site": "cross-site"}, False, False),
    ({"sec-fetch-site": "cross-site", "origin": "http://127.0.0.1:8501"}, False, False),
    ({"sec-fetch-site": "same-origin", "origin": "null"}, True, True),
    ({"origin": "http://127.0.0.1:8501"}, True, True),
    ({"origin": "http://evil.example"}, False, False),
    ({"origin": "null"}, False, False),
    ({"origin": "http://127.0.0.1:8501.evil.example"}, False, False),
    ({"sec-fetch-site": "cross-site", "content-type": "text/plain"}, False, False),
    ({}, False, True),
]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize(("headers", "with_session", "without"), WRITES)
def test_a_write_ordered_by_another_site_is_refused(
    method: str, headers: dict[str, str], with_session: bool, without: bool
) -> None:
    for signed_in, allowed in ((True, with_session), (False, without)):
        answer = client(signed_in=signed_in).request(method, "/deconnexion", headers=headers)
        assert answer.status_code == (200 if allowed else 403)


@pytest.mark.parametrize("headers", [headers for headers, _, _ in WRITES])
def test_votes_from_any_site_reach_the_api_when_they_carry_no_session(
    headers: dict[str, str],
) -> None:
    assert client().post("/api/v1/articles/facture/votes", headers=headers).status_code == 200


def test_a_session_is_never_used_by_another_site_even_on_the_api() -> None:
    answer = client(signed_in=True).post(
        "/api/v1/articles/facture/votes", headers={"origin": "https://x.example"}
    )
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "cross_site"


def test_two_contradictory_headers_are_a_refusal() -> None:
    headers = [("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")]
    cookie = ("cookie", f"faq_session={SESSION}")
    assert client().post("/deconnexion", headers=[*headers, cookie]).status_code == 403


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_reading_from_another_site_is_reading(method: str) -> None:
    answer = client(signed_in=True).request(
        method, "/aide", headers={"sec-fetch-site": "cross-site"}
    )
    assert answer.status_code in (200, 405)


# ---------------------------------------------------------------- sizes

K = 1024


@pytest.mark.parametrize(
    ("path", "size", "status"),
    [
        ("/aide/facture/remarque", 0, 200),
        ("/aide/facture/remarque", 32 * K, 200),
        ("/aide/facture/remarque", 32 * K + 1, 413),
        ("/api/v1/votes/x/remark", 32 * K + 1, 413),
        ("/gestion/_stcore/upload_file/a/b", 33 * K, 200),
        ("/gestion/_stcore/upload_file/a/b", 12 * K * K + 1, 413),
    ],
)
@pytest.mark.parametrize("chunked", [False, True], ids=["declared", "chunked"])
def test_a_body_larger_than_its_route_needs_is_refused(
    path: str, size: int, status: int, chunked: bool
) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for start in range(0, size, 16 * K):
            yield b"x" * min(16 * K, size - start)

    content = chunks() if chunked else b"x" * size
    answer = client(signed_in=True).post(path, content=content, headers=OURS | PAGE)
    assert answer.status_code == status
    if status == 200:
        assert answer.json() == {"read": size}


@pytest.mark.parametrize("length", ["-1", "1e3", "99999999999999999999", "12abc"])
def test_a_length_that_is_not_one_is_refused(length: str) -> None:
    assert (
        client()
        .post("/aide/facture/vote", content=b"x", headers={"content-length": length})
        .status_code
        == 413
    )


def test_a_refused_body_is_said_in_french() -> None:
    answer = client().post("/aide/facture/remarque", content=b"x" * 40 * K, headers=PAGE)
    assert "La limite est de 32 Ko" in answer.text
    assert "<h1>Envoi trop volumineux</h1>" in answer.text


# ---------------------------------------------------------------- addresses behind proxies

PROXY: tuple[Network, ...] = (ip_network("10.0.0.0/8"), ip_network("::1/128"))


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        ("203.0.113.7", [], "203.0.113.7"),
        ("203.0.113.7", ["198.51.100.1"], "203.0.113.7"),  # not our proxy: it writes what it likes
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["6.6.6.6, 198.51.100.1"], "198.51.100.1"),  # the caller wrote the left part
        ("10.0.0.1", ["6.6.6.6, 198.51.100.1, 10.0.0.2"], "198.51.100.1"),
        ("10.0.0.1", ["6.6.6.6", "198.51.100.1"], "198.51.100.1"),  # two headers are one list
        ("10.0.0.1", ["10.0.0.9, 10.0.0.2"], "10.0.0.9"),  # a machine of our own network
        ("10.0.0.1", ["10.6.6.6, 198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["198.51.100.1, nonsense"], "10.0.0.1"),
        ("10.0.0.1", ["nonsense, 198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["unknown"], "10.0.0.1"),
        ("10.0.0.1", [" , ,198.51.100.1, "], "198.51.100.1"),
        ("10.0.0.1", ["198.51.100.1:4711"], "198.51.100.1"),
        ("10.0.0.1", ["[2001:db8::1]:4711"], "2001:db8::1"),
        ("10.0.0.1", ["2001:DB8:0::1"], "2001:db8::1"),
        ("::1", ["198.51.100.1"], "198.51.100.1"),
        ("::ffff:10.0.0.1", ["::ffff:198.51.100.1"], "198.51.100.1"),
        ("testclient", ["198.51.100.1"], ""),
        (None, ["198.51.100.1"], ""),
    ],
)
def test_the_caller_is_the_last_hop_that_is_not_ours(
    peer: str | None, forwarded: list[str], expected: str
) -> None:
    scope = {
        "type": "http",
        "client": (peer, 1) if peer else None,
        "headers": [(b"x-forwarded-for", value.encode()) for value in forwarded],
    }
    assert gate.client_address(scope, PROXY) == expected


@given(st.text(alphabet="0123456789abcdef.:,[] ", max_size=60))
def test_no_header_makes_a_stranger_look_like_someone_else(forged: str) -> None:
    scope = {
        "type": "http",
        "client": ("203.0.113.7", 1),
        "headers": [(b"x-forwarded-for", forged.encode())],
    }
    assert gate.client_address(scope, PROXY) == "203.0.113.7"


@given(st.text(alphabet="0123456789abcdef.:,[] ", max_size=60))
def test_what_stands_left_of_the_caller_is_never_believed(forged: str) -> None:
    header = f"{forged},198.51.100.1".encode()
    scope = {"type": "http", "client": ("10.0.0.1", 1), "headers": [(b"x-forwarded-for", header)]}
    assert gate.client_address(scope, PROXY) == "198.51.100.1"


# ---------------------------------------------------------------- the French shell


def test_the_shell_is_french_before_any_script_runs() -> None:
    page = client(signed_in=True).get("/gestion/articles", headers=PAGE).text
    assert '<html lang="fr">' in page
    assert "<title>Gestion de la FAQ</title>" in page
    assert "You need to enable JavaScript" not in page
    assert "favicon.png" not in page
    assert "agent/openapi" not in page
    assert page.index("fr.js?v=") < page.index('type="module"')


def test_inline_scripts_of_the_shell_are_allowed_by_their_digest_only() -> None:
    answer = client(signed_in=True).get("/gestion/", headers=PAGE)
    inline = re.findall(r"<script>(.*?)</script>", answer.text, re.DOTALL)
    csp = answer.headers["content-security-policy"]
    assert len(inline) == csp.partition("style-src")[0].count("'sha256-")


@pytest.mark.parametrize("name", gate.SCRIPTS)
def test_a_script_is_named_by_its_content(name: str) -> None:
    browser = client(signed_in=True)
    src = re.search(rf'src="\./({name}\?v=[0-9a-f]{{16}})"', browser.get("/gestion/").text)
    assert src is not None
    answer = browser.get(f"/gestion/{src[1]}")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "immutable" in answer.headers["cache-control"]


def test_an_index_page_that_is_not_the_one_we_know_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    index = tmp_path / "index.html"
    index.write_text("<html lang='en'></html>", encoding="utf-8")
    monkeypatch.setattr(gate, "_streamlit_index", lambda: index)
    with pytest.raises(LookupError):
        gate.french_shell()


# ---------------------------------------------------------------- in a real browser

GALLERY = """
import datetime as dt
import pandas as pd, streamlit as st

def home():
    st.title("Search")
    st.markdown("Press Enter to apply")
    left, middle, right = st.columns(3)
    with left:
        st.text_input("Champ", help="Conseil")
        st.text_area("Texte", max_chars=200)
        st.number_input("Nombre", 0, 10, value=None)
        st.selectbox("Choix", ["Un", "Open", "Trois"], index=None)
        st.multiselect("Plusieurs", ["Un", "Search", "Trois"], accept_new_options=True)
        st.date_input("Jour", value=None, format="DD/MM/YYYY")
        st.date_input("Période", (dt.date(2026, 1, 1), dt.date(2026, 1, 20)), format="DD/MM/YYYY")
        st.time_input("Heure", value=None)
        st.text_input("Requis", required=True)
    with middle:
        st.file_uploader("Fichier", type=["txt"])
        with st.form("f"):
            st.text_input("Formulaire")
            st.form_submit_button("Envoyer")
        st.dataframe(pd.DataFrame({"Question": ["Search", "b"], "n": [1, 2]}), key="df")
        st.vega_lite_chart(
            pd.DataFrame({"x": [1, 2], "y": [3, 4]}),
            {"mark": "bar", "encoding": {"x": {"field": "x", "type": "ordinal"}, "y": {"field": "y", "type": "quantitative"}}},
        )
    with right:
        st.pagination(20, key="pg")
        st.feedback("faces")
        st.code("Copy")
        if st.button("Faute"):
            raise ValueError("détail secret")

def two():
    st.title("Deux")

st.navigation([st.Page(home, title="Accueil", default=True), st.Page(two, title="Deux", url_path="deux")]).run()
"""

# Words a French screen cannot contain. What authors wrote in English above is left out by place.
ENGLISH = re.compile(
    r"\b(the|your?|to|of|for|with|is|are|not|all|more|less|press|enter|choose|select|search|open|close|clear|"
    r"show|hide|copy|download|upload|drag|drop|file|next|previous|first|last|time|day|month|year|"
    r"empty|range|rating|thumbs|satisfied|required|invalid|help|main|sidebar|skip|running|connecting|theme|"
    r"light|dark|print|record|made|sort|pin|column|dismiss|add|remove|visualization|axis|past)\b",
    re.IGNORECASE,
)
WORDS_SHOWN = """() => {
    const found = [];
    const authored = '[data-testid="stMarkdownContainer"], [data-testid="stCode"] pre, [role="option"], [role="gridcell"]';
    const own = '[data-testid="stFileUploaderDropzone"], [data-testid="stTooltipContent"]';
    const skip = (e) => !e || e.closest('style, script, noscript, [data-testid="stIconMaterial"]')
        || (e.closest(authored) && !e.closest(own));
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode())
        if (!skip(walker.currentNode.parentElement)) found.push(walker.currentNode.data.trim());
    for (const name of ["aria-label", "title", "placeholder", "alt", "aria-valuetext", "aria-roledescription"])
        for (const e of document.querySelectorAll(`[${name}]`))
            if (!skip(e)) found.push(e.getAttribute(name));
    return found.filter(Boolean);
}"""


@pytest.fixture(scope="module")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[screen.Screen]:
    with screen.serving(GALLERY, tmp_path_factory.mktemp("gallery")) as served:
        yield served


@pytest.fixture(scope="module")
def context(chromium: "Browser") -> Iterator["BrowserContext"]:
    """A browser set to English. One for the module: Streamlit's bundle is loaded once."""
    context = chromium.new_context(locale="en-US", viewport={"width": 1500, "height": 1400})
    yield context
    context.close()


@pytest.fixture
def page(context: "BrowserContext", gallery: screen.Screen) -> Iterator["Page"]:
    """The gallery, signed in; its console must stay clean."""
    page = context.new_page()
    complaints: list[str] = []
    page.on(
        "console",
        lambda message: complaints.append(message.text) if message.type == "error" else None,
    )
    page.goto(f"{gallery.url}/entrer")
    page.get_by_label("Très satisfait").wait_for()
    page.locator('[data-testid="stVegaLiteChart"] :is(svg, canvas)').first.wait_for()
    yield page
    page.close()
    assert complaints == []


def english(page: "Page") -> list[str]:
    """English words Streamlit shows or says now."""
    return sorted({text for text in page.evaluate(WORDS_SHOWN) if ENGLISH.search(text)})


def test_no_english_is_left_on_a_screen(page: "Page") -> None:
    assert english(page) == []
    page.get_by_label("Champ", exact=True).fill("x")
    assert english(page) == []
    page.get_by_label("Texte").fill("x")
    assert english(page) == []
    page.get_by_label("Formulaire").fill("x")
    assert english(page) == []
    page.get_by_label("Requis").fill("a")
    page.keyboard.press("Enter")
    page.get_by_label("Requis").fill("")
    page.keyboard.press("Enter")
    page.get_by_text("Ce champ est obligatoire.").first.wait_for()
    assert english(page) == []


def test_no_english_is_left_in_what_opens(page: "Page") -> None:
    for opener, shown in (
        ('[data-testid="stMainMenuButton"]', "Clair"),
        ('[data-testid="stDateInput"] >> nth=0 >> button', "Choisir une date, "),
        ('[data-testid="stDateInput"] >> nth=1 >> button', "Choisir une période, "),
        ('[data-testid="stSelectbox"] input', "Trois"),
        ('[data-testid="stMultiSelect"] input', "Tout choisir"),
    ):
        page.locator(opener).first.click()
        page.get_by_text(shown).last.wait_for(state="attached")
        assert english(page) == [], shown
        page.keyboard.press("Escape")
        page.get_by_text(shown).last.wait_for(state="detached")


def test_what_people_write_is_never_translated(page: "Page") -> None:
    assert page.get_by_role("heading", name="Search").is_visible()
    assert page.get_by_text("Press Enter to apply").first.is_visible()
    page.locator('[data-testid="stSelectbox"] input').click()
    assert page.get_by_role("option", name="Open", exact=True).is_visible()
    page.locator('[data-testid="stCode"]').get_by_text("Copy").wait_for()


def test_a_fault_in_a_screen_shows_no_detail(page: "Page") -> None:
    page.get_by_role("button", name="Faute").click()
    page.get_by_text("Une erreur est survenue").first.wait_for()
    assert "détail secret" not in page.content()
    assert english(page) == []


def test_a_deep_link_opens_without_a_request_that_fails(
    page: "Page", gallery: screen.Screen
) -> None:
    failures: list[str] = []
    page.on(
        "response", lambda answer: failures.append(answer.url) if answer.status >= 400 else None
    )
    page.goto(f"{gallery.url}/gestion/deux")
    page.get_by_role("heading", name="Deux").wait_for()
    assert failures == []


def test_every_request_stays_at_home(page: "Page", gallery: screen.Screen) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    page.get_by_label("Très satisfait").wait_for()
    assert [url for url in asked if not url.startswith((gallery.url, "data:", "blob:"))] == []


def test_a_session_that_ends_says_so_and_leads_back(
    chromium: "Browser", gallery: screen.Screen
) -> None:
    context = chromium.new_context(locale="en-US")
    page = context.new_page()
    page.goto(f"{gallery.url}/entrer")
    page.get_by_label("Très satisfait").wait_for()
    context.clear_cookies()
    gallery.stop()
    gallery.start()
    page.get_by_role("dialog", name="Votre session est terminée").wait_for()
    back = page.get_by_role("link", name="Se reconnecter")
    assert back.get_attribute("href") == "/connexion?suite=%2Fgestion%2F"
    page.locator("#session-terminee a:focus").wait_for()
    assert english(page) == []
    context.close()
