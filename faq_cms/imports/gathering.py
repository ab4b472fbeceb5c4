"""Several files, a folder or a zip as one import: what is in them, and which belong together.

A zip is judged by its table before anything in it is unfolded: paths that leave their folder, links,
passwords and bombs are refused. The files one system exports apart (articles, sections, votes) are
read as one document. In a folder or a zip, a file that holds no question is said, not refused.
"""

import hashlib
import io
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any, Final

from faq_cms import imports
from faq_cms.errors import Invalid, NothingToImport, TooLarge
from faq_cms.imports import findings, systems
from faq_cms.imports.document import Document, Finding, Source
from faq_cms.imports.systems import rasa, values

FILES_MAX: Final = 25_000  # one file per question is a way to keep a FAQ
UNFOLDED_MAX: Final = 256 * 1024 * 1024  # of all that a zip or a folder holds
RATIO_MAX: Final = 200  # text is packed twenty times, rarely a hundred; a bomb, a thousand
SMALL: Final = 1024 * 1024  # a small file may be packed as much as it likes
_OFFICE: Final = "[Content_Types].xml"  # DOCX and XLSX are zips of their own
_LOCKED: Final = 0x1
_WHOLE: Final = ("manifest.json", b'"format": "faq_cms archive"')
# Beside the texts of a site or of an export; their names are enough to leave them.
_NO_TEXT: Final = frozenset(
    [
        ".png",
        ".jpg",
        ".jpeg",
        ".gif",
        ".svg",
        ".webp",
        ".ico",
        ".bmp",
        ".tif",
        ".tiff",
        ".pdf",
        ".mp4",
        ".mp3",
        ".mov",
        ".webm",
        ".woff",
        ".woff2",
        ".ttf",
        ".otf",
        ".eot",
        ".css",
        ".js",
        ".mjs",
        ".map",
        ".exe",
        ".dll",
        ".so",
        ".class",
        ".jar",
        ".gz",
        ".7z",
        ".rar",
        ".db",
        ".sqlite",
        ".pyc",
    ]
)


@dataclass(frozen=True, slots=True)
class File:
    """One file as people know it: its name, with the folders it was found in, and its bytes.

    `is_found` says that nobody named it: it was in a folder or a zip.
    """

    name: str
    data: bytes
    is_found: bool = False


Told = Callable[[int, int], None]


def _untold(_done: int, _total: int) -> None:
    """Nobody watches."""


# -- the files -----------------------------------------------------------------------------------


def from_paths(paths: Iterable[Path]) -> list[File]:
    """The files at these paths; of a folder, all that it holds, links left out.

    Raises OSError, TooLarge, NothingToImport for an empty folder, Invalid as `unfolded`.
    """
    found: list[File] = []
    for path in paths:
        if path.is_dir():
            held = sorted(each for each in path.rglob("*") if each.is_file())
            inside = [
                each
                for each in held
                if not each.is_symlink() and is_read(str(each.relative_to(path)))
            ]
            if not inside:
                raise NothingToImport(name=str(path), line=1, reason="folder")
            _refuse_many(len(inside), sum(each.stat().st_size for each in inside), str(path))
            found += [File(str(each), _bytes(each), is_found=True) for each in inside]
        else:
            found.append(File(str(path), _bytes(path)))
    return unfolded(found)


def unfolded(files: Iterable[File]) -> list[File]:
    """The files, those of a zip in its place.

    Raises Invalid("archive", reason, name): "damaged", "locked", "link", "outside", "too_many",
    "too_large", "bomb", "nested", "whole". Nothing of an archive is unfolded before all of it is judged.
    """
    found: list[File] = []
    size = 0
    for file in files:
        more = list(_members(file)) if _is_archive(file.data) else [file]
        found += more
        size += sum(len(each.data) for each in more)
        _refuse_many(len(found), size, file.name)  # before the next zip unfolds beside this one
    return found


def _is_archive(data: bytes) -> bool:
    """Whether the bytes are a zip of files, rather than a document that happens to be a zip."""
    if not data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return False
    if imports.recognised(data).name != "text":
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _OFFICE not in archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return True  # and said to be damaged


def _members(file: File) -> Iterator[File]:
    def refuse(reason: str) -> Invalid:
        return Invalid("archive", reason, file.name)

    try:
        with zipfile.ZipFile(io.BytesIO(file.data)) as archive:
            members = [each for each in archive.infolist() if not each.filename.endswith("/")]
            _judge(members, refuse)
            if _is_whole(archive):
                raise refuse("whole")
            for member in members:
                if is_read(member.filename):
                    data = archive.read(member)
                    if _is_archive(data):
                        raise refuse("nested")
                    yield File(f"{file.name}/{member.filename}", data, is_found=True)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError):
        raise refuse("damaged") from None
    except RuntimeError:  # what zipfile says of a password
        raise refuse("locked") from None


def _is_whole(archive: zipfile.ZipFile) -> bool:
    """Whether this is an installation taken out whole: its old versions are no questions to import."""
    return _WHOLE[0] in archive.namelist() and _WHOLE[1] in archive.read(_WHOLE[0])


def _judge(members: Sequence[zipfile.ZipInfo], refuse: Callable[[str], Invalid]) -> None:
    """Refuse an archive by its table, before anything in it is unfolded."""
    if len(members) > FILES_MAX:
        raise refuse("too_many")
    if sum(member.file_size for member in members) > UNFOLDED_MAX:
        raise refuse("too_large")
    for member in members:
        path = PurePosixPath(member.filename.replace("\\", "/"))
        if not path.parts or path.is_absolute() or ".." in path.parts or ":" in path.parts[0]:
            raise refuse("outside")
        if stat.S_ISLNK(member.external_attr >> 16):
            raise refuse("link")
        if member.flag_bits & _LOCKED:
            raise refuse("locked")
        if member.file_size > max(SMALL, RATIO_MAX * member.compress_size):
            raise refuse("bomb")


def is_read(name: str) -> bool:
    """Whether a file found somewhere may be a document, by its name: not hidden, no picture, no program."""
    path = PurePosixPath(name.replace("\\", "/"))
    is_hidden = any(part.startswith((".", "__MACOSX")) for part in path.parts)
    return not is_hidden and path.suffix.lower() not in _NO_TEXT


def _refuse_many(count: int, size: int, name: str) -> None:
    if count > FILES_MAX:
        raise Invalid("archive", "too_many", name)
    if size > UNFOLDED_MAX:
        raise Invalid("archive", "too_large", name)


def _bytes(path: Path) -> bytes:
    """The whole file, unless it is larger than anything that would be read."""
    if path.stat().st_size > UNFOLDED_MAX:
        raise TooLarge(UNFOLDED_MAX)
    return path.read_bytes()


# -- the documents -------------------------------------------------------------------------------


def read(files: Sequence[File], *, format: str = "auto", told: Told = _untold) -> list[Source]:  # noqa: A002 — the CLI's word
    """What these files hold, in their order; `told` is called with how many are read, of how many.

    Raises what `imports.read` raises for a file somebody named, its name in the error; NothingToImport
    when no file holds a question. Writes nothing.
    """
    sources: list[Source] = []
    empty: list[str] = []
    refused: NothingToImport | None = None
    groups = _together(files) if format == "auto" else [_Group([file]) for file in files]
    for done, group in enumerate(groups, 1):
        try:
            sources.append(group.read(format))
        except NothingToImport as error:
            refused = refused or error
            if not group.is_found:
                raise
            empty.append(group.name)
        told(done, len(groups))
    if not sources:
        raise refused or NothingToImport(name=files[0].name if files else "", line=1)
    if empty:
        sources[0] = replace(sources[0], document=_noted(sources[0].document, empty))
    return sources


def _noted(document: Document, empty: Sequence[str]) -> Document:
    """The document, with the files beside it that hold no question."""
    found: tuple[Finding, ...] = tuple(findings.no_question(name) for name in empty)
    return replace(document, warnings=(*document.warnings, *found))


@dataclass(frozen=True)
class _Group:
    """Files read as one document; `parts` are their values when a system is known by them."""

    files: list[File]
    system: str = ""
    parts: tuple[Any, ...] = ()
    first: int = 0  # the file that holds articles, after which it is named

    @property
    def name(self) -> str:
        return self.files[self.first].name

    @property
    def is_found(self) -> bool:
        return all(file.is_found for file in self.files)

    def read(self, format_name: str) -> Source:
        digest = hashlib.sha256()
        for file in self.files:
            digest.update(file.data)
        return Source(self.name, digest.hexdigest(), self._document(format_name))

    def _document(self, format_name: str) -> Document:
        if len(self.files) == 1:
            return imports.read(self.files[0].data, name=self.name, format=format_name)
        if self.system == rasa.NAME:
            return findings.examined(rasa.read_together([*self.parts], self.name))
        return findings.examined(systems.SYSTEMS[self.system].read([*self.parts], self.name))


def _together(files: Sequence[File]) -> list[_Group]:
    """The files one by one, but for those that one system exported apart, which are read together."""
    for file in files:
        if len(file.data) > imports.MAX_BYTES:
            raise TooLarge(limit=imports.MAX_BYTES)
    marked = [_marked(file) for file in files]
    held = {system for system, is_whole, _ in marked if system and is_whole}
    groups: list[_Group] = []
    of: dict[str, int] = {}
    named: set[str] = set()
    for file, (system, is_whole, value) in zip(files, marked, strict=True):
        name = system if is_whole else next((each for each in held if _completes(each, value)), "")
        if not name:
            groups.append(_Group([file]))
        elif name in of:
            group = groups[of[name]]
            first = len(group.files) if is_whole and name not in named else group.first
            groups[of[name]] = _Group([*group.files, file], name, (*group.parts, value), first)
        else:
            of[name] = len(groups)
            groups.append(_Group([file], name, (value,)))
        named |= {name} if is_whole else set()
    return groups


def _marked(file: File) -> tuple[str, bool, Any]:
    """The system a file is from, if it is articles of one; whether it is; its value."""
    value = values.loaded(file.data)
    if value is not None:
        for system in systems.SYSTEMS.values():
            if system.holds(values.kinds(file.data)):
                return system.name, True, value
        return "", False, value
    value = rasa.loaded(file.data)
    return rasa.NAME, value is not None and bool(value.get("nlu")), value


def _completes(system: str, value: Any) -> bool:
    if value is None:
        return False
    if system == rasa.NAME:
        return isinstance(value, dict) and isinstance(value.get("responses"), dict)
    return systems.SYSTEMS[system].completes(value)
