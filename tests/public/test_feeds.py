"""What machines read is well-formed, dated, whole, and silent when another site publishes."""

import gzip
import uuid
from dataclasses import replace
from xml.etree import ElementTree as ET

import feedparser
import pytest
from starlette.testclient import TestClient

from faq_cms import articles, db, exports, filing, loop, people
from faq_cms.models import Article
from faq_cms.settings import Settings
from tests import content

HOSTILE = "Payer & <b>]]></title>\u202f?"


def test_the_sitemap_dates_every_article(client: TestClient, article: Article) -> None:
    answer = client.get("/sitemap.xml")
    page = ET.fromstring(answer.text)  # noqa: S314 — our own page
    assert [[part.text for part in url] for url in page] == [
        [f"http://127.0.0.1:8501/aide/{article.slug}", content.NOW.isoformat()]
    ]


def test_the_feed_holds_whole_answers_and_survives_any_title(client: TestClient) -> None:
    content.published(HOSTILE, "Par **virement** & <script>non</script>.")
    answer = client.get("/aide/flux.atom")
    assert answer.headers["content-type"].startswith("application/atom+xml")
    ET.fromstring(answer.text)  # noqa: S314 — our own
    read = feedparser.parse(answer.content, sanitize_html=False)
    assert not read.bozo
    assert read.feed.links[0] == {
        "rel": "self",
        "href": "http://127.0.0.1:8501/aide/flux.atom",
        "type": "application/atom+xml",
    }
    (entry,) = read.entries
    assert entry.title == HOSTILE
    assert "<strong>virement</strong>" in entry.content[0].value
    assert "<script" not in entry.content[0].value


def test_a_reader_of_the_feed_and_one_of_the_channel_know_an_article_by_one_name(
    client: TestClient, article: Article
) -> None:
    with db.reading() as session:
        found = articles.published(session, base_url="http://127.0.0.1:8501")
    site = exports.Site("Aide", "http://127.0.0.1:8501")
    ours = feedparser.parse(client.get("/aide/flux.atom").content)
    theirs = feedparser.parse(exports.CHANNELS["atom"].write(found, site))
    assert ours.entries[0].id == theirs.entries[0].id == uuid.UUID(article.uid).urn
    assert ours.entries[0].link == theirs.entries[0].link


def test_the_feed_leads_to_pages_from_anywhere_and_tells_no_tag(client: TestClient) -> None:
    made = content.published("Un", "[Voir](/aide/deux)")
    with db.transaction() as session:
        filing.tag_new(session, people.SYSTEM, {made.id: ["interne"]})
    (entry,) = feedparser.parse(client.get("/aide/flux.atom").content).entries
    assert 'href="http://127.0.0.1:8501/aide/deux"' in entry.content[0].value
    assert "tags" not in entry


def test_the_feed_follows_what_is_published(client: TestClient, article: Article) -> None:
    def read() -> list[str]:
        feed = feedparser.parse(client.get("/aide/flux.atom").content)
        return [entry.content[0].value for entry in feed.entries]

    assert "<p>Autrement.</p>" not in read()
    content.revised(article.id, "Autrement.")
    assert read() == ["<p>Autrement.</p>"]
    with db.transaction() as session:
        loop.withdraw(session, people.SYSTEM, article.id, now=content.NOW)
    assert read() == []


def test_an_unchanged_feed_is_not_sent_again(client: TestClient, article: Article) -> None:
    first = client.get("/aide/flux.atom")
    again = client.get("/aide/flux.atom", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("path", ["/aide", "/aide/flux.atom"])
def test_pages_are_sent_compressed(client: TestClient, article: Article, path: str) -> None:
    answer = client.get(path, headers={"accept-encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert len(gzip.compress(answer.content)) < len(answer.content)


def test_robots_are_told_where_to_read(client: TestClient) -> None:
    lines = client.get("/robots.txt").text.splitlines()
    assert "Disallow: /gestion/" in lines
    assert "Sitemap: http://127.0.0.1:8501/sitemap.xml" in lines


def test_articles_published_on_another_site_are_left_to_it(
    client: TestClient, article: Article, installed: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = replace(installed, canonical_url="https://www.example.org/aide/{slug}.html")
    monkeypatch.setattr("faq_cms.settings._current", chosen)
    assert client.get("/sitemap.xml").status_code == 404
    assert "Sitemap" not in client.get("/robots.txt").text
    for path in ("/aide", f"/aide/{article.slug}"):
        assert '<meta name="robots" content="noindex">' in client.get(path).text
    assert f"https://www.example.org/aide/{article.slug}.html" in client.get("/aide/flux.atom").text
