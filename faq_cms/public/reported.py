"""A report outside the application: on paper for who is signed in, a way out for who receives it.

The page and the PDF are made from the figures frozen in the report. Leaving needs no sign-in, only
the link of a mail; opening the link changes nothing (mail scanners open links), its button does,
and so does the one-click POST of mail programs (RFC 8058).
"""

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from faq_cms import db, gate, people, reports, settings
from faq_cms.errors import NotFound, SignInRequired
from faq_cms.models import Report
from faq_cms.public import pages
from faq_cms.reports import documents

_PAPER = f"{gate.GESTION}/{gate.DOWNLOADS}rapport/"


def routes() -> list[Route]:
    """The addresses of reports; before those of the downloads, whose folder they share."""
    way_out = f"{reports.UNSUBSCRIBE}{{key}}"
    return [
        Route(f"{_PAPER}{{number:int}}.pdf", pages.shown(pdf)),
        Route(f"{_PAPER}{{number:int}}", pages.shown(page)),
        Route(way_out, pages.shown(offer), methods=["GET"]),
        Route(way_out, pages.shown(leave), methods=["POST"]),
    ]


def page_url(report_id: int) -> str:
    """Where a report is a page for the printer."""
    return f"{_PAPER}{report_id}"


def pdf_url(report_id: int) -> str:
    """Where a report is a PDF."""
    return f"{_PAPER}{report_id}.pdf"


def page(request: Request) -> Response:
    """The report as one page, to be read or printed."""
    return HTMLResponse(documents.html(documents.paper(_report(request))))


def pdf(request: Request) -> Response:
    """The report as PDF."""
    report = _report(request)
    name = f"rapport-{report.first_day}-{report.last_day}.pdf"
    return Response(
        documents.pdf(documents.paper(report), report),
        media_type="application/pdf",
        headers={"content-disposition": f'attachment; filename="{name}"'},
    )


def offer(request: Request) -> Response:
    """What the link of a mail offers; or the word that it is done. Looking changes nothing."""
    with db.reading() as session:
        found = reports.subscription(session, _key(request))
    return pages.page(request, "unsubscribe.html", subscription=found)


def leave(request: Request) -> Response:
    """Send nothing more to this recipient. The body is not read: the address says it all."""
    with db.transaction() as session:
        reports.unsubscribe(session, _key(request), now=pages.now())
    return pages.page(request, "unsubscribe.html", subscription=None)


def _report(request: Request) -> Report:
    token = gate.session_token(request.scope, settings.current())
    with db.reading() as session:
        actor = people.actor_of(session, token, now=pages.now())
        if actor is None:
            raise SignInRequired
        people.authorize(session, actor, "figures.read")
        return reports.report(session, request.path_params["number"])


def _key(request: Request) -> str:
    key: str = request.path_params["key"]
    if not key.isascii() or "\0" in key:
        raise NotFound("page", key)
    return key
