"""« Remplacer partout »: what was seen is done, what moved is left alone, one gesture undoes it all."""

import pytest

from faq_cms import articles, db, people, publishing, replacing, votes
from faq_cms.articles import Text
from faq_cms.errors import Conflict, Invalid
from faq_cms.models import Audit, Significance
from faq_cms.replacing import Candidate, Outcome
from tests import content

OLD, NEW = "[email protected]", "aide@example.org"
ANSWER = f"Écrivez à {OLD}, ou à {OLD}."


def found(wanted: str = OLD, replacement: str = NEW) -> list[Candidate]:
    with db.reading() as session:
        return replacing.find(session, wanted, replacement)


def replaced(chosen: list[Candidate], *, publish: bool = True) -> Outcome:
    with db.transaction() as session:
        return replacing.replace_all(
            session,
            people.SYSTEM,
            chosen,
            wanted=OLD,
            replacement=NEW,
            publish=publish,
            now=content.NOW,
        )


def undone(outcome: Outcome) -> None:
    with db.transaction() as session:
        replacing.undo(
            session, people.SYSTEM, outcome.done, wanted=OLD, replacement=NEW, now=content.NOW
        )


def drafted(article_id: int, text: Text) -> None:
    with db.transaction() as session:
        seen = articles.seen(session, article_id)
        articles.save_draft(
            session, people.SYSTEM, article_id, text=text, seen=seen, now=content.NOW
        )


def texts(article_id: int) -> tuple[tuple[int, str], str | None]:
    """The live number and answer, and the draft's answer."""
    with db.reading() as session:
        version = articles.version(session, articles.article(session, article_id).live_version_id)
        draft = articles.draft_of(session, article_id)
        return (version.number or 0, version.answer), draft.answer if draft else None


def test_words_are_found_wherever_a_text_has_them(database: db.Database) -> None:
    in_answer = content.published("A", ANSWER)
    in_question = content.published(f"Et {OLD}\u202f?", "Oui.")
    in_wording = content.published("C", "Oui.")
    drafted(in_wording.id, Text("C", "Oui.", (f"Où est {OLD}", "Été")))
    content.published("D", "Rien ici.")
    seen = {each.article_id: each for each in found()}
    assert {key: each.count for key, each in seen.items()} == {
        in_answer.id: 2,
        in_question.id: 1,
        in_wording.id: 1,
    }
    assert seen[in_answer.id].after.answer == f"Écrivez à {NEW}, ou à {NEW}."
    assert seen[in_wording.id].after.wordings == (f"Où est {NEW}", "Été")
    assert [each.can_publish for each in found()] == [True, True, False]


@pytest.mark.parametrize("wanted", ["éTé", "ete", "Été", "été ", "%", "_", "été\u00a0"])
def test_accents_capitals_and_spaces_count(database: db.Database, wanted: str) -> None:
    content.published("A", "Un été\u202f!")
    assert found(wanted) == []


def test_the_draft_stands_before_what_is_published(database: db.Database) -> None:
    article = content.published("A", ANSWER)
    drafted(article.id, Text("A", "Plus d’adresse."))
    assert found() == []


def test_a_withdrawn_text_is_left_alone(database: db.Database) -> None:
    article = content.published("A", ANSWER)
    with db.transaction() as session:
        publishing.withdraw(session, people.SYSTEM, article.id, now=content.NOW)
    assert found() == []


@pytest.mark.parametrize(
    ("wanted", "replacement", "field"),
    [
        ("", "a", "wanted"),
        (" ", "a", "wanted"),
        ("a", "a", "replacement"),
        ("a" * 501, "b", "wanted"),
        ("a", "b" * 501, "wanted"),
    ],
)
def test_nothing_is_looked_for_in_vain(
    database: db.Database, wanted: str, replacement: str, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        found(wanted, replacement)
    assert refused.value.field == field


def test_publishing_continues_the_measure_and_undoing_gives_the_text_back(
    database: db.Database,
) -> None:
    article = content.published("A", ANSWER)
    content.voted(article.id, True)
    outcome = replaced(found())
    assert texts(article.id) == ((2, f"Écrivez à {NEW}, ou à {NEW}."), None)
    with db.reading() as session:
        version = articles.history(session, article.id)[0]
        assert version.significance is Significance.MINOR
        assert version.note.startswith("Remplacement\u00a0: «\u202f[email")
        assert votes.target(session, article.slug).number == 2
    undone(outcome)
    assert texts(article.id) == ((3, ANSWER), None)


def test_drafts_are_saved_and_undoing_leaves_them_as_they_were(database: db.Database) -> None:
    clean, busy = content.published("A", ANSWER), content.published("B", "Oui.")
    drafted(busy.id, Text("B", f"Demandez à {OLD}."))
    outcome = replaced(found(), publish=False)
    assert texts(clean.id) == ((1, ANSWER), f"Écrivez à {NEW}, ou à {NEW}.")
    assert texts(busy.id) == ((1, "Oui."), f"Demandez à {NEW}.")
    undone(outcome)
    assert texts(clean.id) == ((1, ANSWER), None)
    assert texts(busy.id) == ((1, "Oui."), f"Demandez à {OLD}.")


def test_unfinished_work_is_never_published_with_the_change(database: db.Database) -> None:
    article = content.published("A", ANSWER)
    drafted(article.id, Text("A", f"{ANSWER} À finir"))
    assert [each.is_published for each in replaced(found()).done] == [False]
    assert texts(article.id)[0] == (1, ANSWER)


def test_a_text_that_moved_is_reported_and_left_alone(database: db.Database) -> None:
    moved, still = content.published("A", ANSWER), content.published("B", ANSWER)
    chosen = found()
    drafted(moved.id, Text("A", f"{ANSWER} De la collègue."))
    outcome = replaced(chosen)
    assert outcome.left == (moved.id,)
    assert texts(moved.id) == ((1, ANSWER), f"{ANSWER} De la collègue.")
    assert texts(still.id)[0][0] == 2


def test_one_refusal_undoes_everything(database: db.Database) -> None:
    first = content.published("A", ANSWER)
    content.published("B", OLD)
    with pytest.raises(Invalid):
        replaced(found(OLD, ""))
    assert texts(first.id) == ((1, ANSWER), None)


def test_undoing_over_a_later_change_undoes_nothing(database: db.Database) -> None:
    first, second = content.published("A", ANSWER), content.published("B", ANSWER)
    outcome = replaced(found())
    content.revised(second.id, "Autre chose.")
    with pytest.raises(Conflict) as refused:
        undone(outcome)
    assert (refused.value.reason, refused.value.detail) == ("moved_since", "B")
    assert texts(first.id)[0][0] == 2


def test_the_trail_tells_both_gestures(database: db.Database) -> None:
    article = content.published("A", ANSWER)
    undone(replaced(found()))
    with db.reading() as session:
        told = {row.action: row.detail for row in session.query(Audit) if "replace" in row.action}
    words = {"before": OLD, "after": NEW, "articles": [article.id]}
    assert told == {"article.replace": words, "article.undo_replace": words}


def test_masked_addresses_are_counted_by_spelling(database: db.Database) -> None:
    first = content.published("A", ANSWER)
    second = content.published("B", "À [courriel protégé] et [email protected].")
    with db.reading() as session:
        masked = replacing.masked(session)
    assert masked == {OLD: {first.id: 2, second.id: 1}, "[courriel protégé]": {second.id: 1}}
