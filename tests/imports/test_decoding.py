"""Bytes to text: every encoding French documents arrive in."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from faq_cms.imports import decoding
from faq_cms.imports.decoding import decoded

FRENCH = "Où régler l’été\u00a0? À Noël\u202f: « 12 € », œuvre, naïf, ça…\n"
LEGACY = FRENCH.replace("\u202f", "\u00a0")  # Windows-1252 has no narrow space


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
def test_unicode_is_read_with_or_without_its_mark(encoding: str) -> None:
    text = decoded(FRENCH.encode(encoding))
    assert (text.content, text.doubtful) == (FRENCH, False)


def test_windows_1252_is_read_without_a_doubt() -> None:
    text = decoded(LEGACY.encode("cp1252"))
    assert (text.content, text.doubtful) == (LEGACY, False)


def test_two_encodings_in_one_file_are_both_read_and_reported() -> None:
    text = decoded(LEGACY.encode() + LEGACY.encode("cp1252") + LEGACY.encode())
    assert (text.content, text.doubtful) == (LEGACY * 3, True)


def test_a_byte_no_encoding_defines_is_reported() -> None:
    text = decoded(b"un \x81 deux \xe9t\xe9")
    assert (text.content, text.doubtful) == ("un \ufffd deux été", True)


@pytest.mark.parametrize("end", ["\r\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"])
def test_every_line_end_is_a_line_feed(end: str) -> None:
    assert decoded(f"a{end}b".encode()).content == "a\nb"


def test_what_cannot_be_seen_is_dropped() -> None:
    assert decoded("a\x00b\u200bc\u00add\u202ee\ufeff\x1b[31mf\x1b[0m".encode()).content == "abcdef"


def test_long_runs_of_accents_are_cut_before_they_take_quadratic_time() -> None:
    assert len(decoded(("a" + "\u0301\u0323" * 50_000).encode()).content) < 40


@given(st.binary())
def test_any_bytes_become_text_a_database_can_hold(data: bytes) -> None:
    content = decoded(data).content
    content.encode()
    assert unicodedata.is_normalized("NFC", content)
    assert not set(content) & set("\x00\r\x0b\x0c\x1b\ufeff")


@given(st.text("aàâbcçdeéèêëfghiîïlmnoôpqrstuùûüyÿz ?.:,'\n", min_size=1))
def test_any_french_text_in_windows_1252_is_read(text: str) -> None:
    assert decoded(f"{text} où ".encode("cp1252")).content == f"{text} où "


@given(st.text(max_size=60))
@example("…" * 40)
@example("’" * 20 + "…" * 20)
@example("e\u0301\r\n\xad\x1b[0m")
def test_a_text_that_nothing_has_to_be_taken_from_is_known_at_a_glance(text: str) -> None:
    found = decoding.cleaned(text)
    assert unicodedata.is_normalized("NFC", found)
    assert not decoding._INVISIBLE.search(found)
    assert not decoding._LINE_ENDS.search(found)
    assert not decoding._STACKED_MARKS.search(found)
    assert decoding.cleaned(found) == found
