"""Remarks: kept once, bounded, found by their reference, erased from the files themselves."""

from pathlib import Path

import pytest

from faq_cms import db, people, remarks
from faq_cms.errors import Invalid, NotFound, TooMany
from faq_cms.models import RemarkState
from tests.content import NOW, published, remarked, voted

pytestmark = pytest.mark.usefixtures("database")


def test_the_same_remark_sent_twice_is_kept_once() -> None:
    article = published()
    receipt = voted(article.id, False)
    for text in ("Pas clair.", " Pas clair.\r\n", "Autre chose."):
        with db.transaction() as session:
            remarks.leave(session, receipt.vote_id, text=text, now=NOW)
    with db.reading() as session:
        assert sorted(remarks.listing(session)["text"]) == ["Autre chose.", "Pas clair."]


@pytest.mark.parametrize("text", ["", "   \n", "x" * 2001, "\ud800"])
def test_a_remark_that_cannot_be_kept_is_refused(text: str) -> None:
    receipt = voted(published().id, False)
    with pytest.raises(Invalid), db.transaction() as session:
        remarks.leave(session, receipt.vote_id, text=text, now=NOW)


def test_a_remark_of_two_thousand_characters_is_kept_whole() -> None:
    receipt = voted(published().id, False)
    with db.transaction() as session:
        remarks.leave(session, receipt.vote_id, text="é" * 2000, now=NOW)
    with db.reading() as session:
        assert remarks.listing(session)["text"][0] == "é" * 2000


def test_one_vote_carries_a_handful_of_remarks() -> None:
    receipt = voted(published().id, False)

    def leave(number: int) -> None:
        with db.transaction() as session:
            remarks.leave(session, receipt.vote_id, text=f"Remarque {number}", now=NOW)

    for number in range(remarks.PER_VOTE):
        leave(number)
    with pytest.raises(TooMany):
        leave(99)
    with db.reading() as session:
        assert len(remarks.listing(session)) == remarks.PER_VOTE


def test_an_erased_remark_leaves_no_text_anywhere(database: db.Database) -> None:
    remark_id = remarked(published().id, "Je suis Zzyzx, mon IBAN est secret.")
    with db.transaction() as session:
        remarks.erase(session, people.SYSTEM, remark_id, now=NOW)
    database.scrub()
    with db.reading() as session:
        assert list(remarks.listing(session)["text"]) == [""]
        assert list(remarks.listing(session)["erased"]) == [True]
    if database.is_sqlite and database.url.database:
        folder = Path(database.url.database).parent
        assert not [file for file in folder.iterdir() if b"Zzyzx" in file.read_bytes()]


def test_a_remark_is_handled_and_can_be_put_back() -> None:
    remark_id = remarked(published().id)
    for state in (RemarkState.FORWARDED, RemarkState.NEW):
        with db.transaction() as session:
            remarks.handle(session, people.SYSTEM, remark_id, state=state, now=NOW)
    with db.reading() as session:
        assert list(remarks.listing(session, states=[RemarkState.NEW])["remark_id"]) == [remark_id]


def test_a_reader_finds_their_remark_by_its_reference() -> None:
    remark_id = remarked(published().id)
    with db.reading() as session:
        reference = remarks.listing(session)["reference"][0]
        assert remarks.by_reference(session, f" {reference.lower()} ").id == remark_id
        with pytest.raises(NotFound):
            remarks.by_reference(session, "R-INCONNUE")
