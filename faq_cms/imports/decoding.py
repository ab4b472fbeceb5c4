"""Bytes of unknown origin to text the database and the readers of every format can hold.

French documents arrive as UTF-8, as Windows-1252 from an old Excel or Notepad, as Mac OS Roman from
the Excel of a Mac, as UTF-16 from « Texte Unicode », with decomposed accents, and sometimes with two
encodings pasted in one file. All are read; only what may have been read wrongly is reported.
"""

import codecs
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass

# UTF-32 before UTF-16: the mark of UTF-16-LE begins the mark of UTF-32-LE.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UTF8_LETTER = rb"[\xc2-\xdf][\x80-\xbf]|[\xe1-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
_UTF8 = re.compile(_UTF8_LETTER)
_NOT_UTF8 = re.compile(rb"(?:(?!" + _UTF8_LETTER + rb")[\x80-\xff])+")
# How each old encoding writes « éèêëàâäîïôöùûüç ’ œ », beside an ASCII letter.
_INSIDE_WORD = re.compile(rb"(?<=[a-zA-Z])[\x80-\xff]|[\x80-\xff](?=[a-zA-Z])")
_FRENCH_SIGNS = "éèêëàâäîïôöùûüç’œ«»"
_FRENCH = {
    name: _FRENCH_SIGNS.encode(name, errors="ignore") for name in ("cp1252", "mac_roman", "cp850")
}
_LINE_ENDS = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_TERMINAL_COLOURS = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
# Controls (PostgreSQL refuses NUL), soft hyphens, zero-width spaces, direction overrides, stray
# byte order marks, halves of a pair that JSON may write alone: none can be seen, all break matching.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\xad\u200b\u202a-\u202e\u2060\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)
# Canonical ordering takes quadratic time in a run of combining marks: 40,000 of them take seconds.
# No script stacks more than a handful. The class also holds symbols, whose long runs (leaders,
# rules drawn with dashes) lose nothing by being cut.
# What French texts are written with, composed and alone on its line: such a text stays as it is. Signs
# beyond U+02FF may be stacked, but for those that end no word.
_UNUSUAL = re.compile("[^\n\t -~\xa0-\xac\xae-\u02ff’“”«»…–—\u202f€]|[’“”…–—€]{30}")
_STACKED_MARKS = re.compile(r"([^\x00-\u02ff\w\s]{30})[^\x00-\u02ff\w\s]+")


@dataclass(frozen=True, slots=True)
class Text:
    """Decoded text: NFC, lines ended by line feeds. `doubtful` when some of it was guessed."""

    content: str
    doubtful: bool


def decoded(data: bytes) -> Text:
    """Text of a document; never fails, whatever the bytes."""
    raw, mixed = _raw(data)
    return Text(cleaned(raw), doubtful=mixed or "\ufffd" in raw)


def _raw(data: bytes) -> tuple[str, bool]:
    """The text, and whether two encodings were mixed in it."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, errors="replace"), False
    if wide := _utf16_without_mark(data):
        return data.decode(wide, errors="replace"), False
    try:
        return data.decode("utf-8"), False
    except UnicodeDecodeError:
        if old := _before_unicode(data):
            return data.decode(old), False
        mixed = _UTF8.search(data) is not None
        return data.decode("utf-8" if mixed else "cp1252", errors=_WINDOWS_1252), mixed


def _before_unicode(data: bytes) -> str | None:
    """Mac OS or DOS, when its French letters are more often inside words than Windows’s own."""
    inside = Counter(match[0] for match in _INSIDE_WORD.finditer(data))
    seen = {name: sum(inside[bytes([b])] for b in signs) for name, signs in _FRENCH.items()}
    best = max(seen, key=seen.__getitem__)  # the first of equals, which is Windows
    return None if best == "cp1252" else best


def _utf16_without_mark(data: bytes) -> str | None:
    """Name the UTF-16 that has one byte in two at zero, which no other text does."""
    sample = data[:4096]
    pairs = len(sample) // 2
    if sample[1::2].count(0) * 2 > pairs:
        return "utf-16-le"
    if sample[0::2].count(0) * 2 > pairs:
        return "utf-16-be"
    return None


def _as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    """Read as Windows-1252 the bytes UTF-8 refuses; the five it leaves undefined become U+FFFD.

    The whole run is taken at once: a call for each byte would make a hostile file slow.
    """
    if not isinstance(error, UnicodeDecodeError):
        raise error
    run = _NOT_UTF8.match(error.object, error.start)
    end = run.end() if run else error.end
    return error.object[error.start : end].decode("cp1252", errors="replace"), end


_WINDOWS_1252 = "faq-windows-1252"
codecs.register_error(_WINDOWS_1252, _as_windows_1252)


def cleaned(raw: str) -> str:
    """Text that came already decoded (JSON, XML), spelt as `decoded` spells it. Never fails."""
    if not _UNUSUAL.search(raw):
        return raw
    text = _LINE_ENDS.sub("\n", _TERMINAL_COLOURS.sub("", raw))
    return unicodedata.normalize("NFC", _STACKED_MARKS.sub(r"\1", _INVISIBLE.sub("", text)))
