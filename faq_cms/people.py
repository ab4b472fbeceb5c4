"""Accounts, one-time links, sessions, tokens of machines, permissions, and the audit trail.

Secrets (session, link, token) are random values of 256 bits shown once; the database holds their
SHA-256 digest. Passwords are argon2id. `authorize` reads the account again in the transaction of
the change, so that a revoked right stops at the very next action.
"""

import datetime as dt
import hashlib
import secrets
import threading
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from faq_cms import db
from faq_cms.errors import Conflict, Forbidden, Invalid, SignInRefused, TooMany
from faq_cms.models import (
    Account,
    ApiToken,
    Audit,
    LinkPurpose,
    OneTimeLink,
    Role,
    SignInAttempt,
    SignInSession,
)

NAME_MAX = 80
PASSWORD_MIN, PASSWORD_MAX = 12, 128  # CNIL 2022-100: length rather than composition
DISTINCT_MIN = 5  # « aaaaaaaaaaaa » is long and worthless
IDLE = dt.timedelta(minutes=30)
ABSOLUTE = dt.timedelta(hours=12)
SEEN_EVERY = dt.timedelta(minutes=1)  # one write a minute at most to remember activity
LINK_LIFE = {
    LinkPurpose.FIRST_ADMINISTRATOR: dt.timedelta(hours=24),
    LinkPurpose.INVITATION: dt.timedelta(days=7),
    LinkPurpose.RECOVERY: dt.timedelta(minutes=30),
}
ATTEMPT_WINDOW = dt.timedelta(minutes=15)
ATTEMPTS_PER_ACCOUNT = 10
ATTEMPTS_PER_NETWORK = 50  # a whole office behind one address may mistype
TOKEN_PREFIX = "faq_"  # noqa: S105 — the visible prefix, for secret scanners
TOKEN_DAYS_MAX = 365
SCOPES = ("export", "metrics")

# Each action a chapter asks leave for, with the least role that has it.
_LEAST: Final[dict[str, Role]] = {
    "figures.read": Role.VIEWER,
    "article.write": Role.EDITOR,
    "article.publish": Role.EDITOR,
    "article.withdraw": Role.EDITOR,
    "article.import": Role.EDITOR,
    "correction.work": Role.EDITOR,
    "remark.handle": Role.EDITOR,
    "remark.erase": Role.EDITOR,
    "article.review": Role.REVIEWER,
    "synonym.edit": Role.REVIEWER,
    "category.edit": Role.MANAGER,
    "objective.set": Role.MANAGER,
    "export": Role.MANAGER,
    "votes.import": Role.MANAGER,
    "votes.release": Role.MANAGER,
    "report.manage": Role.MANAGER,
    "person.invite": Role.MANAGER,
    "person.manage": Role.ADMINISTRATOR,
    "token.manage": Role.ADMINISTRATOR,
    "audit.read": Role.ADMINISTRATOR,
    "system.read": Role.ADMINISTRATOR,
}
_RANK = {
    role: rank
    for rank, role in enumerate(
        (Role.VIEWER, Role.EDITOR, Role.REVIEWER, Role.MANAGER, Role.ADMINISTRATOR)
    )
}

# OWASP's minimum for argon2id; at most two at once, so that sign-ins cannot starve the server.
_passwords = PasswordHash((Argon2Hasher(time_cost=2, memory_cost=19 * 1024, parallelism=1),))
_hashing = threading.BoundedSemaphore(2)
_nobody = _passwords.hash(secrets.token_urlsafe(16))  # verified when the name is unknown


@dataclass(frozen=True)
class Actor:
    """Who acts: a person (`id` of the account) or the installation itself (`id` None)."""

    id: int | None
    name: str
    role: Role


SYSTEM = Actor(None, "système", Role.ADMINISTRATOR)  # the command line and the clock


# -- permissions and audit -----------------------------------------------------------------------


def may(role: Role, action: str) -> bool:
    """Whether `role` allows `action`. KeyError for an action nobody declared."""
    return _RANK[role] >= _RANK[_LEAST[action]]


def authorize(session: Session, actor: Actor, action: str) -> None:
    """Refuse with Forbidden unless `actor`, as the database knows them now, may do `action`."""
    if actor.id is None:
        return
    account = session.get(Account, actor.id, populate_existing=True)
    if account is None or account.disabled_at is not None:
        raise Forbidden(action)
    if not may(account.role, action):
        raise Forbidden(action, account.role)


def record(
    session: Session,
    actor: Actor,
    action: str,
    *,
    kind: str,
    object_id: int | None,
    now: dt.datetime,
    **detail: Any,
) -> None:
    """Add one row to the audit trail, in the transaction of the change it tells."""
    session.add(
        Audit(
            at=now,
            account_id=actor.id,
            actor=actor.name,
            action=action,
            object_kind=kind,
            object_id=object_id,
            detail=detail,
        )
    )


def trail(
    session: Session, actor: Actor, *, limit: int, offset: int = 0
) -> tuple[pd.DataFrame, int]:
    """One stretch of the audit trail, newest first, and the length of the whole. Reads only.

    Columns: at, actor, action, object_kind, object_id, detail. Raises Forbidden.
    """
    authorize(session, actor, "audit.read")
    columns = (
        Audit.at,
        Audit.actor,
        Audit.action,
        Audit.object_kind,
        Audit.object_id,
        Audit.detail,
    )
    rows = db.frame(session, select(*columns).order_by(Audit.id.desc()).limit(limit).offset(offset))
    return rows, session.scalar(select(func.count(Audit.id))) or 0


# -- passwords -----------------------------------------------------------------------------------


def recorded(
    session: Session, action: str, *, about: tuple[str, int] | None = None
) -> list[tuple[dt.datetime, str, int | None, dict[str, Any]]]:
    """Every time this was done, newest first: when, by whom, to what, the details. Reads only.

    `about`: only to this one object, by its kind and id.
    """
    query = select(Audit.at, Audit.actor, Audit.object_id, Audit.detail)
    if about is not None:
        query = query.where(Audit.object_kind == about[0], Audit.object_id == about[1])
    rows = session.execute(query.where(Audit.action == action).order_by(Audit.id.desc()))
    return [(at, actor, object_id, detail or {}) for at, actor, object_id, detail in rows]


def last_recorded(session: Session) -> int:
    """The number of the newest line of the trail; 0 where there is none."""
    return session.scalar(select(func.max(Audit.id))) or 0


def doers(
    session: Session,
    actions: Sequence[str],
    *,
    kind: str,
    object_id: int,
    since: dt.datetime,
    until: dt.datetime | None = None,
) -> set[int | None]:
    """The accounts that did any of these to one object, both instants included. Reads only."""
    query = select(Audit.account_id).where(
        Audit.object_kind == kind,
        Audit.object_id == object_id,
        Audit.action.in_(actions),
        Audit.at >= since,
    )
    if until is not None:
        query = query.where(Audit.at <= until)
    return set(session.scalars(query))


def hash_password(password: str, *, name: str) -> str:
    """Digest of an acceptable password; raises Invalid otherwise.

    Slow on purpose: call it outside a transaction.
    """
    if not PASSWORD_MIN <= len(password) <= PASSWORD_MAX:
        raise Invalid("password", "length", (PASSWORD_MIN, PASSWORD_MAX))
    if len(set(password)) < DISTINCT_MIN or (
        fold_name(name) and fold_name(name) in fold_name(password)
    ):
        raise Invalid("password", "guessable")
    with _hashing:
        return _passwords.hash(_typed(password))


def verify_password(password: str, digest: str | None) -> bool:
    """Whether the password is the one behind `digest`. Takes as long for an unknown account."""
    with _hashing:
        good = _passwords.verify(_typed(password[: PASSWORD_MAX + 1]), digest or _nobody)
    return good and digest is not None


def _typed(password: str) -> str:
    """One spelling of a password, whatever keyboard composed its accents."""
    return unicodedata.normalize("NFC", password)


def fold_name(name: str) -> str:
    """What makes two names the same person's: case, spaces and compatibility forms aside."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


# -- one-time links ------------------------------------------------------------------------------


def first_link(session: Session, *, now: dt.datetime) -> str | None:
    """A new link for the first administrator; None once an account exists. Earlier ones die."""
    if session.scalar(select(Account.id).limit(1)) is not None:
        return None
    session.execute(
        update(OneTimeLink)
        .where(
            OneTimeLink.purpose == LinkPurpose.FIRST_ADMINISTRATOR, OneTimeLink.used_at.is_(None)
        )
        .values(used_at=now)
    )
    return _new_link(session, LinkPurpose.FIRST_ADMINISTRATOR, Role.ADMINISTRATOR, now=now)


def invite(session: Session, actor: Actor, *, role: Role, now: dt.datetime) -> str:
    """A link by which one person joins with `role`; nobody grants a right they lack."""
    authorize(session, actor, "person.invite")
    if _RANK[role] > _RANK[_role_now(session, actor)]:
        raise Forbidden("person.invite", role)
    record(session, actor, "person.invite", kind="role", object_id=None, now=now, role=role)
    return _new_link(session, LinkPurpose.INVITATION, role, by=actor.id, now=now)


def recovery_link(session: Session, actor: Actor, *, account_id: int, now: dt.datetime) -> str:
    """A short-lived link by which this person chooses a new password."""
    authorize(session, actor, "person.manage")
    account = account_of(session, account_id)
    record(session, actor, "person.recover", kind="account", object_id=account.id, now=now)
    return _new_link(
        session, LinkPurpose.RECOVERY, account.role, account_id=account.id, by=actor.id, now=now
    )


def pending_link(session: Session, token: str, *, now: dt.datetime) -> OneTimeLink | None:
    """The unused, unexpired link behind `token`. Looking does not use it."""
    link = session.scalar(
        select(OneTimeLink).where(
            OneTimeLink.digest == _digest(token),
            OneTimeLink.used_at.is_(None),
            OneTimeLink.expires_at > now,
        )
    )
    return link if link is not None and _still_vouched_for(session, link) else None


def _still_vouched_for(session: Session, link: OneTimeLink) -> bool:
    """Whether who made the link could make it now: a lost right takes its invitations along."""
    if link.created_by_id is None:
        return True
    maker = account_of(session, link.created_by_id)
    return maker.disabled_at is None and _RANK[maker.role] >= _RANK[link.role]


def use_link(
    session: Session, token: str, *, name: str, password_digest: str, now: dt.datetime
) -> str:
    """Use a link: create (or recover) its account and open a session; returns the session's secret.

    Raises Conflict("link_used") when it is unknown, expired or already used, Invalid on the name.
    """
    link = session.scalar(
        update(OneTimeLink)
        .where(
            OneTimeLink.digest == _digest(token),
            OneTimeLink.used_at.is_(None),
            OneTimeLink.expires_at > now,
        )
        .values(used_at=now)
        .returning(OneTimeLink)
    )
    if link is None or not _still_vouched_for(session, link):
        raise Conflict("link_used")
    if link.purpose is LinkPurpose.RECOVERY:
        account = account_of(session, link.account_id)
        if account.disabled_at is not None:
            raise Conflict("link_used")
        account.password_digest = password_digest
        _revoke_sessions(session, account.id, now=now)
    else:
        account = _new_account(session, name, link.role, password_digest, now=now)
    action = "person.recovered" if link.purpose is LinkPurpose.RECOVERY else "person.joined"
    record(
        session,
        _actor(account),
        action,
        kind="account",
        object_id=account.id,
        now=now,
        role=account.role,
    )
    return open_session(session, account.id, now=now)


def _new_link(
    session: Session,
    purpose: LinkPurpose,
    role: Role,
    *,
    now: dt.datetime,
    account_id: int | None = None,
    by: int | None = None,
) -> str:
    token = secrets.token_urlsafe(32)
    session.add(
        OneTimeLink(
            digest=_digest(token),
            purpose=purpose,
            role=role,
            account_id=account_id,
            created_by_id=by,
            created_at=now,
            expires_at=now + LINK_LIFE[purpose],
        )
    )
    session.flush()
    return token


def _new_account(
    session: Session, name: str, role: Role, password_digest: str, *, now: dt.datetime
) -> Account:
    name = " ".join(unicodedata.normalize("NFC", name).split())
    if not 1 <= len(name) <= NAME_MAX or not name.isprintable():
        raise Invalid("name", "length", (1, NAME_MAX))
    if session.scalar(select(Account.id).where(Account.name_key == fold_name(name))) is not None:
        raise Invalid("name", "taken")
    account = Account(
        name=name,
        name_key=fold_name(name),
        role=role,
        password_digest=password_digest,
        created_at=now,
    )
    session.add(account)
    session.flush()
    return account


# -- sign-in and sessions ------------------------------------------------------------------------


def begin_attempt(session: Session, *, name: str, network: str, now: dt.datetime) -> str | None:
    """Count one sign-in attempt and return the digest to verify (None: unknown or disabled account).

    The attempt is written before the password is looked at, so that parallel tries are all counted.
    Raises TooMany when the account or the network has used up its tries.
    """
    keys = {
        _digest("account:" + fold_name(name)): ATTEMPTS_PER_ACCOUNT,
        _digest("network:" + network): ATTEMPTS_PER_NETWORK,
    }
    for key, limit in sorted(keys.items()):  # one order for all: two tries never wait crosswise
        db.in_turn(session, key)
        tries, first = session.execute(
            select(func.count(), func.min(SignInAttempt.at)).where(
                SignInAttempt.key == key, SignInAttempt.at > now - ATTEMPT_WINDOW
            )
        ).one()
        if tries >= limit:
            wait = first + ATTEMPT_WINDOW - now
            raise TooMany("sign_in", max(1, int(wait.total_seconds()) + 1))
    session.add_all(SignInAttempt(key=key, at=now) for key in keys)
    return session.scalar(
        select(Account.password_digest).where(
            Account.name_key == fold_name(name), Account.disabled_at.is_(None)
        )
    )


def sign_in(session: Session, *, name: str, now: dt.datetime) -> str:
    """Open a session for the account whose password was just verified; returns its secret."""
    account = session.scalar(
        select(Account).where(Account.name_key == fold_name(name), Account.disabled_at.is_(None))
    )
    if account is None:
        raise SignInRefused
    session.execute(
        delete(SignInAttempt).where(SignInAttempt.key == _digest("account:" + account.name_key))
    )
    record(
        session, _actor(account), "person.sign_in", kind="account", object_id=account.id, now=now
    )
    return open_session(session, account.id, now=now)


def open_session(session: Session, account_id: int, *, now: dt.datetime) -> str:
    """A new session of this account; returns the secret its cookie will hold."""
    secret = secrets.token_urlsafe(32)
    session.add(
        SignInSession(
            digest=_digest(secret),
            account_id=account_id,
            created_at=now,
            seen_at=now,
            expires_at=now + ABSOLUTE,
        )
    )
    session.flush()
    return secret


def actor_of(session: Session, secret: str | None, *, now: dt.datetime) -> Actor | None:
    """Who holds this session secret; None when it is absent, revoked, idle too long or expired."""
    if not secret:
        return None
    account = session.scalar(
        select(Account)
        .join(SignInSession, SignInSession.account_id == Account.id)
        .where(
            SignInSession.digest == _digest(secret),
            SignInSession.revoked_at.is_(None),
            SignInSession.expires_at > now,
            SignInSession.seen_at > now - IDLE,
            Account.disabled_at.is_(None),
        )
    )
    return _actor(account) if account else None


def needs_seeing(session: Session, secret: str, *, now: dt.datetime) -> bool:
    """Whether this session's activity was last written more than `SEEN_EVERY` ago."""
    seen = session.scalar(
        select(SignInSession.seen_at).where(SignInSession.digest == _digest(secret))
    )
    return seen is not None and seen < now - SEEN_EVERY


def see(session: Session, secret: str, *, now: dt.datetime) -> None:
    """Remember that this session is active now."""
    session.execute(
        update(SignInSession)
        .where(SignInSession.digest == _digest(secret), SignInSession.revoked_at.is_(None))
        .values(seen_at=now)
    )


def sign_out(session: Session, secret: str, *, now: dt.datetime) -> None:
    """End this session, in every tab that shares it."""
    session.execute(
        update(SignInSession)
        .where(SignInSession.digest == _digest(secret), SignInSession.revoked_at.is_(None))
        .values(revoked_at=now)
    )


# -- the team ------------------------------------------------------------------------------------


def account_of(session: Session, account_id: int | None) -> Account:
    """The account with this id; Conflict when there is none."""
    account = session.get(Account, account_id) if account_id is not None else None
    if account is None:
        raise Conflict("no_account", account_id)
    return account


def account_named(session: Session, name: str) -> Account:
    """The account of this name, folded; Conflict when there is none."""
    account = session.scalar(select(Account).where(Account.name_key == fold_name(name)))
    if account is None:
        raise Conflict("no_account", name)
    return account


def team(session: Session) -> list[Account]:
    """Everybody, active ones first, by name."""
    return list(session.scalars(select(Account).order_by(Account.disabled_at, Account.name_key)))


def change_role(
    session: Session, actor: Actor, *, account_id: int, role: Role, now: dt.datetime
) -> None:
    """Give a person another role. The last administrator keeps theirs (Conflict)."""
    authorize(session, actor, "person.manage")
    account = account_of(session, account_id)
    if role is not Role.ADMINISTRATOR:
        _keep_an_administrator(session, account)
    before, account.role = account.role, role
    record(
        session,
        actor,
        "person.role",
        kind="account",
        object_id=account.id,
        now=now,
        before=before,
        after=role,
    )


def disable(session: Session, actor: Actor, *, account_id: int, now: dt.datetime) -> None:
    """Close an account and all its sessions. The last administrator stays (Conflict)."""
    authorize(session, actor, "person.manage")
    account = account_of(session, account_id)
    _keep_an_administrator(session, account)
    account.disabled_at = now
    _revoke_sessions(session, account.id, now=now)
    record(session, actor, "person.disable", kind="account", object_id=account.id, now=now)


def enable(session: Session, actor: Actor, *, account_id: int, now: dt.datetime) -> None:
    """Open a closed account again."""
    authorize(session, actor, "person.manage")
    account = account_of(session, account_id)
    account.disabled_at = None
    record(session, actor, "person.enable", kind="account", object_id=account.id, now=now)


def visit(session: Session, actor: Actor, *, now: dt.datetime) -> dt.datetime | None:
    """Remember that this person saw Aujourd’hui; returns when they had seen it before."""
    account = account_of(session, actor.id)
    before, account.home_seen_at = account.home_seen_at, now
    return before


def _keep_an_administrator(session: Session, account: Account) -> None:
    administrators = session.scalars(
        select(Account.id)
        .where(Account.role == Role.ADMINISTRATOR, Account.disabled_at.is_(None))
        .with_for_update()  # two administrators demoting each other must not both succeed
    ).all()
    if administrators == [account.id]:
        raise Conflict("last_administrator")


def _revoke_sessions(session: Session, account_id: int, *, now: dt.datetime) -> None:
    session.execute(
        update(SignInSession)
        .where(SignInSession.account_id == account_id, SignInSession.revoked_at.is_(None))
        .values(revoked_at=now)
    )


def _role_now(session: Session, actor: Actor) -> Role:
    return actor.role if actor.id is None else account_of(session, actor.id).role


def _actor(account: Account) -> Actor:
    return Actor(account.id, account.name, account.role)


# -- access for machines -------------------------------------------------------------------------


def create_token(
    session: Session, actor: Actor, *, name: str, scope: str, days: int, now: dt.datetime
) -> str:
    """A token for a machine, shown this once. Raises Invalid on scope, name or duration."""
    authorize(session, actor, "token.manage")
    name = " ".join(name.split())
    if not 1 <= len(name) <= NAME_MAX:
        raise Invalid("name", "length", (1, NAME_MAX))
    if scope not in SCOPES:
        raise Invalid("scope", "unknown", SCOPES)
    if not 1 <= days <= TOKEN_DAYS_MAX:
        raise Invalid("days", "range", (1, TOKEN_DAYS_MAX))
    token = TOKEN_PREFIX + secrets.token_urlsafe(32)
    row = ApiToken(
        name=name,
        digest=_digest(token),
        scope=scope,
        owner_id=actor.id,
        created_at=now,
        expires_at=now + dt.timedelta(days=days),
    )
    session.add(row)
    session.flush()
    record(session, actor, "token.create", kind="token", object_id=row.id, now=now, scope=scope)
    return token


def tokens(session: Session) -> list[ApiToken]:
    """Every token ever made, newest first (digests only)."""
    return list(session.scalars(select(ApiToken).order_by(ApiToken.id.desc())))


def revoke_token(session: Session, actor: Actor, *, token_id: int, now: dt.datetime) -> None:
    """End a token at once."""
    authorize(session, actor, "token.manage")
    row = session.get(ApiToken, token_id)
    if row is None:
        raise Conflict("no_token", token_id)
    row.revoked_at = row.revoked_at or now
    record(session, actor, "token.revoke", kind="token", object_id=row.id, now=now)


def machine(session: Session, token: str, *, scope: str, now: dt.datetime) -> Actor | None:
    """The machine behind a Bearer token, by its name and its owner's rights; None when no good.

    Writes the last use. A token whose owner lost their account or the right is no good either.
    Raises Forbidden when it is valid for another scope.
    """
    if not token.startswith(TOKEN_PREFIX):
        return None
    row = session.scalar(
        select(ApiToken)
        .outerjoin(Account, Account.id == ApiToken.owner_id)
        .where(
            ApiToken.digest == _digest(token),
            ApiToken.revoked_at.is_(None),
            ApiToken.expires_at > now,
            or_(ApiToken.owner_id.is_(None), Account.disabled_at.is_(None)),
        )
    )
    if row is None:
        return None
    if row.scope != scope:
        raise Forbidden(scope)
    row.last_used_at = now
    if row.owner_id is None:
        return Actor(None, row.name, SYSTEM.role)
    owner = account_of(session, row.owner_id)
    return Actor(owner.id, row.name, owner.role)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
