"""What readers read: only what is published, escaped everywhere, light, cacheable, and in French."""

import datetime as dt
import gzip
import json
import re
from typing import Any

import pytest
from starlette.testclient import TestClient

from faq_cms import articles, categories, db, filing, loop, people, search
from faq_cms.models import Article, Category
from faq_cms.public import centre, pages, views
from faq_cms.settings import Settings
from tests import content
from tests.public.conftest import Reader, hostile, text_of

NOW = content.NOW
ATTACKS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'; alert(1); //",
    "</script><script>alert(1)</script>",
    "</title><svg/onload=alert(1)>",
    "<!--<script>",
    "[x](javascript:alert(1))",
    "![x](//evil.example/p.png)",
    "{{ 7 * 7 }}{% raw %}",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "\u2028</script><script>alert(1)</script>",
]


def filed(name: str, *questions: str) -> tuple[Category, list[Article]]:
    """A category with one published article a question."""
    with db.transaction() as session:
        category = categories.add(session, people.SYSTEM, name=name, now=NOW)
    members = [content.published(question) for question in questions]
    with db.transaction() as session:
        for member in members:
            filing.file_under(session, people.SYSTEM, member.id, category_id=category.id, now=NOW)
    return category, members


# -- what is there -------------------------------------------------------------------------------


def test_without_any_article_the_home_page_says_so(client: TestClient) -> None:
    answer = client.get("/aide")
    assert answer.status_code == 200
    assert "Aucun article n'est publié pour le moment." in text_of(answer.text)


def test_the_home_page_leads_to_every_question(client: TestClient, article: Article) -> None:
    filed("Paiement", "Puis-je payer par domiciliation\u202f?")
    page = client.get("/aide").text
    assert f'href="/aide/{article.slug}"' in page
    assert 'href="/aide/puis-je-payer-par-domiciliation"' in page
    assert 'href="/aide/categories/paiement"' in page


def test_a_long_category_is_one_click_away(client: TestClient) -> None:
    filed("Paiement", *(f"Question numéro {n}\u202f?" for n in range(centre.LISTED + 3)))
    page = client.get("/aide").text
    assert page.count('href="/aide/question-numero') == centre.LISTED
    assert "Les 15 questions" in text_of(page)
    assert client.get("/aide/categories/paiement").text.count("<li>") == centre.LISTED + 3


def test_two_levels_are_read_on_the_home_page_the_category_and_the_trail(
    client: TestClient,
) -> None:
    top, _ = filed("Facturation", "Quand suis-je facturé\u202f?")
    under, (article,) = filed("Paiement", "Puis-je payer en ligne\u202f?")
    gone, _ = filed("Règlement")
    with db.transaction() as session:
        categories.place(session, people.SYSTEM, category_id=under.id, parent_id=top.id, now=NOW)
        categories.merge(
            session,
            people.SYSTEM,
            category_id=gone.id,
            into_id=under.id,
            objective=None,
            now=NOW,
        )
    home = client.get("/aide").text
    assert re.findall(r"<h([23])><a href=\"([^\"]+)", home) == [
        ("2", "/aide/categories/facturation"),
        ("3", "/aide/categories/paiement"),
    ]
    assert "Paiement" in text_of(client.get("/aide/categories/facturation").text)
    assert 'href="/aide/categories/facturation">Facturation' in (
        page := client.get(f"/aide/{article.slug}").text
    )
    assert page.index("categories/facturation") < page.index("categories/paiement")
    moved = client.get("/aide/categories/reglement", follow_redirects=False)
    assert (moved.status_code, moved.headers["location"]) == (301, "/aide/categories/paiement")


def test_an_article_shows_its_answer_date_neighbours_and_question(client: TestClient) -> None:
    _, (own, other) = filed("Paiement", content.QUESTION, "Puis-je payer en ligne\u202f?")
    page = client.get(f"/aide/{own.slug}").text
    assert '<html lang="fr">' in page
    assert re.search(r"<h1>([^<]*)</h1>", page)[1] == content.QUESTION  # type: ignore[index]
    assert "<strong>virement</strong>" in page
    assert "Mis à jour le 2 mars 2026" in text_of(page)
    assert "Cet article a-t-il été utile ?" in text_of(page)
    assert f'href="/aide/{other.slug}"' in page
    assert f'<link rel="canonical" href="http://127.0.0.1:8501/aide/{own.slug}">' in page


def test_search_engines_get_the_article_as_a_faq_page(client: TestClient, article: Article) -> None:
    data = json_ld(client.get(f"/aide/{article.slug}").text)
    assert data["@type"] == "FAQPage"
    assert data["mainEntity"][0]["name"] == content.QUESTION
    assert "<strong>virement</strong>" in data["mainEntity"][0]["acceptedAnswer"]["text"]


def json_ld(page: str) -> Any:
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert len(found) == 1
    return json.loads(found[0])


def test_search_finds_and_marks(client: TestClient, article: Article) -> None:
    with db.transaction() as session:
        search.rebuild(session)
    page = client.get("/aide/recherche", params={"q": "facture"}).text
    assert f'href="/aide/recherche/{article.slug}?q=facture"' in page
    assert "<mark>facture</mark>" in page
    assert 'content="noindex"' in page


@pytest.mark.parametrize("query", ["", "   ", "xyzzy", "%", "_", "\\", '"', "NEAR(", "a* OR", "\0"])
def test_a_search_in_vain_says_so(client: TestClient, article: Article, query: str) -> None:
    answer = client.get("/aide/recherche", params={"q": query})
    assert answer.status_code == 200
    assert "<mark>" not in answer.text


def test_the_privacy_notice_says_what_is_kept_and_whom_to_ask(client: TestClient) -> None:
    page = text_of(client.get("/aide/confidentialite").text)
    for words in ("faq_visiteur", "30 jours", "25 mois", "12 mois", "CNIL", "APD", "référence"):
        assert words in page


# -- what is not there ---------------------------------------------------------------------------


def test_drafts_withdrawn_and_absent_articles_are_the_same_404(
    client: TestClient, article: Article
) -> None:
    with db.transaction() as session:
        draft = articles.create(
            session, people.SYSTEM, text=articles.Text("Secret de brouillon", "Secret"), now=NOW
        )
        loop.withdraw(session, people.SYSTEM, article.id, now=NOW)
    answers = [client.get(f"/aide/{slug}") for slug in (draft.slug, article.slug, "jamais-vu")]
    assert [answer.status_code for answer in answers] == [404] * 3
    assert len({answer.text for answer in answers}) == 1
    assert "Secret" not in client.get("/aide").text


@pytest.mark.parametrize(
    "path",
    [
        "/aide/%00",
        "/aide/a%00b",
        "/aide/..%2f..%2fetc",
        "/aide/É",
        "/aide/x/y/z",
        "/aide/categories/absente",
        "/aide/categories/%00",
        "/aide/static/absent.css",
        "/aide/static/..%2f__init__.py",
        "/aide/" + "a" * 3000,
        "/aide/%0d%0aSet-Cookie:%20a=b",
    ],
)
def test_an_address_of_nothing_is_a_french_404(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "Page introuvable" in answer.text
    assert "set-cookie" not in answer.headers


def test_an_old_address_leads_to_the_present_one_until_withdrawn(
    client: TestClient, article: Article
) -> None:
    with db.transaction() as session:
        filing.move(session, people.SYSTEM, article.id, slug="payer", now=NOW)
    answer = client.get(f"/aide/{article.slug}")
    assert (answer.status_code, answer.headers["location"]) == (301, "/aide/payer")
    with db.transaction() as session:
        loop.withdraw(session, people.SYSTEM, article.id, now=NOW)
    assert client.get(f"/aide/{article.slug}").status_code == 404


def test_a_reading_fault_does_not_speak_of_recording(
    client: TestClient, article: Article, database: db.Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = db.Database("postgresql://nobody@127.0.0.1:1/nothing")
    monkeypatch.setattr(db, "_current", broken)
    answer = client.get(f"/aide/{article.slug}")
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    assert "ne peut pas être affichée" in answer.text
    broken.dispose()


# -- hostile texts -------------------------------------------------------------------------------


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_text_becomes_markup_anywhere(client: TestClient, attack: str) -> None:
    category, (own, _) = filed(f"Rubrique {attack}", f"Question {attack}", f"Voisine {attack}")
    content.revised(own.id, f"Réponse {attack} facture")
    with db.transaction() as session:
        search.rebuild(session)
    for path in (
        "/aide",
        f"/aide/{own.slug}",
        f"/aide/categories/{category.slug}",
        f"/aide/recherche?q={attack.replace('&', '%26').replace('#', '%23')}",
        "/aide/recherche?q=question",
    ):
        page = client.get(path).text
        assert hostile(page) == []
        assert "49" not in text_of(page), "a template inside a text is text"


@pytest.mark.parametrize("attack", ATTACKS)
def test_data_for_search_engines_says_the_text_whole_and_cannot_end_its_element(
    client: TestClient, attack: str
) -> None:
    question = f"Question {attack}"
    own = content.published(question)
    page = client.get(f"/aide/{own.slug}").text
    with db.reading() as session:
        kept = articles.live(session, own.slug).question
    assert json_ld(page)["mainEntity"][0]["name"] == kept
    assert hostile(page) == []


# -- how it travels ------------------------------------------------------------------------------


def test_reading_sets_no_cookie_and_asks_no_other_site(
    client: TestClient, article: Article
) -> None:
    for path in ("/aide", f"/aide/{article.slug}", "/aide/recherche?q=a", "/aide/confidentialite"):
        answer = client.get(path)
        assert "set-cookie" not in answer.headers
        assert not re.search(
            r'(?:src|href)="(?:https?:)?//(?!assistance|127\.0|www\.)', answer.text
        )
        assert "<style" not in answer.text
        assert " style=" not in answer.text


def test_an_unchanged_page_is_not_sent_again(client: TestClient, article: Article) -> None:
    path = f"/aide/{article.slug}"
    first = client.get(path)
    assert first.headers["cache-control"] == "no-cache"
    again = client.get(path, headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    content.revised(article.id, "Par carte.")
    assert client.get(path, headers={"if-none-match": first.headers["etag"]}).status_code == 200


def test_pages_are_light_and_compressed(client: TestClient, article: Article) -> None:
    path = f"/aide/{article.slug}"
    weight = 0
    for each in (path, pages.asset_url("aide.css"), pages.asset_url("aide.js")):
        answer = client.get(each, headers={"accept-encoding": "gzip"})
        assert answer.headers["content-encoding"] == "gzip"
        assert "Accept-Encoding" in answer.headers["vary"]
        weight += len(gzip.compress(answer.content, 5))
    assert weight < 30_000


def test_static_files_are_kept_for_ever_under_the_name_of_their_content(client: TestClient) -> None:
    named = client.get(pages.asset_url("aide.css"))
    assert "immutable" in named.headers["cache-control"]
    assert named.headers["content-type"].startswith("text/css")
    assert client.get("/aide/static/aide.css?v=old").headers["cache-control"] == "no-cache"


def test_head_answers_without_a_body(client: TestClient, article: Article) -> None:
    answer = client.head(f"/aide/{article.slug}")
    assert (answer.status_code, answer.content) == (200, b"")


# -- views ---------------------------------------------------------------------------------------


def test_people_and_robots_are_counted_apart_once_flushed(
    reader: Reader, client: TestClient, article: Article, installed: Settings
) -> None:
    path = f"/aide/{article.slug}"
    client.get(path)
    reader().get(path)
    client.get(path, headers={"user-agent": "Googlebot/2.1"})
    client.get(path, headers={"sec-purpose": "prefetch"})
    client.head(path)
    client.get("/aide/absent")
    views.flush()
    views.flush()
    with db.reading() as session:
        rows = session.connection().exec_driver_sql("SELECT source, views, robots FROM view_day")
        assert [tuple(row) for row in rows] == [("aide", 2, 1)]


def test_views_that_could_not_be_written_are_kept_for_the_next_time(
    article: Article, database: db.Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    views.seen(article.id, "aide", robot=False, now=dt.datetime.now(dt.UTC))
    with monkeypatch.context() as broken:
        broken.setattr(database, "write_engine", database.read_engine)
        with pytest.raises(Exception, match="unavailable"):
            views.flush()
    views.flush()
    with db.reading() as session:
        assert session.connection().exec_driver_sql("SELECT views FROM view_day").scalar() == 1


@pytest.mark.parametrize(
    ("user_agent", "robot"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", False),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Safari/605.1.15", False),
        ("Mozilla/5.0 (compatible; bingbot/2.0)", True),
        ("curl/8.0", True),
        ("", True),
    ],
)
def test_robots_are_known_by_what_they_say(user_agent: str, robot: bool) -> None:
    assert views.is_robot(user_agent) is robot
