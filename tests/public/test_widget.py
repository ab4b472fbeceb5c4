"""The widget: one script any site may carry, and the votes it sends from the sites allowed."""

import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from faq_cms import api, caps, db, french, gate, public, votes
from faq_cms.models import Article, Vote
from faq_cms.public import widget
from faq_cms.settings import Settings

SITE = "https://www.example.org"


@pytest.fixture
def installed(installed: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    chosen = replace(installed, widget_origins=(SITE,))
    monkeypatch.setattr("faq_cms.settings._current", chosen)
    return chosen


@pytest.fixture
def client(installed: Settings) -> Iterator[TestClient]:
    app = Starlette(
        routes=[*public.routes(), *api.routes()],
        middleware=gate.layers(installed, find_actor=lambda _: None, screens=[]),
    )
    with TestClient(
        app, base_url=installed.public_url, headers={"origin": SITE, "sec-fetch-site": "cross-site"}
    ) as client:
        yield client


def script(client: TestClient) -> str:
    return client.get(widget.ADDRESS).text


# -- the script ----------------------------------------------------------------------------------


def test_the_script_is_small_kept_a_day_and_sent_once(client: TestClient) -> None:
    first = client.get(widget.ADDRESS, headers={"accept-encoding": "gzip"})
    assert first.headers["content-type"].startswith("text/javascript")
    assert first.headers["cache-control"] == "public, max-age=86400"
    assert first.headers["cross-origin-resource-policy"] == "cross-origin"
    assert "set-cookie" not in first.headers
    assert len(gzip.compress(first.content, 5)) < 6_000
    again = client.get(widget.ADDRESS, headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_its_words_are_those_of_the_product(client: TestClient, installed: Settings) -> None:
    found = re.search(r"const WORDS = (\{.*\});", script(client))
    assert found
    words = json.loads(found[1])
    assert words["question"] == french.QUESTION
    assert list(words["reasons"].values()) == list(french.REASONS.values())
    assert words["contact"] == "Contacter l’assistance"
    assert "2\u202f000" in words["tooLong"]


def test_nothing_in_it_is_what_a_strict_policy_forbids(client: TestClient) -> None:
    forbidden = (
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|\.style\b|cookie\s*="
    )
    assert not re.search(forbidden, script(client))


def test_it_names_no_address(client: TestClient) -> None:
    addresses = set(re.findall(r"https?://[^\s\"']+", script(client)))
    assert addresses == {"https://…/widget/faq-feedback.js"}  # the example of its first comment


def test_without_an_assistance_it_leads_to_none(
    client: TestClient, installed: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("faq_cms.settings._current", replace(installed, support_url=""))
    assert "Contacter" not in script(client)


# -- votes from another site ---------------------------------------------------------------------


def test_a_browser_of_an_allowed_site_is_told_that_it_may_vote(
    client: TestClient, article: Article
) -> None:
    for path in (f"/api/v1/articles/{article.slug}/votes", "/api/v1/votes/x/remark"):
        got = client.options(path, headers={"access-control-request-method": "POST"})
        assert got.status_code == 204
        assert got.headers["access-control-allow-origin"] == SITE
        assert got.headers["access-control-allow-methods"] == "POST"
        assert got.headers["access-control-allow-headers"] == "content-type"
        assert "access-control-allow-credentials" not in got.headers
        assert "origin" in got.headers["vary"].lower()


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "http://www.example.org",
        "https://www.example.org:8443",
        "https://www.example.org.evil.example",
        "null",
        "",
    ],
)
def test_other_sites_are_told_nothing(client: TestClient, article: Article, origin: str) -> None:
    path = f"/api/v1/articles/{article.slug}/votes"
    for got in (
        client.options(path, headers={"origin": origin}),
        client.post(path, json={"helpful": "?"}, headers={"origin": origin}),
    ):
        assert "access-control-allow-origin" not in got.headers
        assert "origin" in got.headers["vary"].lower()


@pytest.mark.parametrize(
    "path", ["/api/v1/articles", "/api/v1/openapi.json", "/api/v1/exports/json"]
)
def test_nothing_but_votes_and_remarks_is_shared(client: TestClient, path: str) -> None:
    for got in (client.get(path), client.options(path)):
        assert "access-control-allow-origin" not in got.headers


def test_a_vote_its_reason_and_its_remark_are_kept_with_their_source(
    client: TestClient, article: Article
) -> None:
    cast = client.post(
        f"/api/v1/articles/{article.slug}/votes", json={"helpful": False, "source": "widget"}
    )
    assert (cast.status_code, cast.headers["access-control-allow-origin"]) == (201, SITE)
    assert "set-cookie" not in cast.headers
    path = f"/api/v1/votes/{cast.json()['vote']}/remark"
    assert client.post(path, json={"reason": "outdated"}).status_code == 201
    sent = client.post(path, json={"text": "Périmé."})
    assert sent.json()["message"] == "\n".join(french.AFTER_REMARK_ON_NO)
    with db.reading() as session:
        (kept,) = session.query(Vote).all()
        assert (kept.source, kept.reason) == ("widget", "outdated")
        assert votes.is_balanced(session)


def test_a_refusal_is_readable_there_truthful_and_thanks_nobody(
    client: TestClient, article: Article, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast = client.post(f"/api/v1/articles/{article.slug}/votes", json={"helpful": False}).json()
    long = client.post(f"/api/v1/votes/{cast['vote']}/remark", json={"text": "a" * 2001})
    assert (
        long.json()["error"]["message"] == "Votre remarque ne peut dépasser 2\u202f000 caractères."
    )
    monkeypatch.setattr("faq_cms.caps._current", caps.Caps())
    refused = [
        client.post(
            f"/api/v1/articles/{article.slug}/votes", json={"helpful": True, "vote": cast["vote"]}
        )
        for _ in range(caps.VISITOR.most + 1)
    ][-1]
    assert refused.status_code == 429
    assert 0 < int(refused.headers["retry-after"]) <= 61
    assert refused.headers["access-control-expose-headers"] == "retry-after"
    for got in (long, refused):
        assert got.headers["access-control-allow-origin"] == SITE
        assert "erci" not in got.text
