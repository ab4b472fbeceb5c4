"""`check`, `migrate`, `duties`, `backup`, `restore`."""

import datetime as dt
from argparse import Namespace
from pathlib import Path

from faq_cms import backup as backups
from faq_cms import checks, db, french, server, settings
from faq_cms import duties as clock
from faq_cms import migrate as schema
from faq_cms.cli import opening

# A backup's counts, in the words of the product.
_ROWS = {"article": "article", "version": "version", "vote": "vote", "remark": "remarque"}


def check(_given: Namespace) -> int:
    """Print one line a check; 1 when one of them forbids serving."""
    chosen = settings.use(settings.load())
    server.open_database(chosen)
    lines = checks.all_lines(chosen, server.streamlit_options(chosen))
    for line in lines:
        print(line)
    return 1 if checks.failures(lines) else 0


def migrate(_given: Namespace) -> int:
    """Bring the database to this program's schema."""
    server.open_database(settings.use(settings.load()))
    server.migrate_database()
    print(f"Schéma à jour (révision {schema.current(db.current())}).")
    return 0


def duties(_given: Namespace) -> int:
    """Do what the clock asks for now, whatever a running server has not done yet."""
    opening.installation()
    ran = clock.run_due(dt.datetime.now(dt.UTC))
    print(f"Fait\u00a0: {', '.join(ran)}." if ran else "Rien à faire pour le moment.")
    return 0


def backup(given: Namespace) -> int:
    """Write a verified backup; the server may be running."""
    opening.installation()
    written = backups.write(db.current(), Path(given.path))
    print(f"Sauvegarde vérifiée\u00a0: {written.path} ({_described(written)}).")
    return 0


def restore(given: Namespace) -> int:
    """Replace the database by a backup."""
    server.open_database(settings.use(settings.load()))
    restored, kept = backups.restore(db.current(), Path(given.path))
    print(f"Base restaurée depuis {restored.path} ({_described(restored)}).")
    if kept:
        print(f"L’ancienne base est gardée\u00a0: {kept}")
    return 0


def _described(made: backups.Backup) -> str:
    counts = [french.count(made.rows[name], word) for name, word in _ROWS.items() if made.rows]
    return ", ".join([*counts, french.size(made.octets)])
