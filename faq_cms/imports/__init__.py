"""FAQ documents in: bytes to entries and findings, without touching the database.

One reader per format, listed in `READERS`; a new format is one more module and one more line
there. A reader is pure: it never opens a file, an address or a session, so a preview and an import
see the same thing. What an import writes is decided in `faq_cms.imports.apply`.
"""

from faq_cms import errors
from faq_cms.imports import (
    csv_table,
    findings,
    html_page,
    json_tree,
    markdown_text,
    own_export,
    plain_text,
    systems,
    word,
    workbook,
    yaml_tree,
)
from faq_cms.imports.document import (
    MAX_ENTRIES,
    MAX_LINES,
    Ballot,
    Document,
    Entry,
    Finding,
    Reader,
    Source,
    Standing,
    Totals,
    filed,
    fingerprint,
    key,
)

__all__ = [
    "MAX_BYTES",
    "MAX_ENTRIES",
    "MAX_LINES",
    "READERS",
    "Ballot",
    "Document",
    "Entry",
    "Finding",
    "Reader",
    "Source",
    "Standing",
    "Totals",
    "filed",
    "fingerprint",
    "key",
    "read",
    "recognised",
]

MAX_BYTES = 64 * 1024 * 1024
"""Largest document accepted: twenty thousand long articles take half of it."""

# In order of detection: the first reader that recognises the bytes reads them. Plain text comes
# last because anything can be read as text.
READERS: dict[str, Reader] = {
    reader.name: reader
    for reader in (
        own_export.READER,
        *systems.READERS,
        workbook.READER,
        word.READER,
        html_page.READER,
        json_tree.READER,
        yaml_tree.READER,
        csv_table.READER,
        markdown_text.READER,
        plain_text.READER,
    )
}


def read(data: bytes, *, name: str, format: str = "auto") -> Document:  # noqa: A002 — the CLI's word
    """Entries and findings of one document, whatever its bytes.

    `name` is the file's name as people know it: it appears in errors and findings. `format` is a
    key of `READERS`, or "auto" to recognise the format by its content.

    Raises `errors.TooLarge` above `MAX_BYTES`, `errors.Invalid` for an unknown format or above
    `MAX_ENTRIES` or `MAX_LINES`, `errors.NothingToImport` when no question can be read. Writes nothing.
    """
    if len(data) > MAX_BYTES:
        raise errors.TooLarge(limit=MAX_BYTES)
    document = findings.examined(_reader(data, format).read(data, name))
    if not document.entries:
        raise errors.NothingToImport(name=name, line=1)
    if len(document.entries) > MAX_ENTRIES:
        raise errors.Invalid("document", "too_many_entries", MAX_ENTRIES)
    return document


def recognised(data: bytes) -> Reader:
    """The reader of these bytes, by what they hold."""
    return next(reader for reader in READERS.values() if reader.recognises(data))


def _reader(data: bytes, format_name: str) -> Reader:
    if format_name == "auto":
        return recognised(data)
    try:
        return READERS[format_name]
    except KeyError:
        raise errors.Invalid("format", "unknown", format_name) from None
