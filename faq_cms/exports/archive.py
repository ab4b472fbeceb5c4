"""Several files in one zip, byte for byte the same whenever and wherever it is made."""

import io
import zipfile
from collections.abc import Iterable

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
