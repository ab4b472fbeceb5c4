"""Large documents made to hurt. Run, it reads one from its input and says how much memory that took."""

import contextlib
import io
import json
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

from faq_cms import errors, imports

MIB = 1024 * 1024
PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def zipped(name: str, data: bytes) -> bytes:
    """An office document of one part."""
    kind = (
        "officeDocument.wordprocessingml.document"
        if "word" in name
        else "officeDocument.spreadsheetml.sheet"
    )
    types = f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/{name}" ContentType="application/vnd.openxmlformats-{kind}.main+xml"/></Types>'
    link = f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="{name}"/></Relationships>'
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", types)
        archive.writestr("_rels/.rels", link)
        archive.writestr(name, data)
    return packed.getvalue()


LAUGHS = 'a: &a ["ha","ha","ha"]\n' + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n"
    for before, name in zip("abcdefghi", "bcdefghij", strict=True)
)

WORD = (
    b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
)
PARAGRAPH = b"<w:p><w:r><w:t>a ?</w:t></w:r></w:p>"

# Of each family, what would grow the most: nesting, one huge value, very many small ones.
DOCUMENTS: dict[str, Callable[[], bytes]] = {
    "json nested": lambda: b'{"a":' * 4_000_000,
    "json objects": lambda: b"[" + b",".join(b'{"a":%d}' % n for n in range(1_500_000)) + b"]",
    "json numbers": lambda: b"[" + b"1," * 10_000_000 + b"1]",
    "json html": lambda: b'[{"question":"a ?","answer":"<p>' + b"x <b>y</b> " * 1_600_000 + b'"}]',
    "json votes": lambda: json.dumps(
        {
            "articles": [{"id": 1, "title": "a ?", "body": "b", "section_id": 1}],
            "votes": [
                {"id": n, "item_id": 1, "value": 1, "created_at": "2024-01-01T00:00:00Z"}
                for n in range(300_000)
            ],
        }
    ).encode(),
    "yaml laughs": f"{LAUGHS}question: rire ?\n".encode,
    "yaml nested": lambda: b"nlu: " + b"[" * 1_000_000,
    "yaml entries": lambda: b"- question: q ?\n  reponse: r\n" * 140_000,
    "html unclosed": lambda: b"<html><body>" + b"<p>a ? " * 1_500_000,
    "html attributes": lambda: b"<html><body><p " + b'a="b" ' * 1_600_000 + b">x",
    "html elements": lambda: b"<html><body>" + b"<h2>a ?</h2><p>b</p>" * 20_000,
    "text of one line": lambda: b"a" * 20_000_000,
    "text of one line of questions": lambda: b"mot ? " * 3_300_000,
    "csv columns": lambda: b";".join(b"c%d" % n for n in range(1_000_000)) + b"\nx;y\n",
    "csv rows": lambda: b"Question;Reponse\n" + b"a ?;b\n" * 290_000,
    "csv unclosed": lambda: b'Question;Reponse\n"' + b"a;b\n" * 290_000,
    "tsv": lambda: b"Question\tAnswer\tSource\n" + b'"a\tb\tc\n' * 290_000,
    "markdown quotations": lambda: b"## a ?\n\n" + b"> " * 5_000_000,
    "markdown items": lambda: b"## a ?\n" + b"- a\n" * 298_000,
    "markdown headings": lambda: b"## a ?\n" * 149_000,
    "qna": lambda: b"# ? a\n```\n" * 149_000,
    "xlsx bomb": lambda: zipped("xl/workbook.xml", b"<x>" + b" " * (300 * MIB)),
    "docx bomb": lambda: zipped("word/document.xml", b"<w:p/>" * (50 * MIB)),
    "combining marks": ("Q : a" + "\u0301" * 5_000_000).encode,
    "docx paragraphs": lambda: zipped(
        "word/document.xml", WORD + PARAGRAPH * 2_000_000 + b"</w:body></w:document>"
    ),
}


def peak() -> int:
    """The most memory this process has held, in bytes, as Linux says."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024


if __name__ == "__main__":
    document = sys.stdin.buffer.read()
    before = peak()
    with contextlib.suppress(errors.FaqError):
        imports.read(document, name="lourd")
    sys.stdout.write(str(peak() - before))
