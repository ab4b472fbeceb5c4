"""A FAQ to start from: an installation without any article opens on published answers, not on nothing."""

import datetime as dt
import hashlib
from pathlib import Path

from faq_cms import articles, db, imports, people
from faq_cms.imports import apply

FOLDER = Path(__file__).resolve().parent.parent / "data"


def publish_once(folder: Path = FOLDER, *, now: dt.datetime) -> int:
    """Publish the documents of `folder` when the database has no article; returns how many articles.

    Readers see version 1 of each, by the installation itself. Later starts change nothing.
    """
    with db.reading() as session:
        if not articles.library(session).empty:
            return 0
    created = 0
    for path in sorted(folder.glob("*.txt")):
        data = path.read_bytes()
        document = imports.read(data, name=path.name)
        with db.transaction() as session:
            steps = apply.write(
                session,
                people.SYSTEM,
                document,
                name=path.name,
                digest=hashlib.sha256(data).hexdigest(),
                publish=True,
                now=now,
            )
        created += apply.count(steps, apply.State.CREATED)
    return created
