"""Plain text: marked questions (`Q : … / R : …`), else numbered or bare lines that ask.

It reads what no other format recognises, so it is also where a document without questions ends up.
"""

from collections.abc import Iterator

from faq_cms import errors
from faq_cms.imports import findings, limits, marked_text, outline, paragraphs
from faq_cms.imports.document import Document, Reader
from faq_cms.imports.outline import Block

# PDF, Word and Excel before 2007, zips that hold no document we know (ODT, EPUB), RTF, pictures.
_OTHER_KINDS = (
    b"%PDF-",
    b"\xd0\xcf\x11\xe0",
    limits.ZIP,
    b"{\\rtf",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
)


def read(data: bytes, name: str) -> Document:
    """Entries of a plain-text document, in its order.

    Raises `errors.NothingToImport` when it holds no question, `errors.Invalid` when it is longer
    than `MAX_ENTRIES` or `MAX_LINES`. Writes nothing.
    """
    if data.startswith(_OTHER_KINDS):
        if data.startswith(limits.ZIP) and not limits.members(data):
            raise errors.Invalid("document", "damaged")
        raise errors.NothingToImport(name=name, line=1, reason="other_kind")
    text = limits.text(data)
    lines = marked_text.spelt_out(text.content.split("\n"))
    document = marked_text.read(lines) if marked_text.has_marks(lines) else _unmarked(lines)
    if not document.entries:
        first = next((number for number, line in enumerate(lines, 1) if line.strip()), 1)
        raise errors.NothingToImport(name=name, line=first)
    warnings = [findings.doubtful_encoding()] if text.doubtful else []
    return Document(document.entries, (*warnings, *document.warnings))


READER = Reader(
    name="text",
    label="texte «\u202fQ\u00a0: / R\u00a0:\u202f»",
    extensions=(".txt", ".text"),
    recognises=lambda _data: True,
    read=read,
)


def _unmarked(lines: list[str]) -> Document:
    width = paragraphs.wrap_width(lines)

    def render(texts: list[str]) -> str:
        return paragraphs.to_markdown("\n\n".join(texts).split("\n"), width)

    return outline.read(list(_paragraphs(lines)), render=lambda texts: render(list(texts)))


def _paragraphs(lines: list[str]) -> Iterator[Block]:
    """What blank lines and rules part, a question wrapped by hand being one line again.

    A rule under a first line stays with it: it underlines a title.
    """
    start = 0
    for index in range(len(lines) + 1):
        is_rule = index < len(lines) and marked_text.is_rule(lines[index])
        if index < len(lines) and lines[index].strip() and not is_rule:
            continue
        stop = index + 1 if is_rule and index == start + 1 else index
        if index > start:
            text = "\n".join(lines[start:stop])
            found = findings.masked_addresses(text, start + 1)
            yield Block(outline.question_joined(text), start + 1, found=tuple(found))
        start = index + 1
