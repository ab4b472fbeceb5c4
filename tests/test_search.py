"""What a reader types finds the article, on both engines alike."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import select

from faq_cms import articles, db, loop, people, search, words
from faq_cms.articles import Text
from faq_cms.models import SearchDocument, SearchWord
from tests.content import NOW, published

CONTENT = {
    "Comment payer ma facture ?": "Par virement ou par **prélèvement** automatique.",
    "Comment obtenir un relevé de mes frais ?": "Écrivez à l’équipe de facturation.",
    "Où trouver mon numéro de client ?": "En haut de chaque facture, à droite. " + "Détail. " * 60,
    "Comment changer d’adresse ?": "Depuis l’espace client, rubrique « Mes données ».",
}


@pytest.fixture
def content(database: db.Database) -> dict[str, int]:
    return {question: published(question, answer).id for question, answer in CONTENT.items()}


def found(query: str) -> list[str]:
    with db.reading() as session:
        return [hit.article.question for hit in search.find(session, query)]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("facturations", "Comment payer ma facture ?"),
        ("prelevement", "Comment payer ma facture ?"),
        ("PRÉLÈVEMENTS", "Comment payer ma facture ?"),
        ("prélèv", "Comment payer ma facture ?"),
        ("l’adresse", "Comment changer d’adresse ?"),
        ("numero client", "Où trouver mon numéro de client ?"),
        ("virment", "Comment payer ma facture ?"),
        ("adrese", "Comment changer d’adresse ?"),
        ("relevé zzz", "Comment obtenir un relevé de mes frais ?"),
    ],
)
def test_a_query_finds_the_article_a_person_means(
    content: dict[str, int], query: str, first: str
) -> None:
    assert found(query)[0] == first


@pytest.mark.parametrize(
    "query", ["", "   ", "le la les", "?!", "zzzzzz", "%", '"', "NEAR(", "a" * 999]
)
def test_a_query_that_means_nothing_finds_nothing(content: dict[str, int], query: str) -> None:
    assert found(query) == []


def test_a_hit_says_what_matched_and_whether_words_were_loosened(content: dict[str, int]) -> None:
    with db.reading() as session:
        hit = search.find(session, "prelevement")[0]
        loosened = search.find(session, "prelevement zzzzz")[0]
    assert ("prélèvement", True) in hit.snippet
    assert (
        "".join(text for text, _ in hit.snippet) == "Par virement ou par prélèvement automatique."
    )
    assert hit.exact
    assert not loosened.exact


def test_a_long_answer_is_cut_around_the_match(content: dict[str, int]) -> None:
    with db.reading() as session:
        hit = search.find(session, "numéro de client")[0]
    passage = "".join(text for text, _ in hit.snippet)
    assert len(passage) <= search.SNIPPET + 4
    assert passage.endswith("…")


def test_a_draft_is_never_found(content: dict[str, int]) -> None:
    with db.transaction() as session:
        articles.create(session, people.SYSTEM, text=Text("Projet secret ?", "Chut."), now=NOW)
        articles.save_draft(
            session,
            people.SYSTEM,
            content["Comment changer d’adresse ?"],
            text=Text("Comment changer d’adresse ?", "Texte confidentiel."),
            seen=articles.seen(session, content["Comment changer d’adresse ?"]),
            now=NOW,
        )
    assert found("secret") == []
    assert found("confidentiel") == []


def test_a_withdrawn_article_is_not_found_until_it_is_back(content: dict[str, int]) -> None:
    article_id = content["Comment changer d’adresse ?"]
    with db.transaction() as session:
        loop.withdraw(session, people.SYSTEM, article_id, now=NOW)
    assert found("adresse") == []
    with db.transaction() as session:
        loop.republish(session, people.SYSTEM, article_id, now=NOW)
    assert found("adresse") == ["Comment changer d’adresse ?"]


def test_nearest_articles_share_words_and_leave_the_article_itself_out(
    content: dict[str, int],
) -> None:
    with db.reading() as session:
        article = articles.published(session, ids=[content["Comment payer ma facture ?"]])[0]
        questions = [each.question for each in search.nearest(session, article)]
    assert sorted(questions) == [
        "Comment obtenir un relevé de mes frais ?",
        "Où trouver mon numéro de client ?",
    ]


def test_rebuilding_the_index_gives_the_same_index(content: dict[str, int]) -> None:
    def index() -> list[tuple[object, ...]]:
        with db.reading() as session:
            documents = session.execute(
                select(
                    SearchDocument.article_id, SearchDocument.title, SearchDocument.body
                ).order_by(SearchDocument.article_id)
            )
            vocabulary = session.execute(
                select(SearchWord.word, SearchWord.articles).order_by(SearchWord.word)
            )
            return [tuple(row) for row in (*documents, *vocabulary)]

    before = index()
    with db.transaction() as session:
        search.rebuild(session)
    assert index() == before
    assert found("prelevement") == ["Comment payer ma facture ?"]


@given(st.text())
@example("\U0001d400")
@example("\u0130")
def test_folding_ignores_accents_and_case(text: str) -> None:
    once = words.fold(text)
    assert words.fold(once) == once


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=400))
def test_words_hold_nothing_a_query_language_could_read(text: str) -> None:
    assert all(word.isalnum() for word in words.meaningful(text))
