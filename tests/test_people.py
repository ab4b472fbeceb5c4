"""Who may come in, who may do what, and what is written down of it."""

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from faq_cms import db, loop, people
from faq_cms.errors import Conflict, FaqError, Forbidden, Invalid, TooMany
from faq_cms.models import (
    ApiToken,
    Audit,
    OneTimeLink,
    Role,
    SignInAttempt,
    SignInSession,
)
from faq_cms.people import Actor
from tests.content import NOW, published

pytestmark = pytest.mark.usefixtures("database")

PASSWORD = "une phrase assez longue"
DIGEST = people.hash_password(PASSWORD, name="Camille")
MINUTE = dt.timedelta(minutes=1)
Change = Callable[[Session], object]


def joined(name: str = "Camille", role: Role = Role.ADMINISTRATOR) -> tuple[Actor, str]:
    """Somebody who has an account and is signed in: who they are, and their session's secret."""
    with db.transaction() as session:
        link = people.first_link(session, now=NOW) or people.invite(
            session, people.SYSTEM, role=role, now=NOW
        )
        secret = people.use_link(session, link, name=name, password_digest=DIGEST, now=NOW)
        actor = people.actor_of(session, secret, now=NOW)
        assert actor is not None
        if actor.role is not role:
            people.account_of(session, actor.id).role = role
            actor = Actor(actor.id, actor.name, role)
        return actor, secret


def signed_in(secret: str, at: dt.datetime = NOW) -> bool:
    with db.reading() as session:
        return people.actor_of(session, secret, now=at) is not None


# -- links ---------------------------------------------------------------------------------------


def test_the_first_administrator_comes_in_by_a_link_that_works_once() -> None:
    with db.transaction() as session:
        link = people.first_link(session, now=NOW)
        assert link is not None
        assert people.pending_link(session, link, now=NOW) is not None
        people.use_link(session, link, name="Camille", password_digest=DIGEST, now=NOW)
    with pytest.raises(Conflict, match="link_used"), db.transaction() as session:
        people.use_link(session, link, name="Sacha", password_digest=DIGEST, now=NOW)
    with db.transaction() as session:
        assert people.first_link(session, now=NOW) is None


def test_a_new_first_link_kills_the_one_before() -> None:
    with db.transaction() as session:
        old, new = (people.first_link(session, now=NOW) for _ in range(2))
        assert old is not None
        assert new is not None
        assert people.pending_link(session, old, now=NOW) is None
        assert people.pending_link(session, new, now=NOW) is not None


def test_a_link_used_by_two_at_once_lets_one_in() -> None:
    with db.transaction() as session:
        link = people.first_link(session, now=NOW) or ""

    def use(number: int) -> str:
        try:
            with db.transaction() as session:
                people.use_link(
                    session, link, name=f"Personne {number}", password_digest=DIGEST, now=NOW
                )
        except FaqError as error:
            return error.code
        return "in"

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(use, range(4))) == ["conflict"] * 3 + ["in"]


def test_an_expired_link_opens_nothing() -> None:
    with db.transaction() as session:
        link = people.first_link(session, now=NOW) or ""
        assert people.pending_link(session, link, now=NOW + dt.timedelta(hours=24)) is None


@pytest.mark.parametrize("then", ["disabled", "demoted"])
def test_an_invitation_dies_with_the_right_of_who_made_it(then: str) -> None:
    maker, _ = joined("Sacha")
    joined("Camille")
    with db.transaction() as session:
        link = people.invite(session, maker, role=Role.ADMINISTRATOR, now=NOW)
        if then == "disabled":
            people.disable(session, people.SYSTEM, account_id=maker.id or 0, now=NOW)
        else:
            people.change_role(
                session, people.SYSTEM, account_id=maker.id or 0, role=Role.EDITOR, now=NOW
            )
    with db.reading() as session:
        assert people.pending_link(session, link, now=NOW) is None
    with pytest.raises(Conflict, match="link_used"), db.transaction() as session:
        people.use_link(session, link, name="Intrus", password_digest=DIGEST, now=NOW)


def test_a_recovery_link_changes_the_password_and_ends_every_session() -> None:
    actor, secret = joined()
    with db.transaction() as session:
        link = people.recovery_link(session, people.SYSTEM, account_id=actor.id or 0, now=NOW)
        fresh = people.use_link(session, link, name="", password_digest="other", now=NOW)
    assert not signed_in(secret)
    assert signed_in(fresh)


@pytest.mark.parametrize("name", ["", " ", "x" * 81, "a\x00b", "\u202e"])
def test_a_name_that_cannot_be_shown_is_refused(name: str) -> None:
    with db.transaction() as session:
        link = people.first_link(session, now=NOW) or ""
    with pytest.raises(Invalid), db.transaction() as session:
        people.use_link(session, link, name=name, password_digest=DIGEST, now=NOW)
    with db.reading() as session:
        assert people.pending_link(session, link, now=NOW) is not None


def test_two_people_cannot_have_names_that_look_the_same() -> None:
    joined("Zoé  Martin")
    with db.transaction() as session:
        link = people.invite(session, people.SYSTEM, role=Role.EDITOR, now=NOW)
    with pytest.raises(Invalid, match="taken"), db.transaction() as session:
        people.use_link(session, link, name="zoé martin", password_digest=DIGEST, now=NOW)


# -- passwords and sign-in -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("court", "length"),
        ("x" * 129, "length"),
        ("aaaaaaaaaaaaaa", "guessable"),
        ("camille-2026-bonjour", "guessable"),
    ],
)
def test_a_weak_password_is_refused(password: str, reason: str) -> None:
    with pytest.raises(Invalid, match=reason):
        people.hash_password(password, name="Camille")


@pytest.mark.parametrize(
    "password", [PASSWORD, "correct horse bat", "é" * 6 + "ñandú€🎉", "x1y2z3w4v5u6"]
)
def test_a_long_password_is_accepted_and_verified(password: str) -> None:
    digest = people.hash_password(password, name="Camille")
    assert password not in digest
    assert people.verify_password(password, digest)
    assert not people.verify_password(password + "!", digest)


def test_a_password_is_the_same_however_its_accents_are_typed() -> None:
    digest = people.hash_password("ma phrase d\u00e9finitive", name="Camille")
    assert people.verify_password("ma phrase de\u0301finitive", digest)


def test_an_unknown_account_never_verifies() -> None:
    assert not people.verify_password(PASSWORD, None)


def test_ten_tries_on_one_account_then_wait_and_no_lockout_for_ever() -> None:
    joined()

    def attempt(at: dt.datetime, network: str = "n") -> None:
        with db.transaction() as session:
            people.begin_attempt(session, name=" CAMILLE ", network=network, now=at)

    for number in range(people.ATTEMPTS_PER_ACCOUNT):
        attempt(NOW, network=f"network {number}")
    with pytest.raises(TooMany) as refusal:
        attempt(NOW + MINUTE, network="elsewhere")
    assert 0 < refusal.value.retry_after <= 15 * 60
    attempt(NOW + people.ATTEMPT_WINDOW + MINUTE)


def test_one_network_cannot_try_every_account() -> None:
    with pytest.raises(TooMany):
        for number in range(people.ATTEMPTS_PER_NETWORK + 1):
            with db.transaction() as session:
                people.begin_attempt(session, name=f"nom {number}", network="same", now=NOW)
    assert number == people.ATTEMPTS_PER_NETWORK


def test_tries_made_at_once_are_all_counted() -> None:
    def attempt(_: int) -> bool:
        try:
            with db.transaction() as session:
                people.begin_attempt(session, name="Camille", network="n", now=NOW)
        except TooMany:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        allowed = sum(pool.map(attempt, range(30)))
    with db.reading() as session:
        stored = session.scalar(select(func.count()).select_from(SignInAttempt))
    assert (allowed, stored) == (people.ATTEMPTS_PER_ACCOUNT, 2 * people.ATTEMPTS_PER_ACCOUNT)


def test_a_session_ends_idle_expired_signed_out_or_disabled() -> None:
    actor, secret = joined()
    joined("Sacha")
    assert signed_in(secret, NOW + people.IDLE - MINUTE)
    assert not signed_in(secret, NOW + people.IDLE + MINUTE)
    at = NOW
    while at < NOW + people.ABSOLUTE - MINUTE:
        at += people.IDLE - MINUTE
        with db.transaction() as session:
            people.see(session, secret, now=at)
    assert not signed_in(secret, NOW + people.ABSOLUTE + MINUTE)
    _, second = joined("Dominique")
    with db.transaction() as session:
        people.sign_out(session, second, now=NOW)
        people.disable(session, people.SYSTEM, account_id=actor.id or 0, now=NOW)
    assert not signed_in(second)
    assert not signed_in(secret)


@pytest.mark.parametrize("secret", [None, "", "x", "faq_x"])
def test_a_made_up_session_is_nobody(secret: str | None) -> None:
    with db.reading() as session:
        assert people.actor_of(session, secret, now=NOW) is None


def test_no_secret_is_stored_as_it_is() -> None:
    actor, secret = joined()
    with db.transaction() as session:
        link = people.invite(session, actor, role=Role.EDITOR, now=NOW)
        token = people.create_token(session, actor, name="Site", scope="export", days=1, now=NOW)
    with db.reading() as session:
        stored = [
            *session.scalars(select(SignInSession.digest)),
            *session.scalars(select(OneTimeLink.digest)),
            *session.scalars(select(ApiToken.digest)),
            *(str(row.detail) for row in session.scalars(select(Audit))),
        ]
    assert not [each for each in stored for plain in (secret, link, token) if plain in each]


# -- permissions ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        (Role.EDITOR, {"article.publish", "correction.work", "remark.erase"}),
        (Role.MANAGER, {"article.publish", "objective.set", "export", "person.invite"}),
        (Role.ADMINISTRATOR, {"person.manage", "token.manage", "export", "audit.read"}),
    ],
)
def test_a_role_may_what_its_people_need(role: Role, allowed: set[str]) -> None:
    assert all(people.may(role, action) for action in allowed)


@pytest.mark.parametrize(
    ("role", "refused"),
    [
        (Role.EDITOR, {"export", "objective.set", "person.invite", "person.manage", "audit.read"}),
        (Role.MANAGER, {"person.manage", "token.manage", "audit.read"}),
    ],
)
def test_a_role_may_nothing_more(role: Role, refused: set[str]) -> None:
    assert not any(people.may(role, action) for action in refused)


def test_nobody_grants_a_right_they_lack() -> None:
    manager, _ = joined(role=Role.MANAGER)
    with db.transaction() as session:
        people.invite(session, manager, role=Role.MANAGER, now=NOW)
    with pytest.raises(Forbidden), db.transaction() as session:
        people.invite(session, manager, role=Role.ADMINISTRATOR, now=NOW)


def test_the_last_administrator_stays() -> None:
    actor, _ = joined()
    changes: list[Change] = [
        lambda s: people.disable(s, actor, account_id=actor.id or 0, now=NOW),
        lambda s: people.change_role(s, actor, account_id=actor.id or 0, role=Role.EDITOR, now=NOW),
    ]
    for change in changes:
        with pytest.raises(Conflict, match="last_administrator"), db.transaction() as session:
            change(session)


def test_a_change_of_role_counts_at_the_next_action() -> None:
    actor, _ = joined("Sacha")
    joined("Camille")
    with db.transaction() as session:
        people.change_role(
            session, people.SYSTEM, account_id=actor.id or 0, role=Role.EDITOR, now=NOW
        )
    with pytest.raises(Forbidden), db.transaction() as session:
        people.invite(session, actor, role=Role.EDITOR, now=NOW)


def test_each_change_leaves_one_line_in_the_journal() -> None:
    actor, _ = joined()
    article = published(actor=actor)
    with db.transaction() as session:
        loop.withdraw(session, actor, article.id, now=NOW)
    with db.reading() as session:
        lines = [
            (row.actor, row.action)
            for row in session.scalars(select(Audit).order_by(Audit.id))
            if row.object_kind == "article"
        ]
    assert lines == [
        ("Camille", "article.create"),
        ("Camille", "article.publish"),
        ("Camille", "article.withdraw"),
    ]


# -- machines ------------------------------------------------------------------------------------


def machine(token: str, scope: str = "export", at: dt.datetime = NOW) -> Actor | None:
    with db.transaction() as session:
        return people.machine(session, token, scope=scope, now=at)


def test_a_token_works_until_it_expires_and_only_for_its_scope() -> None:
    actor, _ = joined()
    with db.transaction() as session:
        token = people.create_token(session, actor, name="Site", scope="export", days=2, now=NOW)
    assert machine(token) == Actor(actor.id, "Site", Role.ADMINISTRATOR)
    assert machine(token, at=NOW + dt.timedelta(days=2)) is None
    assert machine(token[:-1]) is None
    assert machine(token.swapcase()) is None
    with pytest.raises(Forbidden):
        machine(token, scope="metrics")


def test_a_token_dies_with_its_owner_s_account() -> None:
    actor, _ = joined("Sacha")
    joined("Camille")
    with db.transaction() as session:
        token = people.create_token(session, actor, name="Site", scope="export", days=2, now=NOW)
        people.disable(session, people.SYSTEM, account_id=actor.id or 0, now=NOW)
    assert machine(token) is None


@pytest.mark.parametrize(
    ("name", "scope", "days"), [("", "export", 1), ("x", "tout", 1), ("x", "export", 366)]
)
def test_a_token_out_of_bounds_is_not_made(name: str, scope: str, days: int) -> None:
    with pytest.raises(Invalid), db.transaction() as session:
        people.create_token(session, people.SYSTEM, name=name, scope=scope, days=days, now=NOW)
