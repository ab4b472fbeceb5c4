"""`serve` and `demo`."""

import datetime as dt
import runpy
from argparse import Namespace

from faq_cms import db, people, server, settings
from faq_cms.settings import Settings


def serve(given: Namespace) -> int:
    """Serve this installation until asked to stop."""
    chosen = server.prepare(settings.load(host=given.host, port=given.port))
    _run(chosen)
    return 0


def _run(chosen: Settings) -> None:
    application = runpy.run_path(str(server.ROOT / "app.py"))["app"]
    server.serve(application, chosen, greet=lambda: _greet(chosen))


def _greet(chosen: Settings) -> None:
    """Say where to go; to an installation without account, give the way in."""
    with db.transaction() as session:
        token = people.first_link(session, now=dt.datetime.now(dt.UTC))
    url = f"{chosen.public_url}/" if token is None else server.link_address(chosen, token)
    if token is None:
        print(f"La FAQ est servie sur {url} (arrêt\u00a0: Ctrl+C)", flush=True)
    else:
        print(f"Premier accès, à ouvrir une fois\u00a0: {url}", flush=True)
    server.open_browser(url)
