"""The self-check: an installation safe to serve, and a ledger that adds up.

The same lines are printed by `check`, decide whether `serve` starts, and stand on the page Système.
A failure must not be served; a warning says what an administrator should look at. Nothing here
writes.
"""

import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from sqlalchemy.exc import SQLAlchemyError

from faq_cms import articles, db, french, migrate, people, votes
from faq_cms.errors import FaqError
from faq_cms.settings import Settings

ReadOption = Callable[[str], Any]
"""Streamlit's `get_option`, handed in so that this module runs without Streamlit."""

# What .streamlit/config.toml says for safety. A flag, another file or a wrong folder may undo it.
STREAMLIT_OPTIONS: Final[dict[str, object]] = {
    "browser.gatherUsageStats": False,
    "client.disableDataExport": True,
    "client.showErrorDetails": "none",
    "client.showErrorLinks": False,
    "client.toolbarMode": "viewer",
    "global.developmentMode": False,
    "server.baseUrlPath": "gestion",
    "server.corsAllowedOrigins": [],
    "server.enableAgentApi": False,
    "server.enableCORS": True,
    "server.enableStaticServing": False,
    "server.enableXsrfProtection": True,
    "server.unsafeMetricsUserAttributes": [],
}
STREAMLIT_CHOSEN: Final = ("server.allowedHosts", "server.cookieSecret")
"""Options given by the server itself, from its settings: any value, but one."""


class State(StrEnum):
    """How a check ended."""

    PASSED = "passed"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True)
class Line:
    """One check: a code for machines, how it ended, and what a person reads (French)."""

    code: str
    state: State
    text: str

    def __str__(self) -> str:
        return f"{_MARKS[self.state]} {self.text}"


_MARKS: Final = {State.PASSED: "✓", State.WARNING: "!", State.FAILED: "✗"}


def failures(lines: list[Line]) -> list[Line]:
    """The lines that forbid serving."""
    return [line for line in lines if line.state is State.FAILED]


def all_lines(settings: Settings, read_option: ReadOption) -> list[Line]:
    """Every check, the slow ones (whole file, whole ledger) included."""
    lines = [*before_serving(settings, read_option), *_integrity()]
    return lines if failures(lines) else [*lines, *_content()]


def before_serving(settings: Settings, read_option: ReadOption) -> list[Line]:
    """The checks that cost nothing: what `serve` asks at each start."""
    return [*_settings(settings), *_streamlit(read_option), *_engine(), *_schema()]


# -- settings ------------------------------------------------------------------------------------


def _settings(settings: Settings) -> Iterator[Line]:
    path = settings.var / "secret"
    if path.exists() and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield Line(
            "secret",
            State.WARNING,
            f"Le fichier {path} peut être lu par d’autres comptes\u00a0: chmod 600 {path}",
        )
    else:
        yield Line("secret", State.PASSED, "Secret de l’installation lisible d’elle seule")
    if not settings.https and not _is_loopback(settings):
        yield Line(
            "https",
            State.WARNING,
            "FAQ_PUBLIC_URL n’est pas en https\u00a0: mots de passe et sessions passent en clair "
            "sur le réseau",
        )


def _is_loopback(settings: Settings) -> bool:
    return settings.origin.split("://")[1].rsplit(":", 1)[0] in ("127.0.0.1", "localhost", "[::1]")


def _streamlit(read_option: ReadOption) -> Iterator[Line]:
    strays = [name for name, value in STREAMLIT_OPTIONS.items() if read_option(name) != value]
    strays += [name for name in STREAMLIT_CHOSEN if not read_option(name)]
    for name in strays:
        yield Line(
            "streamlit",
            State.FAILED,
            f"L’option Streamlit {name} n’a pas la valeur prévue par .streamlit/config.toml. "
            "Retirez l’option ou le fichier qui la change.",
        )
    if not strays:
        yield Line("streamlit", State.PASSED, "Options de Streamlit appliquées")


# -- database ------------------------------------------------------------------------------------


def _engine() -> Iterator[Line]:
    if not db.current().is_sqlite:
        yield Line("engine", State.PASSED, "Base de données PostgreSQL")
        return
    version = db.sqlite_version()
    name = f"SQLite {'.'.join(map(str, version))}"
    if db.sqlite_is_safe(version):
        yield Line("engine", State.PASSED, f"Base de données {name}")
    else:
        yield Line(
            "engine",
            State.WARNING,
            f"{name} contient un défaut rare qui peut abîmer le fichier\u00a0: installez pysqlite3 "
            "ou mettez Python à jour, et gardez des sauvegardes",
        )


def _schema() -> Iterator[Line]:
    try:
        present, known = migrate.current(db.current()), migrate.head()
    except (FaqError, SQLAlchemyError):
        yield Line(
            "database",
            State.FAILED,
            "La base de données ne répond pas ou ne peut pas être lue. Vérifiez FAQ_DATABASE_URL.",
        )
        return
    if present == known:
        yield Line("schema", State.PASSED, "Schéma de la base à jour")
    else:
        yield Line(
            "schema",
            State.FAILED,
            "Le schéma de la base n’est pas celui de ce programme. "
            "Lancez\u00a0: python -m faq_cms migrate",
        )


def _integrity() -> Iterator[Line]:
    try:
        faults = db.integrity_faults(db.current())
    except (FaqError, SQLAlchemyError) as error:
        faults = [type(error).__name__]
    if faults:
        yield Line(
            "integrity",
            State.FAILED,
            f"La base de données est abîmée ({faults[0]}). "
            "Restaurez une sauvegarde\u00a0: python -m faq_cms restore FICHIER",
        )
    else:
        yield Line("integrity", State.PASSED, "Intégrité de la base vérifiée")


# -- content -------------------------------------------------------------------------------------


def _content() -> Iterator[Line]:
    with db.reading() as session:
        is_balanced = votes.is_balanced(session)
        library = articles.library(session)
        masked = [a for a in articles.published(session) if shows_masked_address(a.answer)]
        has_account = bool(people.team(session))
    yield (
        Line("ledger", State.PASSED, "Les totaux correspondent aux votes")
        if is_balanced
        else Line("ledger", State.FAILED, "Les totaux ne correspondent pas aux votes enregistrés")
    )
    published = int((library["state"] == "published").sum())
    drafts = int(library["draft_revision"].notna().sum())
    yield Line(
        "articles",
        State.PASSED if published else State.WARNING,
        f"{french.count(published, 'article publié', 'articles publiés')}, "
        f"{french.count(drafts, 'brouillon')}",
    )
    if masked:
        count = french.count(len(masked), "article publié", "articles publiés")
        yield Line(
            "masked_addresses",
            State.WARNING,
            f"Des adresses masquées («\u202f[email protected]\u202f») restent dans {count}\u00a0: "
            + ", ".join(article.slug for article in masked[:5]),
        )
    yield Line(
        "accounts",
        State.PASSED if has_account else State.WARNING,
        "Un compte au moins existe"
        if has_account
        else "Aucun compte\u00a0: ouvrez le lien de premier accès affiché par serve",
    )


def shows_masked_address(answer: str) -> bool:
    """Whether an answer still shows an address hidden by the site it was copied from."""
    return "[email protected]" in answer.replace("\u00a0", " ")
