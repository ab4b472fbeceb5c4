"""The file of a channel, for the people who may export; the archive, for those who run the system.

An ordinary address rather than Streamlit's media, which are served to anybody who has their address.
Under /gestion/: the gate asks for a session and lets nobody keep the answer; the right to export is
asked here, again, in the database.
"""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from sqlalchemy.orm import Session
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from faq_cms import archive, db, deliveries, exports, gate, people, settings
from faq_cms.articles import PublishedArticle
from faq_cms.deliveries import Target
from faq_cms.errors import Invalid, NotFound, SignInRequired
from faq_cms.exports import selection
from faq_cms.models import Way
from faq_cms.public import pages
from faq_cms.votes import civil_day

ARCHIVE: Final = "archive"  # beside the channels, and none of them


def routes() -> list[Route]:
    """The addresses of the downloads."""
    here = f"{gate.GESTION}/{gate.DOWNLOADS}"
    return [
        Route(f"{here}{ARCHIVE}", pages.shown(whole)),
        Route(f"{here}{{channel}}", pages.shown(download)),
    ]


def download(request: Request) -> Response:
    """A channel's file; the parameters of `selection.ADDRESS` choose the articles and their spelling."""
    here, now = settings.current(), pages.now()
    channel = exports.CHANNELS.get(request.path_params["channel"])
    if channel is None:
        raise NotFound("page", request.path_params["channel"])
    with db.reading() as session:
        actor = people.actor_of(session, gate.session_token(request.scope, here), now=now)
        if actor is None:
            raise SignInRequired
        people.authorize(session, actor, "export")
        wanted = selection.asked(request.query_params)
        chosen = selection.chosen(session, wanted, base_url=here.public_url)
    content = channel.write(
        selection.spelled(chosen, wanted), exports.Site(here.site_name, here.public_url)
    )
    to = Target(channel.name, Way.DOWNLOAD, actor.name, wanted.narrowed())
    deliveries.note(to, chosen, withdrawn=() if wanted.since else None, now=now)
    name = f"faq-{channel.name}-{civil_day(now)}{channel.extension}"
    return Response(
        content,
        media_type=channel.media_type,
        headers={
            "content-disposition": f'attachment; filename="{name}"',
            "cache-control": "no-store",
        },
    )


def whole(request: Request) -> Response:
    """The archive of this installation, as the command line writes it."""
    here, now = settings.current(), pages.now()
    with db.transaction() as session:
        actor = people.actor_of(session, gate.session_token(request.scope, here), now=now)
        if actor is None:
            raise SignInRequired
        archive.asked(session, actor, now=now)
    # Beside the database, where there is room for it; gone once it has left.
    folder = tempfile.TemporaryDirectory(prefix=".archive-", dir=here.var)
    path = Path(folder.name) / "archive.zip"
    with db.reading() as session:
        archive.write(session, path)
    return FileResponse(
        path,
        media_type="application/zip",
        filename=f"faq-archive-{civil_day(now)}.zip",
        headers={"cache-control": "no-store"},
        background=BackgroundTask(folder.cleanup),
    )


def selected(
    session: Session, asked: Mapping[str, Any], *, base_url: str = ""
) -> list[PublishedArticle]:
    """What is published, narrowed as a delivery said; nothing when its category is gone."""
    try:
        return selection.chosen(session, selection.asked(asked), base_url=base_url)
    except (Invalid, NotFound):
        return []
