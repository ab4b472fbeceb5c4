"""Which articles go out, and in which spelling."""

import datetime as dt

import pytest
from sqlalchemy import event

from faq_cms import articles, categories, db, filing, french, people, rendering
from faq_cms.errors import Invalid, Misspelt, NotFound
from faq_cms.exports import CHANNELS, selection
from faq_cms.exports.selection import Spaces, Typography, Wanted
from faq_cms.filing import Change
from faq_cms.models import Article
from tests import content
from tests.exports.made import SITE, article

pytestmark = pytest.mark.usefixtures("database")
NOW = content.NOW
LATER = NOW + dt.timedelta(days=3)


def filed(question: str, *, tags: tuple[str, ...] = (), category_id: int | None = None) -> Article:
    made = content.published(question)
    with db.transaction() as session:
        change = Change(category_id=category_id, tags=tags)
        filing.change(session, people.SYSTEM, [made.id], change, now=NOW)
    return made


def category(name: str, parent_id: int | None = None) -> int:
    with db.transaction() as session:
        return categories.add(session, people.SYSTEM, name=name, parent_id=parent_id, now=NOW).id


def questions(wanted: Wanted) -> set[str]:
    with db.reading() as session:
        return {each.question for each in selection.chosen(session, wanted)}


def test_tags_go_out_in_the_order_of_the_alphabet() -> None:
    filed("Question A", tags=("Échéance", "Banque", "virement"))
    with db.reading() as session:
        (found,) = articles.published(session)
        assert found.tags == ("Banque", "Échéance", "virement")
        assert articles.live(session, found.slug).tags == found.tags


@pytest.mark.parametrize("name", ["Achats", "achats", "ACHATS"])
def test_a_category_is_asked_by_name_or_address_and_holds_those_under_it(name: str) -> None:
    above = category("Achats")
    filed("Question A", category_id=above)
    filed("Question B", category_id=category("Colis", above))
    filed("Question C")
    assert questions(Wanted(category=name)) == {"Question A", "Question B"}
    assert questions(Wanted(category="Colis")) == {"Question B"}


def test_a_category_that_is_not_there_is_refused_rather_than_empty() -> None:
    filed("Question A")
    with pytest.raises(NotFound) as refused:
        questions(Wanted(category="Minitel\x00"))
    assert french.sentence(refused.value) == "Cette catégorie n’existe pas ou n’existe plus."


def test_a_tag_is_asked_whatever_its_spelling() -> None:
    filed("Question A", tags=("Échéance",))
    filed("Question B", tags=("Virement",))
    assert questions(Wanted(tag="echeance")) == {"Question A"}
    assert questions(Wanted(tag="inconnu")) == set()


def test_what_changed_since_goes_out_tags_included() -> None:
    filed("Question A")
    made = filed("Question B")
    assert questions(Wanted(since=NOW)) == set()
    with db.transaction() as session:
        filing.change(session, people.SYSTEM, [made.id], Change(tags=("neuf",)), now=LATER)
    assert questions(Wanted(since=NOW)) == {"Question B"}


def test_too_few_votes_always_go_out_and_a_proven_fault_may_stay() -> None:
    content.received(content.published("Question A").id, helpful=0, unhelpful=12)
    content.received(content.published("Question B").id, helpful=0, unhelpful=9)
    content.published("Question C")
    assert questions(Wanted(without_below=True)) == {"Question B", "Question C"}


def test_as_many_queries_for_one_article_as_for_many() -> None:
    def count() -> int:
        asked: list[str] = []
        engine = db.current().read_engine
        event.listen(engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
        questions(Wanted(without_below=True))
        return len(asked)

    filed("Question A", tags=("x",))
    few = count()
    for number in range(8):
        filed(f"Question {number}", tags=("x", f"y{number}"))
    assert count() == few


# -- asked in words ------------------------------------------------------------------------------


def test_an_address_and_the_api_ask_for_the_same() -> None:
    ours = {
        "categorie": "achats", "mot-cle": "x", "depuis": "2026-03-31", "sans": "sous-objectif",
        "typographie": "fix", "espaces": "plain", "autre": "1",
    }  # fmt: skip
    theirs = {
        "category": "achats", "tag": "x", "updated_since": "2026-03-30T22:00:00Z", "spaces": "plain",
        "without_below": "true", "typography": "fix",
    }  # fmt: skip
    wanted = selection.asked(ours)
    assert wanted == selection.asked(theirs, selection.API)
    assert wanted.since == dt.datetime(2026, 3, 30, 22, tzinfo=dt.UTC)
    assert wanted.narrowed() == {"categorie": "achats", "mot-cle": "x", "sans": "sous-objectif"}
    assert selection.asked(wanted.narrowed()).narrowed() == wanted.narrowed()


def test_nothing_asked_is_everything() -> None:
    assert selection.asked({"categorie": "", "depuis": ""}) == Wanted()
    assert Wanted().narrowed() == {}


@pytest.mark.parametrize(
    ("name", "value"),
    [("depuis", "hier"), ("depuis", "32/01/2026"), ("sans", "x"), ("typographie", "x"), ("espaces", "x")],
)  # fmt: skip
def test_what_is_not_understood_is_refused(name: str, value: str) -> None:
    with pytest.raises(Invalid) as refused:
        selection.asked({name: value})
    assert refused.value.field == name


def test_a_french_date_is_that_of_paris() -> None:
    assert selection.instant("31/03/2026", "x") == selection.instant("2026-03-30T22:00:00Z", "x")


# -- spelling ------------------------------------------------------------------------------------

ROUGH = article(question="Comment payer ?", answer='L\'adresse : "ici" !', wordings=("Où ?",))


def test_typography_is_left_corrected_or_refused() -> None:
    assert selection.spelled([ROUGH], Wanted()) == [ROUGH]
    (fixed,) = selection.spelled([ROUGH], Wanted(typography=Typography.FIX))
    assert fixed.question == "Comment payer\u202f?"
    assert fixed.wordings == ("Où\u202f?",)
    assert fixed.answer == "L’adresse\u00a0: «\u202fici\u202f»\u202f!"
    assert selection.spelled([fixed], Wanted(typography=Typography.REFUSE)) == [fixed]


def test_an_answer_of_the_longest_size_is_corrected_no_further_than_it_can_be_written() -> None:
    longest = "Quoi ? " * (rendering.MAX_BYTES // 7)
    (made,) = selection.spelled([article(answer=longest)], Wanted(typography=Typography.FIX))
    assert made.answer == longest
    assert made.question == "Comment payer\u202f?"
    assert CHANNELS["json"].write([made], SITE)


def test_a_refusal_names_the_articles_and_says_what_is_wrong() -> None:
    made = [
        ROUGH,
        fixed := article(2, answer="Par là."),
        article(3, question="Et ceci !"),
        *[ROUGH] * 5,
    ]
    with pytest.raises(Misspelt) as refused:
        selection.spelled(made, Wanted(typography=Typography.REFUSE))
    assert fixed.question not in dict(refused.value.articles)
    said = french.sentence(refused.value)
    assert "«\u202fComment payer ?\u202f» (Espace fine insécable avant" in said
    assert "et 4 autres articles" in said


@pytest.mark.parametrize(
    ("spaces", "question"),
    [(Spaces.NARROW, "Où\u202f?"), (Spaces.NO_BREAK, "Où\u00a0?"), (Spaces.PLAIN, "Où ?")],
)
def test_a_channel_gets_the_spaces_it_can_take(spaces: Spaces, question: str) -> None:
    made = article(question="Où\u202f?", category="Qui\u202f?", tags=("a\u00a0b",))
    (found,) = selection.spelled([made], Wanted(spaces=spaces))
    assert found.question == question
    assert ("\u202f" in (found.category or "")) is (spaces is Spaces.NARROW)
    assert ("\u00a0" in found.tags[0]) is (spaces is not Spaces.PLAIN)
