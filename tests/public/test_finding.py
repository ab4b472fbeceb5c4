"""« Trouver »: what the team is answered while it types, and nobody else."""

import pytest
from starlette.testclient import TestClient

from faq_cms import articles, db, exports, filing, gate, people, synonyms
from faq_cms.articles import Text
from faq_cms.filing import Change
from faq_cms.models import Article, Role
from tests import content
from tests.public.test_signed_in import SignIn, signed_in

__all__ = ["signed_in"]
ADDRESS = f"{gate.GESTION}/{gate.FIND}articles"
SECRET_NOTE = "Zygomatique"


def found(browser: TestClient, query: str) -> list[tuple[str, str]]:
    items = browser.get(ADDRESS, params={"q": query}).json()["items"]
    return [("".join(text for text, _ in each["question"]), each["aside"]) for each in items]


def test_the_team_finds_what_is_published_drafted_or_withdrawn(
    article: Article, signed_in: SignIn
) -> None:
    from faq_cms import loop

    gone = content.published("Où est ma facture de 2020\u202f?")
    with db.transaction() as session:
        loop.withdraw(session, people.SYSTEM, gone.id, now=content.NOW)
        articles.create(
            session, people.SYSTEM, text=Text("Facture en ligne\u202f?", ""), now=content.NOW
        )
        synonyms.save(session, people.SYSTEM, words=("facture", "quittance"), now=content.NOW)
    browser = signed_in(Role.EDITOR)
    expected = [
        (content.QUESTION, ""),
        ("Facture en ligne\u202f?", "Jamais publié"),
        ("Où est ma facture de 2020\u202f?", "Retiré"),
    ]
    for query in ("facture", "FACTURES", "factu", "quittance"):
        assert found(browser, query) == expected, query
    assert found(browser, "facture ligne") == [expected[1]]
    for nothing in ("", "zzzz", "le la", "x" * 5_000):
        assert found(browser, nothing) == []


def test_a_question_is_answered_to_nobody_else(client: TestClient, article: Article) -> None:
    answer = client.get(ADDRESS, params={"q": "facture"}, headers={"accept": "application/json"})
    assert answer.status_code == 401
    assert content.QUESTION not in answer.text


@pytest.mark.parametrize(
    ("answer", "words", "marked"),
    [
        ("Par **virements** ou non.", "virement", "<strong><mark>virements</mark></strong>"),
        ("A < B & virement", "virement", "A &lt; B &amp; <mark>virement</mark>"),
        ("[x](/aide 'virement > x')", "virement", 'title="virement'),
        ("Payer.", "<script>alert(1)</script>", "<p>Payer.</p>"),
    ],
)
def test_the_words_an_article_was_found_by_are_marked_in_its_preview(
    answer: str, words: str, marked: str, signed_in: SignIn
) -> None:
    article = content.published(answer=answer)
    address = f"{gate.GESTION}/{gate.PREVIEW}{article.id}"
    page = signed_in(Role.EDITOR).get(address, params={"cherche": words}).text
    assert marked in page
    assert "<script>alert" not in page


def test_an_internal_note_reaches_no_public_page_and_no_channel(
    client: TestClient, article: Article
) -> None:
    with db.transaction() as session:
        change = Change(internal_note=SECRET_NOTE, tags=("Cachottier",))
        filing.change(session, people.SYSTEM, [article.id], change, now=content.NOW)
        published = articles.published(session)
    pages = [
        client.get(address).text
        for address in (
            "/aide",
            f"/aide/{article.slug}",
            f"/aide/recherche?q={SECRET_NOTE}",
            "/aide/suggestions?q=cachottier",
            "/aide/recherche?q=cachottier",
            "/aide/flux.atom",
        )
    ]
    assert content.QUESTION in pages[4]  # found by its tag, which is not shown
    written = [
        channel.write(published, exports.Site("FAQ", "https://faq.example")).decode(
            "utf-8", "ignore"
        )
        for channel in exports.CHANNELS.values()
    ]
    assert written
    for text in (*pages[:2], pages[3], pages[5]):  # channels receive tags, no page shows them
        assert "achottier" not in text
    for text in (*pages[:2], pages[3], pages[5], *written):
        assert SECRET_NOTE not in text
    assert "ygomatique</mark>" not in pages[2]
