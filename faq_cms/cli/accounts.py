"""`user …` and `token …`: who may sign in, which machines may ask."""

import datetime as dt
from argparse import Namespace

from faq_cms import db, french, people, server
from faq_cms.cli import opening
from faq_cms.models import Role
from faq_cms.people import SYSTEM
from faq_cms.settings import Settings


def list_people(_given: Namespace) -> int:
    """Print every account."""
    opening.installation()
    with db.reading() as session:
        for account in people.team(session):
            state = " (fermé)" if account.disabled_at else ""
            print(f"{account.name} — {french.label(account.role)}{state}")
    return 0


def invite(given: Namespace) -> int:
    """Print a link by which one person joins."""
    chosen, now = opening.installation(), _now()
    with db.transaction() as session:
        token = people.invite(session, SYSTEM, role=Role(given.role), now=now)
    print(f"Lien d’invitation, à ouvrir une fois sous 7 jours\u00a0: {_link(chosen, token)}")
    return 0


def link(given: Namespace) -> int:
    """Print a link by which this person chooses a new password."""
    chosen, now = opening.installation(), _now()
    with db.transaction() as session:
        account = people.account_named(session, given.name)
        token = people.recovery_link(session, SYSTEM, account_id=account.id, now=now)
    print(f"Lien de nouvel accès, à ouvrir une fois sous 30 minutes\u00a0: {_link(chosen, token)}")
    return 0


def change_role(given: Namespace) -> int:
    """Give a person another role."""
    opening.installation()
    role = Role(given.role)
    with db.transaction() as session:
        account = people.account_named(session, given.name)
        people.change_role(session, SYSTEM, account_id=account.id, role=role, now=_now())
    print(f"{account.name}\u00a0: {french.label(role)}.")
    return 0


def disable(given: Namespace) -> int:
    """Close an account and its sessions."""
    opening.installation()
    with db.transaction() as session:
        account = people.account_named(session, given.name)
        people.disable(session, SYSTEM, account_id=account.id, now=_now())
    print(f"Compte fermé\u00a0: {account.name}.")
    return 0


def enable(given: Namespace) -> int:
    """Open a closed account again."""
    opening.installation()
    with db.transaction() as session:
        account = people.account_named(session, given.name)
        people.enable(session, SYSTEM, account_id=account.id, now=_now())
    print(f"Compte rouvert\u00a0: {account.name}.")
    return 0


def create_token(given: Namespace) -> int:
    """Print a new token, this once."""
    opening.installation()
    with db.transaction() as session:
        token = people.create_token(
            session, SYSTEM, name=given.name, scope=given.scope, days=given.days, now=_now()
        )
    print(f"Accès machine, affiché cette seule fois\u00a0: {token}")
    return 0


def list_tokens(_given: Namespace) -> int:
    """Print every token's number, name, right and state; never the token."""
    opening.installation()
    now = _now()
    with db.reading() as session:
        for token in people.tokens(session):
            state = f"jusqu’au {french.date(token.expires_at)}"
            if token.revoked_at:
                state = "retiré"
            elif token.expires_at <= now:
                state = "expiré"
            print(f"{token.id}  {token.name} — {token.scope} — {state}")
    return 0


def revoke_token(given: Namespace) -> int:
    """End a token at once."""
    opening.installation()
    with db.transaction() as session:
        people.revoke_token(session, SYSTEM, token_id=given.id, now=_now())
    print(f"Accès machine {given.id} retiré.")
    return 0


def _link(chosen: Settings, token: str) -> str:
    return server.link_address(chosen, token)


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
