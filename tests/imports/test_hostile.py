"""Documents made to hurt: refused in a French sentence, before they are expanded, never a crash."""

import json
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faq_cms import errors, french, imports
from tests.imports.test_documents import DOCUMENTS

LAUGHS = 'a: &a ["ha","ha","ha"]\n' + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n"
    for before, name in zip("abcdefghi", "bcdefghij", strict=True)
)


def refusal(data: bytes, format_name: str = "auto") -> str:
    """The sentence a person reads."""
    with pytest.raises(errors.FaqError) as refused:
        imports.read(data, name="piege", format=format_name)
    sentence = french.sentence(refused.value)
    assert "{" not in sentence
    assert sentence.endswith((".", "!"))
    return sentence


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"[" * 100_000, "imbrique trop de niveaux"),
        (b'{"question":' * 100_000, "imbrique trop de niveaux"),
        (b'[{"a":1}' + b"[" * 10, "JSON est mal formé"),
        (b'{"question": ' + b"9" * 5_000 + b"}", "mal formé"),
        (f"{LAUGHS}question: rire ?\n".encode(), "trop de valeurs"),
        (b"question: &a [*a]\nreponse: oui\n", "imbrique trop de niveaux"),
        (b"question:\n" + b"".join(b" " * n + b"- \n" for n in range(1, 200)), "imbrique trop"),
        (b"<html>" + b"<div>" * 1_000, "imbrique trop de niveaux"),
        (b"<html>" + b"<p>" * 250_000, "trop grande"),
        (b"x" * (imports.MAX_BYTES + 1), "dépasse la taille permise"),
        (b"\n" * (imports.MAX_LINES + 1), "lignes"),
    ],
    ids=lambda value: repr(value[:24]) if isinstance(value, bytes) else None,
)
@pytest.mark.timeout(60)
def test_what_would_grow_or_sink_is_refused_with_a_sentence(data: bytes, words: str) -> None:
    assert words in refusal(data)


@pytest.mark.parametrize("format_name", list(imports.READERS))
@given(data=st.binary(max_size=300))
@settings(max_examples=25)
def test_any_bytes_give_a_document_or_a_refusal(format_name: str, data: bytes) -> None:
    try:
        document = imports.read(data, name="x", format=format_name)
    except errors.FaqError as refused:
        french.sentence(refused)  # has one
        return
    assert document.entries


_PIECES = st.sampled_from(
    [
        "Question;Réponse\n", "Comment payer ?", ";", ",", "\t", '"', "\n", "# ", "## Où ?\n", "**", "---\n",
        "<details><summary>Qui ?</summary>", "</details>", ":::details Quand ?\n", ":::\n", "??? q \"Où ?\"\n",
        "    ", "- ", "1. ", '{"question": "a ?", ', '"answer": "b"}', "[", "]", "question: ", "&a ", "*a", "|",
        "<p>", "<script>", "<dl><dt>Quoi ?</dt><dd>", "</dd></dl>", "<h2>Où ?</h2>", "[email protected]", "```\n",
        "| a | b |\n|---|---|\n", "Q : ", "R : ", "\r\n", "sep=;\n", "\x00", "\ufeff", "==\n", "* * *\n",
    ]
)  # fmt: skip
_SOUP = st.lists(st.one_of(_PIECES, st.text(max_size=6)), max_size=40).map("".join)


def read_soup(text: str) -> None:
    try:
        document = imports.read(text.encode("utf-8", "replace"), name="x")
    except errors.FaqError:
        return
    for entry in document.entries:
        assert entry.question.strip() == entry.question != ""
        assert "\n" not in entry.question
        assert entry.line >= 1
        assert "\x00" not in entry.question + entry.answer
    json.dumps([entry.answer for entry in document.entries]).encode()


def test_half_a_character_in_an_answer_is_left_out() -> None:
    data = (
        rb'[{"question": "Un ?", "answer": "Oui \ud83d."}, {"question": "Deux ?", "answer": "x"}]'
    )
    first, _ = imports.read(data, name="faq.json").entries
    assert first.answer == "Oui ."


@given(_SOUP)
@settings(max_examples=150)
def test_any_mixture_of_formats_gives_clean_entries(text: str) -> None:
    read_soup(text)


@pytest.mark.deep
@given(_SOUP)
@settings(max_examples=20_000, deadline=None)
def test_any_mixture_of_formats_gives_clean_entries_for_long(text: str) -> None:
    read_soup(text)


READABLE = [
    file.read_bytes()
    for path in DOCUMENTS
    for file in ([path] if path.is_file() else sorted(path.rglob("*.*")))
]


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A document as people write them, cut, repeated, and grafted with pieces of another."""
    data = draw(st.sampled_from(READABLE))
    for _ in range(draw(st.integers(1, 5))):
        at, length = draw(st.integers(0, len(data))), draw(st.integers(0, 120))
        other = draw(st.sampled_from([data, *READABLE]))
        start = draw(st.integers(0, len(other)))
        graft = draw(
            st.sampled_from([b"", other[start : start + length], data[at : at + length] * 3])
        )
        data = data[:at] + graft + data[at + draw(st.integers(0, 20)) :]
    return data


def read_mutated(data: bytes) -> None:
    try:
        document = imports.read(data, name="x")
    except errors.FaqError as refused:
        french.sentence(refused)  # has one
        return
    assert document.entries


@given(mutated())
@settings(max_examples=80)
def test_a_document_cut_anywhere_is_read_or_refused(data: bytes) -> None:
    read_mutated(data)


@pytest.mark.deep
@given(mutated())
@settings(max_examples=20_000, deadline=None)
def test_a_document_cut_anywhere_is_read_or_refused_for_long(data: bytes) -> None:
    read_mutated(data)


# Each inside the next: looking for the outermost of each article would be hundreds of millions of steps.
CHAIN = [{"id": n, "name": "x", "parent_section_id": n + 1} for n in range(40_000)]


def article(number: int) -> dict[str, object]:
    return {"id": number, "title": "a ?", "body": "b", "section_id": 0}


@pytest.mark.parametrize(
    "hostile",
    [
        lambda: "# " * 10**5,
        lambda: "**" * 10**5,
        lambda: "<" * 200_000,
        lambda: "![" * 10**5,
        lambda: "[" * 10**5 + "a",
        lambda: "> " * 10**5 + "x",
        lambda: "- " * 10**5 + "x",
        lambda: '"' * 10**6,
        lambda: "a ?" * 10**5,
        lambda: "1. " * 10**5,
        lambda: "<details>\n" * 20_000,
        lambda: ":::details a ?\n" * 20_000,
        lambda: '<A title="b ?">\n' * 20_000,
        lambda: "<!--" * 10**5,
        lambda: "<html>" + "<p>a ?" * 3_000,
        lambda: "<html>" + '<button aria-controls="a">b ?</button>' * 3_000 + '<p id="a">c',
        lambda: "Question;Réponse\n" + '"a' * 10**5,
        lambda: ";" * 10**6,
        lambda: ("Question" + ";" * 100_000 + "Réponse\na ?") * 2,
        lambda: "a: " * 10**5,
        lambda: '{"a": "' + "\\" * 10**6,
        lambda: "# ? a\n```\n" * 50_000,
        lambda: "# a\n" * 100_000,
        lambda: "# ? a\n```\nx\n```\n**Prompts:**\n" + "- [" * 10**6,
        lambda: "Question\tAnswer\tSource\n" + '"a\tb\tc\n' * 50_000,
        lambda: json.dumps({"articles": [article(n) for n in range(10_000)], "sections": CHAIN}),
        lambda: json.dumps({"data": [{"a": n} for n in range(100_000)]}),
    ],
)
@pytest.mark.timeout(60)
def test_no_shape_of_document_takes_more_than_linear_time(hostile: Callable[[], str]) -> None:
    """Quadratic time on any of these is hours, not seconds: the limit is no measure of speed."""
    try:
        imports.read(hostile().encode(), name="x")
    except errors.FaqError as refused:
        french.sentence(refused)  # has one
