"""`export archive` and `import` of one: the whole installation, out and in."""

import json
from argparse import Namespace
from pathlib import Path
from typing import Final

from faq_cms import archive, db, files, french, people
from faq_cms.archive import Contents
from faq_cms.cli import opening
from faq_cms.errors import ArchiveRefused

NAME: Final = "archive"
LABEL: Final = "Archive complète (articles, versions, votes, comptes sans mot de passe)"
_PRIVATE: Final = 0o600  # readers' remarks are in it
_ROWS: Final = {"article": "article", "version": "version", "vote": "vote", "account": "compte"}


def take_out(path: Path) -> int:
    """Write the archive of this installation; the server may be running."""
    opening.installation()
    with files.replacing(path, mode=_PRIVATE) as unfinished:
        with db.reading() as session:
            written = archive.write(session, unfinished)
        octets = unfinished.stat().st_size
    print(f"{path}\u00a0: {_described(written)}, {french.size(octets)}.")
    return 0


def bring_in(path: Path, given: Namespace) -> int:
    """Bring an empty installation to the state of an archive."""
    if len(given.paths) > 1 or given.category:
        raise ArchiveRefused("in_company", str(path))
    opening.installation()
    if given.dry_run:
        found = archive.verify(path)
    else:
        with db.transaction() as session:
            found = archive.restore(session, people.SYSTEM, path)
    if given.json:
        print(json.dumps({"archive": found.rows}, indent=2))
        return 0
    lead = "Rien n’est écrit (--dry-run). " if given.dry_run else ""
    print(f"{lead}{path}\u00a0: {_described(found)}.")
    if found.rows.get("account") and not given.dry_run:
        print(
            "Les mots de passe ne voyagent pas. Donnez à chacun un nouvel accès\u00a0: "
            "python -m faq_cms user link NOM"
        )
    return 0


def _described(contents: Contents) -> str:
    return ", ".join(french.count(contents.rows.get(n, 0), word) for n, word in _ROWS.items())
