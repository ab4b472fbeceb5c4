"""A report on paper, for who is signed in: made from the figures frozen in it."""

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from faq_cms import db, gate, people, reports, settings
from faq_cms.errors import SignInRequired
from faq_cms.models import Report
from faq_cms.public import pages
from faq_cms.reports import documents

_PAPER = f"{gate.GESTION}/{gate.DOWNLOADS}rapport/"


def routes() -> list[Route]:
    """The addresses of reports; before those of the downloads, whose folder they share."""
    return [
        Route(f"{_PAPER}{{number:id}}.pdf", pages.shown(pdf)),
        Route(f"{_PAPER}{{number:id}}", pages.shown(page)),
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


def _report(request: Request) -> Report:
    token = gate.session_token(request.scope, settings.current())
    with db.reading() as session:
        actor = people.actor_of(session, token, now=pages.now())
        if actor is None:
            raise SignInRequired
        people.authorize(session, actor, "figures.read")
        return reports.report(session, request.path_params["number"])
