"""Several files in one zip, byte for byte the same whenever and wherever it is made."""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from faq_cms.articles import PublishedArticle

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest date a zip can hold: no clock enters the file
_REGULAR_FILE = 0o100644 << 16
_UNIX = 3


def zipped(files: Iterable[tuple[str, bytes]]) -> bytes:
    """The zip of (path, content) pairs, in their order.

    Files are stored, not compressed: two builds of zlib may compress the same text differently,
    and a FAQ is small.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for path, content in files:
            entry = zipfile.ZipInfo(path, _EPOCH)
            entry.create_system, entry.external_attr = _UNIX, _REGULAR_FILE
            archive.writestr(entry, content)
    return buffer.getvalue()


def repacked(document: bytes) -> bytes:
    """An office document, which is a zip, without the clock and the machine that made it."""
    with zipfile.ZipFile(io.BytesIO(document)) as archive:
        return zipped((each.filename, archive.read(each)) for each in archive.infolist())


_UNSAFE: Final = re.compile(r"[^a-z0-9]+")
# Names Windows keeps for devices, whatever their extension.
_DEVICES: Final = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)")
_LONGEST_NAME: Final = 100


def names(articles: Sequence[PublishedArticle], *, reserved: Iterable[str] = ()) -> Iterator[str]:
    """A name no file system refuses, for each article; never twice the same, never `reserved`."""
    taken = set(reserved)
    for article in articles:
        name = _UNSAFE.sub("-", article.slug.lower()).strip("-")[:_LONGEST_NAME] or "article"
        if _DEVICES.fullmatch(name):
            name = f"article-{name}"
        free, number = name, 1
        while free in taken:
            number += 1
            free = f"{name}-{number}"
        taken.add(free)
        yield free
