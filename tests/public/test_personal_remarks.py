"""A remark that seems to name a person waits for its author: masked, or as it is."""

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from faq_cms import db
from faq_cms.models import Article, Reason, Remark, Vote
from tests.public.conftest import text_of
from tests.public.test_feedback import field, landed, remark, vote

WORDS = "Rappelez-moi au 06 12 34 56 78 svp"
MASKED = "Rappelez-moi au •• •• •• •• •• svp"


def kept() -> list[str]:
    with db.reading() as session:
        return list(session.scalars(select(Remark.text)))


@pytest.fixture
def token(client: TestClient, article: Article) -> str:
    return field(landed(client, vote(client, article, "non")), "token")


def test_it_is_held_back_with_its_words_and_two_ways_on(
    client: TestClient, article: Article, token: str
) -> None:
    answer = remark(client, article, token=token, text=WORDS)
    assert answer.status_code == 422
    assert "semble contenir un numéro de téléphone" in text_of(answer.text)
    assert WORDS in answer.text
    assert 'name="donnees" value="masquer"' in answer.text
    assert 'name="donnees" value="envoyer"' in answer.text
    assert kept() == []


@pytest.mark.parametrize(("choice", "text"), [("masquer", MASKED), ("envoyer", WORDS)])
def test_its_author_chooses(
    client: TestClient, article: Article, token: str, choice: str, text: str
) -> None:
    page = landed(client, remark(client, article, token=token, text=WORDS, donnees=choice))
    assert "Commentaires envoyés" in text_of(page)
    assert kept() == [text]


def test_the_reason_tapped_with_it_is_kept_meanwhile(
    client: TestClient, article: Article, token: str
) -> None:
    remark(client, article, token=token, text=WORDS, reason="unclear")
    with db.reading() as session:
        assert session.scalars(select(Vote.reason)).one() is Reason.UNCLEAR
    assert kept() == []


@pytest.mark.parametrize("text", ["Facture 4500123456 du 01/02/2026", "RIB\u202f?"])
def test_any_other_remark_goes_at_once(
    client: TestClient, article: Article, token: str, text: str
) -> None:
    answer = remark(client, article, token=token, text=text)
    assert answer.status_code == 303
    assert kept() == [text]
