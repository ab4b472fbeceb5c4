"""`check`, `migrate`, `duties`, `backup`, `restore`."""

import datetime as dt
from argparse import Namespace

from faq_cms import checks, duties as clock, logs, migrate as schema, server, settings
from faq_cms import db


def migrate(_given: Namespace) -> int:
    """Bring the database to this program's schema."""
    server.open_database(settings.use(settings.load()))
    server.migrate_database()
    print(f"Schéma à jour (révision {schema.current(db.current())}).")
    return 0
