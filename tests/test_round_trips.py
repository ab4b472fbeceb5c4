"""Out of one installation, into an empty one, and out again: the same bytes."""

import datetime as dt
import hashlib
import shutil
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest

from faq_cms import articles, db, errors, formulas, imports, people, settings
from faq_cms.articles import PublishedArticle
from faq_cms.exports import CHANNELS, Site, csv_raw, table
from faq_cms.imports import apply, own_export
from faq_cms.imports.document import Document, Entry
from faq_cms.settings import SECRET_BYTES, Settings
from tests.exports.made import SITE, article

NOW = dt.datetime(2026, 3, 31, 22, 5, tzinfo=dt.UTC)
# Formats that hold all of an article: text, other wordings, filing, tags, identifier, address, dates.
WHOLE = ("json", "jsonl", "csv", "csv-raw", "xlsx", "markdown")

HARD = """Par **virement**\u00a0: voir [le tarif](/aide/tarif) ou <https://example.org/a_(b)>.

## Étapes

1. Ouvrez «\u202fMon espace\u202f»\u202f;
   - sans `code` ni ``deux ` accents``\u202f;
2. validez.

> =SOMME(A1) ; "guillemets" ; l’apostrophe 'droite'

| Moyen | Délai |
|---|---:|
| Carte | 1,50\u00a0€ |

```text
---
id: 1
\\n <b>balise</b> & &amp;
```

Fin 😀 e\u0301 | \\| _x0041_"""

ENTRIES = (
    Entry("Comment payer\u202f?", HARD, "Paiement", (), 1, wordings=("Quels moyens\u202f?", "=1+1"), parent="Achats", tags=("Échéance", "virement")),
    Entry("=1+1 est-il une question\u202f?", "-3 ou +4\n\n@ici", "Paiement", (), 2, parent="Achats"),
    Entry("Où est «\u202fmon\u202f» colis\u202f?", "'=Entre apostrophes", "Colis & C°", (), 3, tags=("a: b", "#x")),
    Entry("Sans rangement\u202f? \\n # : | - [x]", "Oui.", None, (), 4),
)  # fmt: skip

Installation = Callable[[str], AbstractContextManager[None]]


@pytest.fixture
def installation(
    sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Installation:
    """Makes empty installations, in use for the length of their block."""

    @contextmanager
    def empty(name: str) -> Iterator[None]:
        path = tmp_path / f"{name}.db"
        shutil.copy(sqlite_template, path)
        database = db.Database(f"sqlite:///{path}")
        with monkeypatch.context() as patch:
            patch.setattr(db, "_current", database)
            patch.setattr(settings, "_current", Settings(secret="s" * SECRET_BYTES))
            yield
        database.dispose()

    return empty


def written(document: Document, data: bytes = b"") -> None:
    with db.transaction() as session:
        digest = hashlib.sha256(data).hexdigest()
        apply.write(
            session, people.SYSTEM, document, name="faq", digest=digest, publish=True, category=None, now=NOW
        )  # fmt: skip


def exported(channel: str) -> bytes:
    with db.reading() as session:
        return CHANNELS[channel].write(
            articles.published(session, base_url=SITE.base_url), Site(SITE.name, SITE.base_url)
        )


@pytest.mark.parametrize("channel", WHOLE)
def test_what_one_installation_exports_another_exports_again(
    channel: str, installation: Installation
) -> None:
    with installation("one"):
        written(Document(ENTRIES, ()))
        sent = exported(channel)
    with installation("other"):
        document = imports.read(sent, name=f"faq{CHANNELS[channel].extension}")
        written(document, sent)
        assert exported(channel) == sent
        written(document, sent)  # a second run changes nothing
        assert exported(channel) == sent


PLAIN = tuple(
    Entry(
        question,
        f"Réponse {line}, assez longue pour n’être celle de nulle autre question.\n\nEt sa suite.",
        category,
        (),
        line,
        wordings=others,
    )
    for line, (question, category, others) in enumerate(
        [
            ("Comment payer\u202f?", "Paiement", ("Quels moyens\u202f?", "Où payer\u202f?")),
            ("Où est mon colis\u202f?", "Colis", ()),
        ],
        start=1,
    )
)


RICH = """Par **virement** ou en *ligne*\u00a0: voir [le tarif](https://example.org/tarif).

### Étapes

1. Ouvrez «\u202fMon espace\u202f»\u202f;
2. validez par `OK`.

- d’abord\u202f;
- ensuite.

> Trois jours ouvrables."""


def carried(channel: str) -> tuple[Entry, ...]:
    """Articles of which a format holds everything."""
    has_wordings = channel not in {"freshdesk", "zendesk"}
    is_rich = channel not in {"dialogflow", "kendra", "kendra-csv", "rasa"}
    has_category = channel != "dialogflow"
    has_tags = channel in {"qnamaker", "rasa", "freshdesk", "zendesk"}
    return tuple(
        replace(
            each,
            answer=f"{RICH}\n\n{each.answer}" if is_rich else each.answer,
            category=each.category if has_category else None,
            wordings=each.wordings if has_wordings else (),
            tags=("Échéance", "virement") if has_tags else (),
        )
        for each in PLAIN
    )


@pytest.mark.parametrize(
    "channel",
    [
        *("dialogflow", "kendra", "kendra-csv", "qnamaker", "botframework", "rasa"),
        *("freshdesk", "zendesk"),
    ],
)
def test_what_a_format_of_others_holds_comes_back_through_it(
    channel: str, installation: Installation
) -> None:
    with installation("one"):
        written(Document(carried(channel), ()))
        sent = exported(channel)
    with installation("other"):
        written(imports.read(sent, name=f"faq{CHANNELS[channel].extension}"), sent)
        assert exported(channel).decode() == sent.decode()


@pytest.mark.parametrize("channel", WHOLE)
def test_our_own_exports_are_known_by_what_they_hold(channel: str) -> None:
    data = CHANNELS[channel].write([article(), article(2)], SITE)
    found = next(reader for reader in imports.READERS.values() if reader.recognises(data))
    assert found is own_export.READER
    first, _ = imports.read(data, name="x").entries
    assert first.external_id == f"faq:{1:032x}"
    assert (first.question, first.answer) == (article().question, article().answer)
    assert (first.wordings, first.tags) == (article().wordings, article().tags)
    assert first.address == "comment-payer-1"


def test_the_headings_read_are_those_written() -> None:
    assert own_export._RAW.decode().rstrip(",").split(",") == list(csv_raw.COLUMNS[:9])
    assert table.COLUMNS[:5] == own_export._HEADINGS


def changed(data: bytes, before: bytes, after: bytes) -> bytes:
    assert before in data
    return data.replace(before, after, 1)


@pytest.mark.parametrize(
    ("channel", "before", "after"),
    [
        ("json", b'"question": "Comment', b'"question": 3, "x": "Comment'),
        ("json", b'"wordings": [', b'"wordings": [{}, '),
        ("jsonl", b'"updated_at": "', b'"updated_at": "hier '),
        ("json", b'"wordings": [', b'"wordings": ' + b"[" * 100_000),
        ("json", b'"updated_at": "', b'"updated_at": "0001-01-01T00:00:00+14:00", "x": "'),
        ("csv", "Modifiée le".encode(), b"x"),
        ("csv", b"01/04/2026", b"99/99/2026"),
        ("csv", b"01/04/2026", b"01/01/0001"),
    ],
)
def test_an_export_somebody_broke_is_refused_whole(
    channel: str, before: bytes, after: bytes
) -> None:
    data = changed(CHANNELS[channel].write([article(), article(2)], SITE), before, after)
    with pytest.raises(errors.NothingToImport):
        imports.read(data, name="faq")


def test_a_damaged_zip_of_pages_is_refused() -> None:
    data = bytearray(CHANNELS["markdown"].write([article(), article(2)], SITE))
    with zipfile.ZipFile(BytesIO(bytes(data))) as archive:
        at = archive.infolist()[1].header_offset
    data[at + 60 : at + 70] = b"x" * 10
    with pytest.raises(errors.FaqError):
        imports.read(bytes(data), name="faq.zip")


def test_an_identifier_another_article_has_here_is_not_taken_twice(
    installation: Installation,
) -> None:
    def made(number: int, question: str) -> PublishedArticle:
        return article(number, question=question, category=None, tags=(), wordings=())

    with installation("one"):
        for question in ("Première\u202f?", "Seconde\u202f?"):
            data = CHANNELS["json"].write([made(1, question)], SITE)
            written(Document(imports.read(data, name="x").entries, ()), data)
            # The second is the same article, changed: it waits as a draft, under the same identifier.
        with db.reading() as session:
            assert [each.uid for each in articles.published(session)] == [f"{1:032x}"]
            assert articles.library(session)["draft_revision"].notna().sum() == 1


def test_what_was_kept_from_a_spreadsheet_is_given_back() -> None:
    for text in ("=1", "'=1", "-", "é", "'", "", "'a"):
        assert formulas.restored(formulas.neutralised(text)) == text
