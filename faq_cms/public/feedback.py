"""The two posts under an article: Oui or Non, then a reason and a remark.

Post, redirect, get: the page that thanks is an ordinary GET whose address carries a signed, short
state, so that reloading it votes for nobody and thanks work without JavaScript or cookies. The page
shows what the ledger holds, not what the address says. The script of the page posts here too and
takes the same places from the page it is led to.
"""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from faq_cms import articles, db, gate, settings
from faq_cms.errors import FaqError, Invalid, NotFound, PersonalData
from faq_cms.models import Reason
from faq_cms.public import ballot, centre, pages, said
from faq_cms.public.ballot import Care

VERDICTS: Final = {"oui": True, "non": False}
SOURCE: Final = "aide"
CHOICES: Final = {"masquer": Care.MASK, "envoyer": Care.KEEP}


def vote(request: Request, form: dict[str, str]) -> Response:
    """Count a Oui or a Non, set the visitor's cookie at the first, and lead back to the article."""
    now = pages.now()
    if form["helpful"] not in VERDICTS:
        raise Invalid("helpful", "unknown")
    cast = ballot.cast(
        slug=pages.slug(request),
        helpful=VERDICTS[form["helpful"]],
        number=_number(form["version"]),
        token=form["token"] or None,
        cookie=request.cookies.get(ballot.COOKIE),
        network=gate.client_address(request.scope, settings.current().trusted_proxies),
        source=SOURCE,
        now=now,
    )
    response = _back(cast.slug, cast.vote_id)
    if cast.cookie_value:
        response.set_cookie(
            ballot.COOKIE,
            cast.cookie_value,
            max_age=ballot.COOKIE_DAYS * 24 * 3600,
            path="/",
            secure=settings.current().https,
            httponly=True,
            samesite="lax",
        )
    return response


def remark(request: Request, form: dict[str, str]) -> Response:
    """Keep a reason, a remark or both; a refused remark comes back with its words.

    A remark that seems to name a person is kept once its author has chosen: masked, or as it is.
    """
    try:
        if not form["reason"] and not form["text"].strip():
            raise Invalid("text", "empty")
        reply = ballot.remark(
            token=form["token"],
            reason=_reason(form["reason"]),
            text=form["text"],
            contact=form["contact"],
            care=CHOICES.get(form["donnees"], Care.ASK),
            network=gate.client_address(request.scope, settings.current().trusted_proxies),
            now=pages.now(),
        )
    except NotFound:
        raise
    except FaqError as error:
        return _again(request, form, error)
    return _back(reply.slug, reply.vote_id, reply.remark.reference if reply.remark else "")


def back(request: Request) -> Response:
    """These addresses only receive: who opens one is led to its article."""
    return pages.go(f"/aide/{pages.slug(request)}")


def _back(slug: str, vote_id: int, reference: str = "") -> Response:
    return pages.go(f"/aide/{slug}?avis={said.sign(vote_id, reference)}#avis")


def _again(request: Request, form: dict[str, str], error: FaqError) -> Response:
    """The article once more, with the refusal beside the remark and the reader's words in place."""
    with db.reading() as session:
        found = articles.live(session, pages.slug(request))
        vote_id = ballot.vote_of(form["token"])
        spoken = None if vote_id is None else said.of(session, vote_id, found.id)
    if spoken is None:
        raise error
    page = centre.article_page(
        request,
        found,
        [],
        spoken,
        status=error.status,
        refusal=pages.sentence(error, writing=True),
        text=form["text"],
        contact=form["contact"],
        held=isinstance(error, PersonalData),
    )
    return pages.with_wait(page, error)


def _number(text: str) -> int | None:
    if not text:
        return None
    if not text.isascii() or not text.isdecimal() or len(text) > 10:
        raise NotFound("version", text)
    return int(text)


def _reason(text: str) -> Reason | None:
    if not text:
        return None
    try:
        return Reason(text)
    except ValueError as error:
        raise Invalid("reason", "unknown") from error
