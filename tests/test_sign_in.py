"""Sign in, join, sign out: one answer for every refusal, one session at a time, no way elsewhere."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

import pytest
from httpx2 import Response
from sqlalchemy import select
from starlette.applications import Starlette
from starlette.testclient import TestClient

from faq_cms import db, gate, people, public
from faq_cms.models import LinkPurpose, OneTimeLink, Role, SignInSession
from faq_cms.people import Actor
from faq_cms.settings import Settings

PASSWORD = "une phrase assez longue"
SAME_SITE = {"sec-fetch-site": "same-origin", "accept": "text/html"}


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def find_actor(token: str | None) -> Actor | None:
    with db.reading() as session:
        return people.actor_of(session, token, now=now())


def browser(settings: Settings) -> TestClient:
    app = Starlette(
        routes=public.routes(),
        middleware=gate.layers(settings, find_actor=find_actor, screens=[]),
    )
    return TestClient(app, base_url=settings.public_url, follow_redirects=False, headers=SAME_SITE)


@pytest.fixture
def client(
    database: db.Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[TestClient]:
    monkeypatch.setattr("faq_cms.settings._current", settings)
    with browser(settings) as client:
        yield client


@pytest.fixture
def link(client: TestClient) -> str:
    with db.transaction() as session:
        token = people.first_link(session, now=now())
    assert token
    return f"/connexion/lien/{token}"


@pytest.fixture
def zoe(client: TestClient, link: str) -> str:
    """An account; its browser is signed out."""
    assert client.post(link, data={"name": "Zoé", "password": PASSWORD}).status_code == 303
    client.cookies.clear()
    return "Zoé"


def sign_in(client: TestClient, name: str, password: str = PASSWORD, **more: str) -> Response:
    return client.post("/connexion", data={"name": name, "password": password, **more})


# -- one-time links ------------------------------------------------------------------------------


def test_looking_at_a_link_does_not_use_it(client: TestClient, link: str) -> None:
    for _ in range(3):
        page = client.get(link)
        assert page.status_code == 200
        assert "Administration" in page.text
        assert page.headers["cache-control"] == "no-store"
    with db.reading() as session:
        assert session.scalars(select(OneTimeLink.used_at)).all() == [None]


def test_a_link_lets_one_person_in_once(client: TestClient, link: str) -> None:
    answer = client.post(link, data={"name": "Zoé", "password": PASSWORD})
    assert (answer.status_code, answer.headers["location"]) == (303, "/gestion/")
    actor = find_actor(client.cookies["faq_session"])
    assert actor
    assert actor.name == "Zoé"
    again = client.post(link, data={"name": "Max", "password": PASSWORD})
    assert again.status_code == 410
    assert "a déjà servi" in again.text
    assert client.get(link).status_code == 410


@pytest.mark.parametrize(
    ("name", "password", "words"),
    [
        ("Zoé", "court", "de 12 à 128 caractères"),
        ("Zoé", "x" * 129, "de 12 à 128 caractères"),
        ("Zoé", "a" * 20, "trop facile à deviner"),
        ("Zoé Martin", "zoé martin 2026", "trop facile à deviner"),
        ("", PASSWORD, "Un nom compte de 1 à 80"),
        ("x" * 81, PASSWORD, "Un nom compte de 1 à 80"),
    ],
)
def test_a_refused_choice_leaves_the_link_usable_and_the_name_in_place(
    client: TestClient, link: str, name: str, password: str, words: str
) -> None:
    answer = client.post(link, data={"name": name, "password": password})
    assert answer.status_code == 422
    assert words in answer.text.replace("\u00a0", " ")
    assert f'value="{name}"' in answer.text
    assert password not in answer.text
    assert client.post(link, data={"name": "Zoé", "password": PASSWORD}).status_code == 303


def test_a_lost_password_is_chosen_again_and_ends_every_session(
    client: TestClient, zoe: str
) -> None:
    sign_in(client, zoe)
    held = client.cookies["faq_session"]
    with db.transaction() as session:
        account = people.account_named(session, zoe)
        token = people.recovery_link(session, people.SYSTEM, account_id=account.id, now=now())
    client.cookies.clear()
    page = client.get(f"/connexion/lien/{token}")
    assert "Bonjour Zoé" in page.text
    chosen = "une autre phrase longue"
    client.post(f"/connexion/lien/{token}", data={"name": "Mallory", "password": chosen})
    assert find_actor(held) is None
    client.cookies.clear()
    assert sign_in(client, zoe, chosen).status_code == 303


@pytest.mark.parametrize("token", ["x", "%00", "é", "a" * 3000, "..%2f.."])
def test_an_unknown_link_is_gone(client: TestClient, token: str) -> None:
    for answer in (
        client.get(f"/connexion/lien/{token}"),
        client.post(f"/connexion/lien/{token}", data={"name": "Zoé", "password": PASSWORD}),
    ):
        assert answer.status_code in (404, 410)
        assert "set-cookie" not in answer.headers


# -- signing in ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["Zoé", "  zoé ", "ZOÉ", "Zoe\u0301"])
def test_a_name_is_the_same_however_it_is_typed(client: TestClient, zoe: str, name: str) -> None:
    answer = client.post("/connexion", data={"name": name, "password": PASSWORD})
    assert answer.status_code == 303
    cookie = answer.headers["set-cookie"]
    assert all(part in cookie for part in ("faq_session=", "HttpOnly", "SameSite=lax", "Path=/"))
    assert find_actor(client.cookies["faq_session"])


def test_a_password_is_the_same_however_its_accents_are_composed(
    client: TestClient, link: str
) -> None:
    client.post(link, data={"name": "Zoé", "password": "la clé des dépenses"})
    client.cookies.clear()
    typed = {"name": "Zoé", "password": "la cle\u0301 des de\u0301penses"}
    assert client.post("/connexion", data=typed).status_code == 303


def test_unknown_names_and_wrong_passwords_get_the_same_page(client: TestClient, zoe: str) -> None:
    pages = []
    for name, password in ((zoe, "mauvais mot de passe"), ("Nul", PASSWORD), (zoe, "")):
        answer = client.post("/connexion", data={"name": name, "password": password})
        assert answer.status_code == 401
        assert "set-cookie" not in answer.headers
        pages.append(answer.text.replace(f'value="{name}"', ""))
    assert len(set(pages)) == 1
    assert "Nom ou mot de passe incorrect." in pages[0]


def test_an_unknown_name_costs_a_verification_too(
    client: TestClient, zoe: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    verified: list[str | None] = []
    verify = people.verify_password

    def noting(password: str, digest: str | None) -> bool:
        verified.append(digest)
        return verify(password, digest)

    monkeypatch.setattr(people, "verify_password", noting)
    client.post("/connexion", data={"name": "Nul", "password": PASSWORD})
    client.post("/connexion", data={"name": zoe, "password": "mauvais mot de passe"})
    assert [digest is None for digest in verified] == [True, False]


def test_after_ten_tries_the_page_says_how_long_to_wait(client: TestClient, zoe: str) -> None:
    wrong = {"name": zoe, "password": "mauvais"}
    for _ in range(people.ATTEMPTS_PER_ACCOUNT):
        assert client.post("/connexion", data=wrong).status_code == 401
    answer = client.post("/connexion", data={"name": zoe, "password": PASSWORD})
    assert answer.status_code == 429
    assert "Réessayez dans 15 minutes" in answer.text.replace("\u00a0", " ").replace("\u202f", " ")
    assert 0 < int(answer.headers["retry-after"]) <= 901


@pytest.mark.parametrize(
    "name", ["a\x00b", "x" * 5000, "'; DROP TABLE account; --", "%_\\", "\u202eé"]
)
def test_any_name_is_only_an_unknown_one(client: TestClient, zoe: str, name: str) -> None:
    assert client.post("/connexion", data={"name": name, "password": "x"}).status_code == 401


def test_signing_in_gives_a_new_session_and_ends_the_one_held(client: TestClient, zoe: str) -> None:
    client.cookies.set("faq_session", "chosen-by-somebody-else")
    sign_in(client, zoe)
    first = client.cookies.get("faq_session", domain="127.0.0.1") or ""
    client.cookies.clear()
    client.cookies.set("faq_session", first)
    sign_in(client, zoe)
    with db.reading() as session:
        rows = session.scalars(select(SignInSession).order_by(SignInSession.id)).all()
        assert [row.revoked_at is None for row in rows] == [True, False, True]
    assert find_actor("chosen-by-somebody-else") is None


def test_under_tls_the_cookie_is_bound_to_the_host(
    client: TestClient, zoe: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    secure = replace(settings, public_url="https://aide.example.org")
    monkeypatch.setattr("faq_cms.settings._current", secure)
    with browser(secure) as client:
        answer = client.post("/connexion", data={"name": zoe, "password": PASSWORD})
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-faq=")
    assert "Secure" in cookie
    assert "omain" not in cookie


# -- going where one was going -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("suite", "target"),
    [
        ("/gestion/articles?id=3", "/gestion/articles?id=3"),
        ("", "/gestion/"),
        ("https://evil.example/", "/gestion/"),
        ("//evil.example", "/gestion/"),
        ("/\\evil.example", "/gestion/"),
        ("/gestion//evil.example", "/gestion/"),
        ("/gestion/\r\nSet-Cookie: a=b", "/gestion/"),
        ("/gestion/\t/evil.example", "/gestion/"),
        ("/gestion/../aide", "/gestion/"),
        ("javascript:alert(1)", "/gestion/"),
        ('"><script>alert(1)</script>', "/gestion/"),
    ],
)
def test_only_a_path_of_the_application_is_followed(
    client: TestClient, zoe: str, suite: str, target: str
) -> None:
    page = client.get("/connexion", params={"suite": suite})
    assert f'name="suite" value="{target}"' in page.text
    answer = client.post("/connexion", data={"name": zoe, "password": PASSWORD, "suite": suite})
    assert answer.headers["location"] == target
    assert answer.headers.get_list("set-cookie")[0].startswith("faq_session=")
    assert len(answer.headers.get_list("set-cookie")) == 1
    assert client.get("/connexion", params={"suite": suite}).headers["location"] == target


def test_a_sign_in_ordered_by_another_site_is_refused(client: TestClient, zoe: str) -> None:
    answer = client.post(
        "/connexion",
        data={"name": zoe, "password": PASSWORD},
        headers={"sec-fetch-site": "cross-site"},
    )
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


# -- signing out ---------------------------------------------------------------------------------


def test_signing_out_takes_a_post_and_ends_the_session_on_the_server(
    client: TestClient, zoe: str
) -> None:
    sign_in(client, zoe)
    held = client.cookies["faq_session"]
    assert zoe in client.get("/deconnexion").text
    assert find_actor(held), "looking does not sign out"
    answer = client.post("/deconnexion", data={"ne_rien_ecrire": ""})
    assert answer.headers["location"] == "/deconnexion"
    assert find_actor(held) is None
    assert "faq_session" not in client.cookies
    assert "Votre session est fermée" in client.get("/deconnexion").text


def test_a_sign_out_without_a_word_from_the_browser_is_refused(
    client: TestClient, zoe: str
) -> None:
    sign_in(client, zoe)
    headers = {"sec-fetch-site": "cross-site"}
    assert client.post("/deconnexion", data={}, headers=headers).status_code == 403
    assert find_actor(client.cookies["faq_session"])


def test_an_invitation_says_which_role_it_gives(client: TestClient, zoe: str) -> None:
    with db.transaction() as session:
        token = people.invite(session, people.SYSTEM, role=Role.EDITOR, now=now())
        purpose = session.scalars(select(OneTimeLink.purpose).order_by(OneTimeLink.id.desc()))
        assert purpose.first() is LinkPurpose.INVITATION
    assert "Rédaction" in client.get(f"/connexion/lien/{token}").text
