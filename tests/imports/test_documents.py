"""Documents of every family, as people write them: each is read as the file beside it says.

`facture.csv` is expected to give `facture.csv.expected.json`: its entries, or why it is refused. A
folder is one document as well: what a system exports in several files.
"""

import io
import json
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from faq_cms import errors, imports
from faq_cms.categories import NAME_MAX
from faq_cms.imports import Ballot, Entry, Totals, gathering
from faq_cms.imports.gathering import File

FOLDER = Path(__file__).parent / "documents"
FAMILIES = sorted(path for path in FOLDER.iterdir() if path.name != "systems")
SYSTEMS = sorted((FOLDER / "systems").iterdir())
DOCUMENTS = sorted(
    path
    for family in (*FAMILIES, *SYSTEMS)
    for path in family.iterdir()
    if not path.name.endswith(".expected.json")
)


def outcome(files: Sequence[File]) -> dict[str, Any]:
    """What a document gives, as the expectations are written."""
    try:
        documents = [source.document for source in gathering.read(files)]
    except errors.NothingToImport as refused:
        return {"refused": refused.reason, "line": refused.line}
    system = next((each.source for each in documents), "")
    return ({"source": system} if system else {}) | {
        "entries": [said(entry) for each in documents for entry in each.entries],
        "warnings": [f"{found.code} {found.line}" for each in documents for found in each.warnings],
    }


def said(entry: Entry) -> dict[str, Any]:
    """What is known of an entry; what is not is left out."""
    known = {
        "line": entry.line,
        "id": entry.external_id,
        "parent": entry.parent,
        "category": entry.category,
        "question": entry.question,
        "wordings": list(entry.wordings),
        "answer": entry.answer,
        "tags": list(entry.tags),
        "standing": entry.standing,
        "created": entry.created_at and entry.created_at.isoformat(),
        "updated": entry.updated_at and entry.updated_at.isoformat(),
        "published": entry.published_at and entry.published_at.isoformat(),
        "address": entry.address,
        "votes": [cast(ballot) for ballot in entry.ballots],
        "totals": entry.totals and counted(entry.totals),
        "warnings": [f"{found.code} {found.line}" for found in entry.warnings],
    }
    return {key: value for key, value in known.items() if value or key == "answer"}


def cast(ballot: Ballot) -> str:
    """« 2024-10-01T10:00:00+00:00 non 2 7002 »: when, what, its number, who."""
    verdict = "oui" if ballot.helpful else "non"
    return f"{ballot.cast_at.isoformat()} {verdict} {ballot.reference} {ballot.visitor}".rstrip()


def counted(totals: Totals) -> dict[str, Any]:
    """The counts of a system, with what it did not count left out."""
    known = {
        "yes": totals.helpful,
        "no": totals.unhelpful,
        "neutral": totals.neutral,
        "views": totals.views,
        "taken": totals.taken_at and totals.taken_at.isoformat(),
        "estimated": totals.estimated or None,
    }
    return {key: value for key, value in known.items() if value is not None}


def expected(path: Path) -> dict[str, Any]:
    text = path.with_name(f"{path.name}.expected.json").read_text("utf-8")
    told: dict[str, Any] = json.loads(text)
    return told


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_document_is_read_as_its_author_meant_it(path: Path) -> None:
    assert outcome(gathering.from_paths([path])) == expected(path)


@pytest.mark.parametrize(
    "path",
    [path for path in DOCUMENTS if path.is_dir()],
    ids=lambda path: f"{path.parent.name}/{path.name}",
)
def test_a_zip_of_several_files_is_read_as_their_folder_is(path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(path.rglob("*")):
            if file.is_file():
                archive.write(file, f"{path.name}/{file.relative_to(path)}")
    assert outcome(gathering.unfolded([File("export.zip", packed.getvalue())])) == expected(path)


@pytest.mark.parametrize("family", [*FAMILIES, *SYSTEMS], ids=lambda path: path.name)
def test_a_family_has_its_documents(family: Path) -> None:
    few = {"botframework", "kendra"}  # what we write ourselves: see the round trips
    least = 3 if family.name in few else 10
    assert sum(path.parent == family for path in DOCUMENTS) >= least


@pytest.mark.parametrize(
    "path", sorted(FOLDER.rglob("*.expected.json")), ids=lambda path: path.name
)
def test_an_expectation_is_about_a_document(path: Path) -> None:
    assert path.with_name(path.name.removesuffix(".expected.json")) in DOCUMENTS


def test_a_title_too_long_for_a_category_is_cut() -> None:
    document = imports.read(
        f"# FAQ\n\n## {'Paiement ' * 20}\n\n### Où ?\n\nIci.".encode(), name="x"
    )
    (entry,) = document.entries
    assert entry.category is not None
    assert len(entry.category) <= NAME_MAX
    assert entry.category.endswith("…")
