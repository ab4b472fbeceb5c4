"""The file of a channel, for the people who may export.

An ordinary address rather than Streamlit's media, which are served to anybody who has their address.
Under /gestion/: the gate asks for a session and lets nobody keep the answer; the right to export is
asked here, again, in the database.
"""

import pandas as pd
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from faq_cms import analytics, articles, db, exports, gate, people, settings
from faq_cms.errors import NotFound, SignInRequired
from faq_cms.helpfulness import Verdict
from faq_cms.public import pages
from faq_cms.votes import civil_day


def routes() -> list[Route]:
    """The one address of the downloads."""
    return [Route(f"{gate.GESTION}/{gate.DOWNLOADS}{{channel}}", pages.shown(download))]


def download(request: Request) -> Response:
    """A channel's file. `categorie` (an address) and `sans=sous-objectif` choose the articles."""
    here, now = settings.current(), pages.now()
    channel = exports.CHANNELS.get(request.path_params["channel"])
    if channel is None:
        raise NotFound("page", request.path_params["channel"])
    with db.reading() as session:
        actor = people.actor_of(session, gate.session_token(request.scope, here), now=now)
        if actor is None:
            raise SignInRequired
        people.authorize(session, actor, "export")
        category = request.query_params.get("categorie") or None
        chosen = articles.published(session, base_url=here.public_url, category=category)
        below = _below(analytics.usefulness(session)) if "sans" in request.query_params else ()
    content = channel.write(
        [each for each in chosen if each.id not in below],
        exports.Site(here.site_name, here.public_url),
    )
    name = f"faq-{channel.name}-{civil_day(now)}{channel.extension}"
    return Response(
        content,
        media_type=channel.media_type,
        headers={
            "content-disposition": f'attachment; filename="{name}"',
            "cache-control": "no-store",
        },
    )


def _below(figures: pd.DataFrame) -> frozenset[int]:
    """The articles whose votes prove that they are under their objective; too few votes prove nothing."""
    return frozenset(int(i) for i in figures.loc[figures["verdict"] == Verdict.BELOW, "article_id"])
