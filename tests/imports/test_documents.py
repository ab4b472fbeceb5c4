"""Documents of every family, as people write them: each is read as the file beside it says.

`facture.csv` is expected to give `facture.csv.expected.json`: its entries, or why it is refused.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from faq_cms import errors, imports
from faq_cms.categories import NAME_MAX

FOLDER = Path(__file__).parent / "documents"
DOCUMENTS = sorted(
    path
    for path in FOLDER.rglob("*")
    if path.is_file() and not path.name.endswith(".expected.json")
)


def outcome(path: Path) -> dict[str, Any]:
    """What a document gives, as the expectations are written."""
    try:
        document = imports.read(path.read_bytes(), name=path.name)
    except errors.NothingToImport as refused:
        return {"refused": refused.reason, "line": refused.line}
    return {
        "entries": [
            {
                key: value
                for key, value in {
                    "line": entry.line,
                    "parent": entry.parent,
                    "category": entry.category,
                    "question": entry.question,
                    "wordings": list(entry.wordings),
                    "answer": entry.answer,
                    "warnings": [f"{found.code} {found.line}" for found in entry.warnings],
                }.items()
                if value or key == "answer"
            }
            for entry in document.entries
        ],
        "warnings": [f"{found.code} {found.line}" for found in document.warnings],
    }


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_document_is_read_as_its_author_meant_it(path: Path) -> None:
    expected = json.loads(path.with_name(f"{path.name}.expected.json").read_text("utf-8"))
    assert outcome(path) == expected


def test_a_title_too_long_for_a_category_is_cut() -> None:
    document = imports.read(
        f"# FAQ\n\n## {'Paiement ' * 20}\n\n### Où ?\n\nIci.".encode(), name="x"
    )
    (entry,) = document.entries
    assert entry.category is not None
    assert len(entry.category) <= NAME_MAX
    assert entry.category.endswith("…")
