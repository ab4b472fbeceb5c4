"""One reader counts once, whatever the door, the token, the cookie and the hurry."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import func, select

from faq_cms import articles, caps, db, filing, french, loop, people, votes
from faq_cms.errors import Conflict, Invalid, NotFound, PersonalData, TooMany, Unavailable
from faq_cms.models import Article, Reason, Remark, Significance, Vote
from faq_cms.personal_data import Kind
from faq_cms.public import ballot
from faq_cms.public.ballot import Ballot, Care
from faq_cms.settings import Settings
from tests import content

NOW = content.NOW + dt.timedelta(days=1)
COOKIE = "c" * 22


def cast(slug: str, helpful: bool = False, **chosen: Any) -> Ballot:
    given: dict[str, Any] = {
        "slug": slug,
        "helpful": helpful,
        "number": None,
        "token": None,
        "cookie": None,
        "network": "203.0.113.7",
        "source": "aide",
        "now": NOW,
    }
    return ballot.cast(**{**given, **chosen})


def ledger() -> list[tuple[bool, Reason | None, bool]]:
    """Every vote as (helpful, reason, set aside), after checking that the tallies say the same."""
    with db.reading() as session:
        assert votes.is_balanced(session)
        rows = session.scalars(select(Vote).order_by(Vote.id))
        return [(vote.helpful, vote.reason, vote.set_aside) for vote in rows]


# -- once per visitor ----------------------------------------------------------------------------


def test_a_first_vote_names_itself_and_its_visitor(article: Article) -> None:
    first = cast(article.slug)
    assert first.is_new
    assert first.lines == french.AFTER_NO
    assert first.cookie_value
    assert ballot.vote_of(first.token) == first.vote_id
    assert ledger() == [(False, None, False)]


@pytest.mark.parametrize("by", ["token", "cookie"])
def test_voting_again_counts_once_and_a_changed_mind_moves_the_vote(
    article: Article, by: str
) -> None:
    first = cast(article.slug)
    known: dict[str, Any] = {by: first.token if by == "token" else first.cookie_value}
    again, changed = cast(article.slug, **known), cast(article.slug, helpful=True, **known)
    assert not again.is_new
    assert not again.changed
    assert again.cookie_value is None
    assert changed.changed
    assert changed.token == first.token
    assert ledger() == [(True, None, False)]


def test_without_token_nor_cookie_everybody_is_somebody_new(article: Article) -> None:
    for _ in range(3):
        cast(article.slug)
    assert len(ledger()) == 3


def test_a_token_of_an_earlier_period_and_its_cookie_count_once_in_the_new_one(
    article: Article,
) -> None:
    first = cast(article.slug)
    content.revised(article.id, "Par virement seulement.")
    by_cookie = cast(article.slug, cookie=first.cookie_value)
    by_both = cast(article.slug, token=first.token, cookie=first.cookie_value)
    by_token = cast(article.slug, token=first.token)
    assert by_cookie.is_new
    assert [by_both.vote_id, by_token.vote_id] == [by_cookie.vote_id] * 2
    assert len(ledger()) == 2


def test_two_identities_of_one_reader_do_not_count_twice(article: Article) -> None:
    old = cast(article.slug)
    content.revised(article.id, "Par virement seulement.")
    new = cast(article.slug, cookie=COOKIE)
    both = cast(article.slug, token=old.token, cookie=COOKIE)
    assert both.vote_id == new.vote_id


def test_a_token_of_another_article_names_nobody_here(article: Article) -> None:
    other = content.published("Comment corriger une facture\u202f?")
    elsewhere = cast(other.slug)
    assert cast(article.slug, token=elsewhere.token).is_new
    assert len(ledger()) == 2


@pytest.mark.parametrize("token", ["", "x", "MQ.x", "é", "A" * 5000, "MQ==.aaaa\x00"])
def test_a_forged_token_names_nobody(article: Article, token: str) -> None:
    cast(article.slug)
    assert cast(article.slug, token=token).is_new


@pytest.mark.parametrize("cookie", ["", "short", "x" * 65, "é" * 22, "a;b=c" * 6, "\r\n" * 15])
def test_a_cookie_we_did_not_make_is_replaced(article: Article, cookie: str) -> None:
    assert cast(article.slug, cookie=cookie).cookie_value


def test_two_hundred_readers_of_one_office_in_an_hour_are_all_in_the_figures(
    article: Article, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = NOW.timestamp()
    monkeypatch.setattr("time.time", lambda: moment)
    for number in range(200):
        moment += 18
        cast(article.slug, helpful=number % 4 > 0, network=f"203.0.113.{number % 4}")
    assert [aside for _, _, aside in ledger()] == [False] * 200


def test_five_hundred_simultaneous_votes_of_one_visitor_count_once(article: Article) -> None:
    def hurry(number: int) -> str:
        try:
            cast(article.slug, helpful=bool(number % 2), cookie=COOKIE)
        except TooMany:
            return "refused"
        return "kept"

    with ThreadPoolExecutor(32) as pool:
        outcomes = list(pool.map(hurry, range(500)))
    assert outcomes.count("kept") == caps.VISITOR.most
    (vote,) = ledger()
    assert not vote[2], "a reader in a hurry is still a reader"


def test_simultaneous_votes_are_one_vote_even_when_no_cap_stops_them(
    article: Article, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(caps.Caps, "admit", lambda *_, **__: None)
    with ThreadPoolExecutor(32) as pool:
        made = list(
            pool.map(lambda n: cast(article.slug, helpful=bool(n % 2), cookie=COOKIE), range(100))
        )
    assert sum(each.is_new for each in made) == 1
    assert len(ledger()) == 1


def test_many_new_visitors_at_once_are_all_kept(article: Article) -> None:
    with ThreadPoolExecutor(16) as pool:
        made = list(
            pool.map(
                lambda n: cast(article.slug, helpful=n % 3 > 0, network=f"10.{n}.0.1"), range(120)
            )
        )
    assert len({each.vote_id for each in made}) == 120
    assert sum(helpful for helpful, *_ in ledger()) == 80


# -- caps ----------------------------------------------------------------------------------------


def test_beyond_the_pace_of_readers_votes_are_kept_out_of_the_figures(article: Article) -> None:
    made = [cast(article.slug) for _ in range(25)]
    assert [each.set_aside for each in made] == [False] * 20 + [True] * 5
    assert sum(aside for *_, aside in ledger()) == 5
    assert cast(article.slug, helpful=True, token=made[-1].token).set_aside


def test_changing_ones_mind_is_not_a_new_vote_for_the_caps(article: Article) -> None:
    first = cast(article.slug)
    for number in range(10):
        cast(article.slug, helpful=bool(number % 2), token=first.token)
    assert not any(cast(article.slug).set_aside for _ in range(19))


# -- what may be voted on ------------------------------------------------------------------------


@pytest.mark.parametrize("number", [0, -1, 2, 10**6, 2**31, 10**30])
def test_a_version_never_published_takes_no_vote(article: Article, number: int) -> None:
    with pytest.raises(NotFound):
        cast(article.slug, number=number)
    assert ledger() == []


def test_a_late_vote_counts_for_the_version_that_was_read(article: Article) -> None:
    content.revised(article.id, "Par virement seulement.")
    cast(article.slug, number=1)
    with db.reading() as session:
        (vote,) = session.scalars(select(Vote)).all()
        assert articles.version(session, vote.version_id).number == 1


@pytest.mark.parametrize("slug", ["absent", "", "%00", "a\x00b", "../..", "é", "A" * 300, "'--"])
def test_an_address_of_nothing_takes_no_vote(article: Article, slug: str) -> None:
    with pytest.raises(NotFound):
        cast(slug)


def test_drafts_and_withdrawn_articles_take_no_vote(article: Article) -> None:
    with db.transaction() as session:
        draft = articles.create(
            session, people.SYSTEM, text=articles.Text("Un brouillon", "…"), now=NOW
        )
        loop.withdraw(session, people.SYSTEM, article.id, now=NOW)
    for slug in (draft.slug, article.slug):
        with pytest.raises(NotFound):
            cast(slug)


def test_a_vote_sent_to_an_old_address_reaches_the_article(article: Article) -> None:
    with db.transaction() as session:
        filing.move(session, people.SYSTEM, article.id, slug="payer", now=NOW)
    assert cast(article.slug).slug == "payer"


@pytest.mark.parametrize("source", ["", "x" * 25, "a b", "<b>", "a\nb"])
def test_a_source_has_a_plain_name(article: Article, source: str) -> None:
    with pytest.raises(Invalid):
        cast(article.slug, source=source)
    assert ledger() == []


# -- reasons and remarks -------------------------------------------------------------------------


def remark(
    token: str, *, reason: Reason | None = None, text: str = "", care: Care = Care.ASK
) -> ballot.Reply:
    return ballot.remark(
        token=token, reason=reason, text=text, care=care, network="203.0.113.9", now=NOW
    )


def test_a_reason_then_a_remark(article: Article) -> None:
    token = cast(article.slug).token
    reply = remark(token, reason=Reason.INCOMPLETE)
    assert reply.reason is Reason.INCOMPLETE
    assert reply.remark is None
    sent = remark(token, text="Où est le RIB\u202f?")
    assert sent.remark is not None
    assert sent.remark.reference.startswith("R-")
    assert sent.reason is Reason.INCOMPLETE
    assert sent.lines == french.AFTER_REMARK_ON_NO
    assert ledger() == [(False, Reason.INCOMPLETE, False)]


@pytest.mark.parametrize("reason", [Reason.OFF_TOPIC, Reason.DISAGREES])
def test_no_correction_is_promised_when_the_text_is_not_blamed(
    article: Article, reason: Reason
) -> None:
    token = cast(article.slug).token
    reply = remark(token, reason=reason, text="Trop cher")
    assert reply.lines == (french.AFTER_OTHER_REMARK,)


def test_after_oui_a_remark_but_no_reason(article: Article) -> None:
    token = cast(article.slug, helpful=True).token
    assert remark(token, text="Merci").lines == (french.AFTER_OTHER_REMARK,)
    with pytest.raises(Conflict):
        remark(token, reason=Reason.OTHER, text="Encore")
    with db.reading() as session:
        assert session.scalar(select(func.count(Remark.id))) == 1


def test_a_refused_remark_leaves_nothing_of_its_reason(article: Article) -> None:
    token = cast(article.slug).token
    with pytest.raises(Invalid):
        remark(token, reason=Reason.OTHER, text="x" * 2001)
    assert ledger() == [(False, None, False)]


def test_words_that_name_somebody_wait_and_the_reason_does_not(article: Article) -> None:
    token = cast(article.slug).token
    with pytest.raises(PersonalData) as refused:
        remark(token, reason=Reason.OTHER, text="Écrivez à a.b@example.org")
    assert refused.value.kinds == (Kind.EMAIL,)
    assert refused.value.masked == "Écrivez à •.•@•••••••.•••"
    assert ledger() == [(False, Reason.OTHER, False)]
    with db.reading() as session:
        assert session.scalar(select(func.count(Remark.id))) == 0


@pytest.mark.parametrize(
    ("care", "text"),
    [(Care.MASK, "Écrivez à •.•@•••••••.•••"), (Care.KEEP, "Écrivez à a.b@example.org")],
)
def test_they_are_kept_as_their_author_chose(article: Article, care: Care, text: str) -> None:
    sent = remark(cast(article.slug).token, text="Écrivez à a.b@example.org", care=care)
    assert sent.remark is not None
    assert sent.remark.text == text


def test_a_remark_needs_a_vote(article: Article) -> None:
    with pytest.raises(NotFound):
        remark("forged", text="Bonjour")


def test_the_vote_and_the_remark_of_a_minor_version_stay_in_the_period(article: Article) -> None:
    first = cast(article.slug)
    content.revised(article.id, "Par **virement**.", significance=Significance.MINOR)
    assert not cast(article.slug, token=first.token).is_new


def test_a_database_that_cannot_write_is_never_thanked_for(
    article: Article, database: db.Database, installed: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "write_engine", database.read_engine)
    with pytest.raises(Unavailable):
        cast(article.slug)
