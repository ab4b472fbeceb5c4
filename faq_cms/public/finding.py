"""What answers the words typed in « Trouver », for the team: drafts and withdrawn articles included.

An address rather than a run of the screen: an answer at each keystroke leaves what is being written
beside alone. Under /gestion/, so that the gate has asked for a session.
"""

from typing import Any, Final

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from faq_cms import db, gate, search
from faq_cms.public import pages

HITS: Final = 8


def routes() -> list[Route]:
    """The one address of « Trouver »."""
    return [Route(f"{gate.GESTION}/{gate.FIND}articles", pages.shown(found), methods=["GET"])]


def found(request: Request) -> Response:
    """`{"items": [{"id", "question", "snippet", "aside"}]}`, best first; texts as [text, is_match]."""
    query = request.query_params.get("q", "")[: search.QUERY_MAX]
    with db.reading() as session:
        items = answers(session, query)
    return JSONResponse({"items": items}, headers={"cache-control": "no-store"})


def answers(session: Session, query: str) -> list[dict[str, Any]]:
    """What is published, best first, then what readers cannot see; neighbours only without either."""
    hits = search.find(session, query, limit=HITS)
    hidden = search.unpublished(session, query)
    exact = [hit for hit in hits if not hit.nearest]
    return [
        *(
            {
                "id": hit.article.id,
                "question": hit.question,
                "snippet": hit.snippet,
                "aside": hit.article.category or "",
            }
            for hit in exact or ([] if hidden else hits)
        ),
        *(
            {
                "id": each.article_id,
                "question": each.question,
                "snippet": [],
                "aside": "Retiré" if each.is_withdrawn else "Jamais publié",
            }
            for each in hidden
        ),
    ]
