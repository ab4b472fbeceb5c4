"""A tab that had an article open is closed: its browser says so on its way out.

Under /gestion/, so that the gate has asked for a session, and that the request is ours.
"""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from faq_cms import db, gate, people, presence, settings
from faq_cms.public import pages


def routes() -> list[Route]:
    """The one address a browser leaves by."""
    address = f"{gate.GESTION}/{gate.PRESENCE}{{article_id:id}}"
    return [Route(address, pages.shown(left), methods=["POST"])]


def left(request: Request) -> Response:
    """Forget that this person has the article open; another tab of theirs says it again at its beat."""
    secret = gate.session_token(request.scope, settings.current())
    article_id = request.path_params["article_id"]
    with db.transaction() as session:
        actor = people.actor_of(session, secret, now=pages.now())
        if actor is not None:
            presence.leave(session, actor, article_id)
    return Response(status_code=204)
