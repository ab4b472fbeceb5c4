"""`serve` and `demo`."""

import datetime as dt
import runpy
from argparse import Namespace

from faq_cms import db, demonstration, french, people, server, settings
from faq_cms.settings import Settings


def serve(given: Namespace) -> int:
    """Serve this installation until asked to stop."""
    chosen = server.prepare(settings.load(host=given.host, port=given.port))
    _run(chosen)
    return 0


def demo(given: Namespace) -> int:
    """Fill a database of its own with a made-up past, then serve it, marked as such on every page."""
    now = dt.datetime.now(dt.UTC)
    chosen = settings.use(demonstration.settings_of(settings.load(port=given.port)))
    server.open_database(chosen)
    server.migrate_database()
    if told := demonstration.fill(now=now):
        print(f"Données de démonstration\u00a0: {french.count(told, 'vote')} inventés sur 4 mois.")
    print(f"Base à part\u00a0: {chosen.var / 'demo.db'} (à effacer pour recommencer).", flush=True)
    if not given.fill_only:
        _run(server.prepare(chosen))
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
