"""The file of a channel, for the people who may export.

An ordinary address rather than Streamlit's media, which are served to anybody who has their address.
Under /gestion/: the gate asks for a session and lets nobody keep the answer; the right to export is
asked here, again, in the database.
"""

from collections.abc import Mapping
from typing import Any, Final

import pandas as pd
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from faq_cms import analytics, articles, db, deliveries, exports, gate, people, settings
from faq_cms.articles import PublishedArticle
from faq_cms.deliveries import Target
from faq_cms.errors import NotFound, SignInRequired
from faq_cms.helpfulness import Verdict
from faq_cms.models import Way
from faq_cms.public import pages
from faq_cms.votes import civil_day

SELECTION: Final = ("categorie", "sans")


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
        chosen = selected(session, request.query_params, base_url=here.public_url)
    content = channel.write(chosen, exports.Site(here.site_name, here.public_url))
    asked = {name: value for name, value in request.query_params.items() if name in SELECTION}
    deliveries.note(Target(channel.name, Way.DOWNLOAD, actor.name, asked), chosen, now=now)
    name = f"faq-{channel.name}-{civil_day(now)}{channel.extension}"
    return Response(
        content,
        media_type=channel.media_type,
        headers={
            "content-disposition": f'attachment; filename="{name}"',
            "cache-control": "no-store",
        },
    )


def selected(
    session: Session, asked: Mapping[str, Any], *, base_url: str = ""
) -> list[PublishedArticle]:
    """What is published, narrowed as the address of a download says (`SELECTION`)."""
    category = asked.get("categorie") or None
    found = articles.published(session, base_url=base_url, category=category)
    below = _below(analytics.usefulness(session)) if "sans" in asked else frozenset()
    return [each for each in found if each.id not in below]


def _below(figures: pd.DataFrame) -> frozenset[int]:
    """The articles whose votes prove that they are under their objective; too few votes prove nothing."""
    return frozenset(int(i) for i in figures.loc[figures["verdict"] == Verdict.BELOW, "article_id"])
