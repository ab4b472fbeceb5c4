"""Files that appear whole or not at all, whatever happens while they are written."""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def replacing(path: Path, *, mode: int) -> Iterator[Path]:
    """A name to write to, in the folder of `path`; it takes that name when the block ends well.

    Nothing exists under the name given, so that the block may create it as it likes. What was at
    `path` stays until then, and its permissions are kept, unless `mode` is stricter.
    """
    target = path.absolute()
    # A private folder: what is written is nobody's business before it has its final permissions.
    with tempfile.TemporaryDirectory(prefix=f".{target.name}-", dir=target.parent) as folder:
        unfinished = Path(folder) / target.name
        yield unfinished
        if unfinished.exists():
            present = target.stat().st_mode & 0o777 if target.exists() else mode
            unfinished.chmod(present & mode)
            _sync(unfinished, os.O_RDWR)
            unfinished.replace(target)
            with contextlib.suppress(OSError):  # some systems have no handle on a folder
                _sync(target.parent, os.O_RDONLY)


def _sync(path: Path, how: int) -> None:
    """A file, or the name of one in its folder, that a power cut can take back was not written."""
    descriptor = os.open(path, how)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
