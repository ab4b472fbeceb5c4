"""How long importing twenty thousand articles takes, beside plain json and csv loads of the same content.

The comparison is what anybody would write first: `json.loads` and `csv.reader` of the document, its
HTML unread, and the same rows put by one `executemany` into a bare table. An import reads the HTML,
compares with what is there, writes addresses, versions, measuring periods and the search index.
"""

import csv
import datetime as dt
import io
import json
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from sqlalchemy import text

from benchmarks import corpus, harness
from benchmarks.harness import Line
from faq_cms import db, migrate, people, settings
from faq_cms.imports import Source, apply, gathering, undo
from faq_cms.imports.apply import Outcome
from faq_cms.imports.gathering import File
from faq_cms.settings import SECRET_BYTES, Settings

T = TypeVar("T")

NOW: Final = dt.datetime(2026, 3, 31, tzinfo=dt.UTC)


def measure(folder: Path) -> list[Line]:
    """Seconds of each step, once: a round takes minutes."""
    settings.use(Settings(secret="s" * SECRET_BYTES))
    as_json, as_csv = _documents()
    taken: dict[str, float] = {}

    def timed(name: str, work: Callable[[], T]) -> T:
        began = time.perf_counter()
        done = work()
        taken[name] = time.perf_counter() - began
        harness.say(f"{name} {taken[name]:.1f} s")
        return done

    rows = timed("plain json load", lambda: json.loads(as_json))["articles"]
    timed("plain csv load", lambda: list(csv.reader(io.StringIO(as_csv.decode()))))
    sources = timed("read json", lambda: gathering.read([File("help-centre.json", as_json)]))
    timed("read csv", lambda: gathering.read([File("faq.csv", as_csv)]))
    for publish in (False, True):
        how = "published" if publish else "drafts"
        database = db.use(db.Database(f"sqlite:///{folder / f'imports-{how}.db'}"))
        migrate.upgrade(database)
        if not publish:
            timed("plain inserts", lambda: _plain_inserts(rows))
        done = timed(f"write {how}", partial(_write, sources, publish=publish))
        timed(f"again {how}", partial(_write, sources, publish=publish))
        timed(f"undo {how}", partial(_undo, done))
        database.dispose()
    count = f"{corpus.ARTICLES:,} articles"
    return [
        *(
            harness.line(f"imports, {name}, {count}", "s", [seconds])
            for name, seconds in taken.items()
        ),
        harness.line(
            "imports, read and write drafts / plain json load and inserts",
            "×",
            [
                (taken["read json"] + taken["write drafts"])
                / (taken["plain json load"] + taken["plain inserts"])
            ],
        ),
    ]


def _documents() -> tuple[bytes, bytes]:
    """The library of the other sections as a help desk exports it, and as a table."""
    language = corpus.Language()
    articles, sheet = [], io.StringIO(newline="")
    table = csv.writer(sheet)
    table.writerow(["question", "réponse", "catégorie"])
    for number in range(1, corpus.ARTICLES + 1):
        entry = language.entry()
        section = number * corpus.CATEGORIES // (corpus.ARTICLES + 1)
        body = f"<p><b>En bref.</b> {entry.answer}</p><ul><li>d’abord</li><li>ensuite</li></ul>"
        articles.append(
            {
                "id": number,
                "title": entry.question,
                "body": body,
                "section_id": section,
                "label_names": ["facture"],
                "created_at": "2025-01-01T00:00:00Z",
            }
        )
        table.writerow([entry.question, f"**En bref.** {entry.answer}", f"Thème {section}"])
    sections = [{"id": each, "name": f"Thème {each}"} for each in range(corpus.CATEGORIES)]
    document = {"articles": articles, "sections": sections}
    return json.dumps(document, ensure_ascii=False).encode(), sheet.getvalue().encode()


def _plain_inserts(rows: list[dict[str, object]]) -> None:
    with db.transaction() as session:
        session.execute(text("CREATE TABLE plain (id INTEGER PRIMARY KEY, title TEXT, body TEXT)"))
        session.execute(text("INSERT INTO plain VALUES (:id, :title, :body)"), rows)
        session.execute(text("DROP TABLE plain"))


def _write(sources: list[Source], *, publish: bool) -> Outcome:
    with db.transaction() as session:
        return apply.write_all(session, people.SYSTEM, sources, publish=publish, now=NOW)


def _undo(done: Outcome) -> None:
    if done.batch_id is not None:
        with db.transaction() as session:
            undo.undo(session, people.SYSTEM, done.batch_id, now=NOW)
