"""A reader who asked is told once what changed; their address goes nowhere else, and not for long."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, text
from starlette.applications import Starlette
from starlette.testclient import TestClient

from faq_cms import api, contacts, db, duties, french, loop, mail, people, publishing, remarks
from faq_cms.errors import Conflict, Invalid
from faq_cms.models import Article, Contact, Remark, RemarkState
from faq_cms.public import ballot
from tests import content, post_office
from tests.content import NOW
from tests.post_office import Office

ADDRESS = "Lectrice@example.org"
LATER = NOW + publishing.TAKE_BACK
DAY = dt.timedelta(days=1)


@pytest.fixture
def office(database: db.Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    with post_office.opened(monkeypatch) as office:
        yield office


@pytest.fixture
def article(database: db.Database) -> Article:
    return content.published()


@pytest.fixture
def site(database: db.Database) -> TestClient:
    from faq_cms import public

    return TestClient(Starlette(routes=[*public.routes(), *api.routes()]))


def remarked(article: Article, address: str = ADDRESS) -> int:
    vote = content.voted(article.id, False)
    with db.transaction() as session:
        return loop.remark_left(
            session, vote.vote_id, text="Et l’IBAN\u202f?", contact=address, now=NOW
        ).id


def corrected(article: Article, remark_id: int) -> int:
    version = content.revised(
        article.id, "Par **virement**, IBAN sur la facture.", answered_remarks=(remark_id,)
    )
    return version.id


def sent(remark_id: int, now: dt.datetime = NOW) -> None:
    with db.transaction() as session:
        contacts.send(session, people.SYSTEM, remark_id, now=now)


def addresses() -> list[str]:
    with db.reading() as session:
        return list(session.scalars(select(Contact.address)))


def waiting() -> list[int]:
    with db.reading() as session:
        return [each.remark_id for each in contacts.waiting(session)]


def test_the_message_says_what_changed_and_arrives_once(office: Office, article: Article) -> None:
    remark_id = remarked(article)
    assert waiting() == []
    corrected(article, remark_id)
    assert waiting() == [remark_id]
    sent(remark_id)
    assert waiting() == []
    for now in (NOW, LATER, LATER + DAY):
        mail.deliver(now)
    (message,) = office.taken
    assert message["To"] == ADDRESS
    said = message.get_content().replace("\r\n", "\n")
    change = "[supprimé\u00a0: ou par domiciliation][ajouté\u00a0: IBAN sur la facture]."
    assert change in said
    assert f"/aide/{article.slug}" in said
    assert "Et l’IBAN" not in said
    with pytest.raises(Conflict):
        sent(remark_id)


def test_nothing_leaves_while_the_publication_can_be_taken_back_nor_once_it_was(
    office: Office, article: Article
) -> None:
    remark_id = remarked(article)
    version_id = corrected(article, remark_id)
    sent(remark_id)
    assert mail.deliver(LATER - dt.timedelta(seconds=1)) == 0
    with db.transaction() as session:
        loop.take_back(session, people.SYSTEM, article.id, version_id=version_id, now=NOW)
    assert mail.deliver(LATER + DAY) == 0
    corrected(article, remark_id)
    assert waiting() == [remark_id]
    sent(remark_id)
    assert mail.deliver(LATER + DAY) == 1


def test_a_remark_answered_again_after_its_message_left_is_not_told_again(
    office: Office, article: Article
) -> None:
    remark_id = remarked(article)
    corrected(article, remark_id)
    sent(remark_id)
    mail.deliver(LATER)
    with db.transaction() as session:
        for state in (RemarkState.NEW, RemarkState.ANSWERED):
            remarks.handle(session, people.SYSTEM, remark_id, state=state, now=LATER)
    assert waiting() == []


def test_a_message_somebody_declines_does_not_leave_and_that_can_be_reconsidered(
    office: Office, article: Article
) -> None:
    remark_id = remarked(article)
    corrected(article, remark_id)
    with db.transaction() as session:
        contacts.decline(session, people.SYSTEM, remark_id, now=NOW)
    assert waiting() == []
    with db.transaction() as session:
        contacts.reconsider(session, people.SYSTEM, remark_id, now=NOW)
    sent(remark_id)
    mail.deliver(LATER)
    with pytest.raises(Conflict), db.transaction() as session:
        contacts.reconsider(session, people.SYSTEM, remark_id, now=LATER)


@pytest.mark.parametrize(("days", "left"), [(29, 1), (31, 0)])
def test_an_address_is_erased_thirty_days_after_the_remark_was_settled(
    office: Office, article: Article, days: int, left: int
) -> None:
    remark_id = remarked(article)
    duties.run_due(NOW + 200 * DAY)
    assert len(addresses()) == 1
    with db.transaction() as session:
        settled = NOW + 201 * DAY
        remarks.handle(session, people.SYSTEM, remark_id, state=RemarkState.NO_ACTION, now=settled)
    for _ in range(2):
        duties.run_due(settled + days * DAY)
    assert len(addresses()) == left


def test_an_address_is_erased_with_its_remark_and_with_what_was_to_leave(
    office: Office, article: Article
) -> None:
    remark_id = remarked(article)
    corrected(article, remark_id)
    sent(remark_id)
    with db.transaction() as session:
        remarks.erase(session, people.SYSTEM, remark_id, now=NOW)
    assert addresses() == []
    assert mail.deliver(LATER) == 0
    with db.reading() as session:
        assert session.scalar(text("select count(*) from outgoing_mail")) == 0


def test_the_link_of_the_message_erases_the_address_and_its_trace(
    office: Office, article: Article, site: TestClient, database: db.Database
) -> None:
    remark_id = remarked(article)
    corrected(article, remark_id)
    sent(remark_id)
    mail.deliver(LATER)
    link = office.taken[0]["List-Unsubscribe"].strip("<>").partition(mail.UNSUBSCRIBE)
    path = link[1] + link[2]
    assert "nous effacerons l’adresse <strong>Lectrice@example.org" in site.get(path).text
    assert len(addresses()) == 1
    assert "Vous êtes désabonné" in site.post(path).text
    assert addresses() == []
    if database.is_sqlite:
        file = Path(str(database.url.database))
        kept = [each for each in file.parent.glob(f"{file.name}*") if each.is_file()]
        assert not [each.name for each in kept if ADDRESS.encode() in each.read_bytes()]
    with db.reading() as session:
        assert session.scalar(text("select count(*) from outgoing_mail")) == 0


# -- the form and the API ------------------------------------------------------------------------


def posted(site: TestClient, article: Article, **fields: str) -> str:
    token = ballot.sign(content.voted(article.id, False).vote_id)
    return site.post(f"/aide/{article.slug}/remarque", data={"token": token, **fields}).text


def test_without_a_mail_server_no_address_is_asked_for_nor_kept(
    article: Article, site: TestClient
) -> None:
    page = posted(site, article, text="Vide\u202f?", contact=ADDRESS)
    assert "Commentaires envoyés" in page
    assert addresses() == []
    assert 'name="contact"' not in posted(site, article)
    assert "Il n’y a pas de réponse individuelle" in site.get("/aide/confidentialite").text


def test_an_address_left_with_a_remark_is_kept_apart(
    office: Office, article: Article, site: TestClient
) -> None:
    assert 'name="contact"' in posted(site, article)
    assert "Commentaires envoyés" in posted(site, article, text="Vide\u202f?", contact=ADDRESS)
    assert addresses() == [ADDRESS]
    with db.reading() as session:
        frame = remarks.listing(session)
    assert list(frame["has_contact"]) == [True]
    assert ADDRESS not in frame.to_csv()
    assert "votre consentement" in site.get("/aide/confidentialite").text


@pytest.mark.parametrize(
    ("address", "words", "refusal"),
    [
        ("lectrice", "Où est l’IBAN\u202f?", "n’est pas complète"),
        ("a@b.fr\nBcc: x@y.fr", "Où est l’IBAN\u202f?", "n’est pas complète"),
        (ADDRESS, "", "Écrivez une remarque"),
    ],
)
def test_a_bad_address_or_no_remark_is_said_and_nothing_is_lost_nor_kept(
    office: Office, article: Article, site: TestClient, address: str, words: str, refusal: str
) -> None:
    page = posted(site, article, text=words, contact=address, reason="unclear")
    assert refusal in page
    assert words in page
    assert '<details class="contact" open>' in page
    with db.reading() as session:
        assert session.scalars(select(Remark)).all() == []


def test_personal_data_in_the_words_wait_and_the_address_beside_them_is_no_reason_to(
    office: Office, article: Article, site: TestClient
) -> None:
    personal = "Appelez le 01 23 45 67 89"
    page = posted(site, article, text=personal, contact=ADDRESS)
    assert "Masquer et envoyer" in page
    assert f'value="{ADDRESS}"' in page
    assert addresses() == []
    posted(site, article, text=personal, contact=ADDRESS, donnees="masquer")
    assert addresses() == [ADDRESS]


def test_the_api_says_whether_the_address_was_kept(
    article: Article, site: TestClient, request: pytest.FixtureRequest
) -> None:
    def left(address: str) -> object:
        token = ballot.sign(content.voted(article.id, False).vote_id)
        answer = site.post(
            f"/api/v1/votes/{token}/remark", json={"text": "Vide\u202f?", "contact": address}
        )
        return answer.json().get("contact", answer.status_code)

    assert left(ADDRESS) is False
    request.getfixturevalue("office")
    assert left(ADDRESS) is True
    assert left("lectrice") == 422


def test_an_address_needs_to_be_one(office: Office, article: Article) -> None:
    with pytest.raises(Invalid) as refusal:
        remarked(article, "lectrice")
    assert "n’est pas complète" in french.sentence(refusal.value)
