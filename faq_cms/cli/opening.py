"""What a command needs before it touches anything: settings, the database, its schema."""

from faq_cms import logs, server, settings
from faq_cms.settings import Settings


def installation() -> Settings:
    """Put this installation's settings and database in use, migrated. Raises BadSetting, Conflict."""
    chosen = settings.use(settings.load())
    logs.configure("error")  # a command says what it did; faults still go to standard error
    server.open_database(chosen)
    server.migrate_database()
    return chosen
