"""Sign in, join by a one-time link, sign out: ordinary pages in front of the application.

A password is verified outside any transaction, after its attempt was counted; an unknown name gets
the same answer in the same time. Opening a link uses nothing (mail scanners open links): its button
does. A new sign-in is a new session, and ends the one the browser held.
"""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from faq_cms import caps, db, french, gate, people, rendering, settings
from faq_cms.errors import Conflict, FaqError, Invalid, SignInRefused, Unavailable
from faq_cms.models import LinkPurpose, Role
from faq_cms.people import Actor
from faq_cms.public import pages


def door(request: Request) -> Response:
    """The sign-in form; who is signed in already goes through."""
    target = gate.safe_next(request.query_params.get("suite"))
    if _actor(request) is not None:
        return pages.go(target)
    return _form(request, target)


def enter(request: Request, form: dict[str, str]) -> Response:
    """Sign in, and go where the person was going."""
    now, target = pages.now(), gate.safe_next(form["suite"])
    network = caps.prefix(gate.client_address(request.scope, settings.current().trusted_proxies))
    try:
        name = rendering.clean(form["name"], field="name")
        with db.transaction() as session:
            digest = people.begin_attempt(session, name=name, network=network, now=now)
        if not people.verify_password(form["password"], digest):
            raise SignInRefused
        with db.transaction() as session:
            secret = people.sign_in(session, name=name, now=now)
    except FaqError as error:
        return pages.with_wait(_form(request, target, name=form["name"], refusal=error), error)
    return _signed_in(request, secret, target)


def invitation(request: Request) -> Response:
    """What a one-time link offers. Looking does not use it."""
    return _link_form(request, _pending(request))


def join(request: Request, form: dict[str, str]) -> Response:
    """Use a one-time link: choose a password (and a name), and come in."""
    now, token = pages.now(), request.path_params["token"]
    pending = _pending(request)
    try:
        name = rendering.clean(pending.name or form["name"], field="name")
        digest = people.hash_password(form["password"], name=name)
        with db.transaction() as session:
            secret = people.use_link(session, token, name=name, password_digest=digest, now=now)
    except (Invalid, Unavailable) as error:
        return _link_form(request, pending, name=form["name"], refusal=error)
    except Conflict as error:
        raise _DeadLink("link_used") from error
    return _signed_in(request, secret, f"{gate.GESTION}/")


def exit_door(request: Request) -> Response:
    """A button to sign out, or the word that it is done."""
    return pages.page(request, "sign_out.html", actor=_actor(request))


def leave(request: Request, form: dict[str, str]) -> Response:
    """End the session on the server, then in the browser."""
    del form  # only its good form mattered
    _end(request)
    response = pages.go("/deconnexion")
    response.delete_cookie(
        gate.cookie_name(settings.current()),
        path="/",
        secure=settings.current().https,
        httponly=True,
        samesite="lax",
    )
    return response


class _DeadLink(Conflict):
    """The link was used, or is too old, or never was: gone for good, whoever asks."""

    status = 410


@dataclass(frozen=True)
class _Pending:
    """An unused link: why it was made, and the name of the account it gives back (or "")."""

    purpose: LinkPurpose
    role: Role
    name: str


def _pending(request: Request) -> _Pending:
    """The link this address holds. Raises _DeadLink."""
    with db.reading() as session:
        link = people.pending_link(session, request.path_params["token"], now=pages.now())
        if link is None:
            raise _DeadLink("link_used")
        recovered = link.purpose is LinkPurpose.RECOVERY
        name = people.account_of(session, link.account_id).name if recovered else ""
        return _Pending(link.purpose, link.role, name)


def _actor(request: Request) -> Actor | None:
    token = gate.session_token(request.scope, settings.current())
    with db.reading() as session:
        return people.actor_of(session, token, now=pages.now())


def _form(
    request: Request, target: str, *, name: str = "", refusal: FaqError | None = None
) -> Response:
    return pages.page(
        request,
        "sign_in.html",
        status=refusal.status if refusal else 200,
        target=target,
        name=name,
        refusal=french.sentence(refusal) if refusal else "",
    )


def _link_form(
    request: Request, pending: _Pending, *, name: str = "", refusal: FaqError | None = None
) -> Response:
    return pages.page(
        request,
        "join.html",
        status=refusal.status if refusal else 200,
        pending=pending,
        name=name,
        lengths=(people.PASSWORD_MIN, people.PASSWORD_MAX, people.NAME_MAX),
        at_fault=refusal.field if isinstance(refusal, Invalid) else "",
        refusal=french.sentence(refusal) if refusal else "",
    )


def _signed_in(request: Request, secret: str, target: str) -> Response:
    """Give the browser its new session; the one it held before ends."""
    _end(request)
    response = pages.go(target)
    response.set_cookie(
        gate.cookie_name(settings.current()),
        secret,
        path="/",
        secure=settings.current().https,
        httponly=True,
        samesite="lax",
    )
    return response


def _end(request: Request) -> None:
    if token := gate.session_token(request.scope, settings.current()):
        with db.transaction() as session:
            people.sign_out(session, token, now=pages.now())
