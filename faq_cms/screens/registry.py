"""Which screens exist: address, words, place in the menu, who may, and when there is something to do.

Importable without Streamlit: the gate needs the addresses to answer a real 404 for all others.
To add a screen, add its file beside this one and its line below.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from faq_cms.models import Role

HOME: Final = ""  # whatever a person's home is, it is also found here


class Appears(StrEnum):
    """From when a screen is in the menu; its address answers all along."""

    ALWAYS = "always"
    ONCE_PUBLISHED = "once_published"
    ONCE_VOTED = "once_voted"
    ONCE_LISTED = "once_listed"
    ONCE_REMARKED = "once_remarked"
    ONCE_SEARCHED = "once_searched"
    ONCE_SET_ASIDE = "once_set_aside"
    NEVER = "never"  # reached from another screen


@dataclass(frozen=True)
class Screen:
    """One screen. `path` is its address under /gestion/; `action` the right it needs, if any."""

    file: str
    path: str
    title: str
    icon: str
    group: str = ""
    action: str | None = None
    appears: Appears = Appears.ALWAYS


CONTENT: Final = "Contenu"
READERS: Final = "Lecteurs"
STEERING: Final = "Pilotage"
DELIVERY: Final = "Diffusion"
SETTINGS: Final = "Réglages"

SCREENS: Final = (
    Screen("today.py", "aujourdhui", "Aujourd’hui", ":material/today:", action="article.write"),
    Screen(
        "notifications.py",
        "notifications",
        "Mes notifications",
        ":material/notifications:",
        appears=Appears.NEVER,
    ),
    Screen(
        "to_correct.py",
        "a-corriger",
        "À corriger",
        ":material/build:",
        CONTENT,
        action="correction.work",
        appears=Appears.ONCE_LISTED,
    ),
    Screen("articles.py", "articles", "Articles", ":material/article:", CONTENT),
    Screen(
        "article.py",
        "article",
        "Article",
        ":material/edit_document:",
        CONTENT,
        appears=Appears.NEVER,
    ),
    Screen(
        "replacing.py",
        "remplacer",
        "Remplacer partout",
        ":material/find_replace:",
        CONTENT,
        action="article.write",
        appears=Appears.ONCE_PUBLISHED,
    ),
    Screen(
        "importing.py",
        "importer",
        "Importer",
        ":material/upload_file:",
        CONTENT,
        action="article.import",
    ),
    Screen(
        "remarks.py",
        "remarques",
        "Remarques",
        ":material/forum:",
        READERS,
        appears=Appears.ONCE_REMARKED,
    ),
    Screen(
        "searches.py",
        "recherches",
        "Recherches",
        ":material/search:",
        READERS,
        appears=Appears.ONCE_SEARCHED,
    ),
    Screen(
        "set_aside.py",
        "mis-de-cote",
        "Votes mis de côté",
        ":material/inventory_2:",
        READERS,
        action="votes.release",
        appears=Appears.ONCE_SET_ASIDE,
    ),
    Screen(
        "dashboard.py",
        "tableau-de-bord",
        "Tableau de bord",
        ":material/space_dashboard:",
        STEERING,
        appears=Appears.ONCE_PUBLISHED,
    ),
    Screen(
        "usefulness.py",
        "utilite",
        "Utilité des articles",
        ":material/thumbs_up_down:",
        STEERING,
        appears=Appears.ONCE_VOTED,
    ),
    Screen(
        "reports.py",
        "rapports",
        "Rapports",
        ":material/summarize:",
        STEERING,
        appears=Appears.ONCE_PUBLISHED,
    ),
    Screen("channels.py", "canaux", "Canaux", ":material/cable:", DELIVERY, action="export"),
    Screen(
        "exporting.py", "exporter", "Exporter", ":material/download:", DELIVERY, action="export"
    ),
    Screen(
        "team.py", "equipe", "Équipe et accès", ":material/group:", SETTINGS, action="person.invite"
    ),
    Screen(
        "categories.py",
        "categories",
        "Catégories et synonymes",
        ":material/category:",
        SETTINGS,
        action="synonym.edit",
    ),
    Screen(
        "privacy.py",
        "confidentialite",
        "Confidentialité",
        ":material/shield_person:",
        SETTINGS,
        action="remark.erase",
    ),
    Screen("journal.py", "journal", "Journal", ":material/history:", SETTINGS, action="audit.read"),
    Screen(
        "system.py",
        "systeme",
        "Système",
        ":material/monitor_heart:",
        SETTINGS,
        action="system.read",
    ),
)


def home_of(role: Role) -> Screen:
    """Where a person arrives: on the work to do for who writes, on the figures for who steers."""
    file = "dashboard.py" if role in (Role.VIEWER, Role.MANAGER) else "today.py"
    return next(screen for screen in SCREENS if screen.file == file)


def named(file: str) -> Screen | None:
    """The screen held by this file; None when there is none."""
    return next((screen for screen in SCREENS if screen.file == file), None)


def paths() -> frozenset[str]:
    """The addresses of the screens under /gestion/, without slashes."""
    return frozenset(screen.path for screen in SCREENS)
