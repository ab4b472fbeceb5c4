"""Synonyms: kept by people, known in a query, the same from whichever word one starts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faq_cms import db, people, search, synonyms
from faq_cms.errors import Conflict, Forbidden, Invalid, NotFound
from faq_cms.models import Role
from faq_cms.people import Actor
from faq_cms.synonyms import Concept, Lexicon
from tests.content import NOW, published

on_both_engines = pytest.mark.usefixtures("database")

DEBIT = ("domiciliation", "prélèvement")
ORDER = ("bon de commande", "numéro de commande", "référence d’achat")
MAIL = ("courriel", "e-mail", "adresse électronique")


def saved(*words: str, set_id: int | None = None, merge: bool = False) -> int:
    with db.transaction() as session:
        return synonyms.save(
            session, people.SYSTEM, words=words, set_id=set_id, merge=merge, now=NOW
        ).id


def kept() -> list[list[str]]:
    with db.reading() as session:
        return [each.words for each in synonyms.kept(session)]


def found(query: str) -> list[search.Hit]:
    with db.reading() as session:
        return search.find(session, query)


# -- what a query means --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("terms", "concepts"),
    [
        (["payer"], [Concept(("payer",))]),
        (["domiciliations"], [Concept(("domiciliations",), (("prelevement",),))]),
        (
            ["mon", "bon", "commande", "payer"],
            [
                Concept(("mon",)),
                Concept(("bon", "commande"), (("numero", "commande"), ("reference", "achat"))),
                Concept(("payer",)),
            ],
        ),
        (["bon"], [Concept(("bon",))]),
        (["commande", "bon"], [Concept(("commande",)), Concept(("bon",))]),
        ([], []),
    ],
)
def test_a_query_is_cut_into_what_it_means(terms: list[str], concepts: list[Concept]) -> None:
    assert Lexicon([DEBIT, ORDER]).concepts(terms) == concepts


def test_a_word_being_typed_already_brings_its_synonyms() -> None:
    lexicon = Lexicon([DEBIT, MAIL])
    assert lexicon.concepts(["prele"], unfinished=True)[0].others == (("domiciliation",),)
    assert lexicon.concepts(["prele"])[0].others == ()
    assert lexicon.concepts(["pre"], unfinished=True)[0].others == ()


WORDS = st.text("abcdé", min_size=3, max_size=6)
EXPRESSIONS = st.lists(WORDS, min_size=1, max_size=3).map(" ".join)
SETS = st.lists(st.lists(EXPRESSIONS, min_size=2, max_size=4), max_size=4)


@given(SETS)
def test_what_means_the_same_means_it_from_either_side(sets: list[list[str]]) -> None:
    lexicon = Lexicon(sets)
    for words in (synonyms.expression(word) for each in sets for word in each):
        for other in lexicon.same(words):
            back = {synonyms.stems(each) for each in lexicon.same(other)}
            whole = {synonyms.stems(each) for each in lexicon.same(words)}
            if synonyms.stems(words) in back:  # else the other word is first in an earlier set
                assert back | {synonyms.stems(other)} == whole | {synonyms.stems(words)}


@given(st.lists(st.lists(EXPRESSIONS, min_size=2, max_size=4), max_size=1), st.lists(WORDS))
def test_a_query_said_in_its_synonyms_means_the_same(
    sets: list[list[str]], terms: list[str]
) -> None:
    lexicon = Lexicon(sets)

    def meant(words: synonyms.Expression) -> set[synonyms.Expression]:
        return {synonyms.stems(each) for each in (words, *lexicon.same(words))}

    concepts = lexicon.concepts(terms)
    assert [word for each in concepts for word in each.typed] == terms
    for each in concepts:
        for other in each.others:
            assert meant(other) == meant(each.typed)


# -- what people keep ----------------------------------------------------------------------------


@on_both_engines
def test_a_set_is_kept_changed_and_forgotten() -> None:
    first = saved(" Domiciliation ", "prélèvement", "", "Prélèvements")
    assert kept() == [["Domiciliation", "prélèvement"]]
    assert saved("domiciliation", "prélèvement SEPA", set_id=first) == first
    assert kept() == [["domiciliation", "prélèvement SEPA"]]
    with db.transaction() as session:
        assert synonyms.remove(session, people.SYSTEM, set_id=first, now=NOW)
    with pytest.raises(NotFound):
        saved("virement", "SEPA", set_id=first)
    with db.reading() as session:
        assert len(people.recorded(session, "synonym.save")) == 2
        assert len(people.recorded(session, "synonym.remove")) == 1


def test_a_number_sign_is_read_as_a_person_says_it() -> None:
    assert synonyms.expression("N° de commande") == ("numero", "commande")


@on_both_engines
def test_a_word_is_in_one_set_or_the_sets_become_one() -> None:
    first, second = saved(*DEBIT), saved(*MAIL)
    with pytest.raises(Conflict, match="prélèvement"):
        saved("Prélèvements", "SEPA")
    assert saved("SEPA", "Prélèvements", merge=True) == first
    assert kept()[1] == ["SEPA", "Prélèvements", "domiciliation"]
    assert saved("mail", "sepa", "courriel", set_id=second, merge=True) == second
    assert kept() == [["mail", "sepa", "courriel", "Prélèvements", "domiciliation"]]


@on_both_engines
@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("un seul",), "too_few"),
        (("facture", "Factures"), "too_few"),
        (("facture", "de la"), "meaningless"),
        (("facture", "x" * 61), "too_long"),
        (("facture", "une deux trois quatre cinq six sept"), "too_long"),
        (tuple(f"mot{n}" for n in range(21)), "too_many"),
    ],
)
def test_what_is_no_set_of_synonyms_is_refused(words: tuple[str, ...], problem: str) -> None:
    with pytest.raises(Invalid, match=problem):
        saved(*words)
    assert kept() == []


@on_both_engines
def test_an_editor_proposes_and_a_reviewer_keeps() -> None:
    for name, role in (("Dominique", Role.EDITOR), ("Camille", Role.REVIEWER)):
        with db.transaction() as session:
            link = people.invite(session, people.SYSTEM, role=role, now=NOW)
            people.use_link(session, link, name=name, password_digest="x", now=NOW)
            account = people.account_named(session, name)
            actor = Actor(account.id, name, role)
        if role is Role.EDITOR:
            with pytest.raises(Forbidden), db.transaction() as session:
                synonyms.save(session, actor, words=DEBIT, now=NOW)
        else:
            with db.transaction() as session:
                synonyms.save(session, actor, words=DEBIT, now=NOW)
    assert kept() == [list(DEBIT)]


@on_both_engines
def test_what_is_offered_is_never_written_by_itself_and_leaves_once_taken_up() -> None:
    with db.reading() as session:
        assert synonyms.suggested(session) == list(synonyms.SUGGESTED)
        assert synonyms.lexicon(session).same(("domiciliation",)) == ()
    saved("Courriels", "message")
    with db.reading() as session:
        assert [words[0] for words in synonyms.suggested(session)] == [
            "domiciliation",
            "bon de commande",
        ]


# -- what readers find ---------------------------------------------------------------------------


@on_both_engines
def test_readers_find_by_a_synonym_and_see_which_word_answered() -> None:
    debit = published("Comment payer\u202f?", "Par **prélèvement** automatique.")
    order = published(
        "Où écrire la référence\u202f?", "Indiquez votre bon de commande ici, bon client."
    )
    mail = published("Comment vous joindre\u202f?", "Par e-mail.")
    for query in ("domiciliation", "numero commande", "courriel"):
        assert not any(hit.exact for hit in found(query))
    saved(*DEBIT), saved(*ORDER), saved(*MAIL)
    for query, article, passage in (
        ("domiciliation", debit, "prélèvement"),
        ("payer par domiciliations", debit, "prélèvement"),
        ("domicil", debit, "prélèvement"),
        ("numéro de commande", order, "bon de commande"),
        ("courriel", mail, "e-mail"),
        ("joindre courri", mail, "e-mail"),
    ):
        (hit,) = found(query)
        assert (hit.article.id, hit.exact) == (article.id, True)
        assert [text for text, is_match in hit.snippet if is_match][-1] == passage
    assert ("bon client.", True) not in found("numéro de commande")[0].snippet


@on_both_engines
def test_a_mistyped_word_still_brings_its_synonyms() -> None:
    debit = published("Comment payer\u202f?", "Par prélèvement automatique.")
    published("La domiciliation\u202f?", "Voir la banque.")
    saved(*DEBIT)
    assert debit.id in [hit.article.id for hit in found("domicilliation")]
