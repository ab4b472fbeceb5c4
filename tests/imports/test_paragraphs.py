"""Plain-text lines to Markdown: same look, no structure by accident."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from faq_cms.imports.paragraphs import to_markdown, unwrapped, wrap_width

MARKDOWN = MarkdownIt("commonmark").enable("table")


def html(lines: list[str], width: int | None = None) -> str:
    return str(MARKDOWN.render(to_markdown(lines, width))).strip()


# -- line ends -------------------------------------------------------------------------------------

WRAPPED = [
    "Nous envoyons les factures à la fin de chaque",
    "trimestre. Une préfacturation a lieu au premier",
    "trimestre.",
]


def test_lines_wrapped_by_hand_are_joined() -> None:
    assert wrap_width(WRAPPED) == 47
    assert to_markdown(WRAPPED, 47) == " ".join(WRAPPED)


def test_a_break_where_the_next_word_would_have_fitted_is_the_authors() -> None:
    assert to_markdown(["Écrivez à :", "Service clients", "1 rue Haute", "Bruxelles"], 47) == (
        "Écrivez à :\n\nService clients  \n1 rue Haute  \nBruxelles"
    )


def test_without_wrapping_each_sentence_line_is_a_paragraph() -> None:
    long = "Une phrase assez longue pour que personne ne l’ait coupée à la main. " * 3
    assert wrap_width([long, long]) is None
    assert to_markdown([long, "Une autre."], None) == f"{long.strip()}\n\nUne autre."


def test_one_line_that_could_not_be_cut_does_not_hide_the_wrapping() -> None:
    address = "https://example.org/" + "a" * 120
    assert wrap_width([*WRAPPED * 10, address]) == 47


def test_blank_lines_part_paragraphs_whatever_their_number() -> None:
    assert to_markdown(["", "Un.", "", "\u00a0", "Deux.", ""], None) == "Un.\n\nDeux."


def test_a_hyphenated_word_is_closed_up() -> None:
    assert unwrapped(["une pré-", "facturation", "en mars -", "avril"]) == (
        "une pré-facturation en mars - avril"
    )


# -- lists -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "markdown"),
    [
        (["- un", "- deux"], "- un\n- deux"),
        (["• un", "• deux"], "- un\n- deux"),
        (["– un", "– deux"], "- un\n- deux"),
        (["* un", "", "* deux"], "- un\n- deux"),
        (["1. un", "2. deux"], "1. un\n2. deux"),
        (["1) un", "2) deux"], "1. un\n2. deux"),
        (["3. un", "4. deux"], "3. un\n4. deux"),
        (["- un", "  - dedans", "- deux"], "- un\n    - dedans\n- deux"),
        (["1. un", "   • dedans", "2. deux"], "1. un\n    - dedans\n2. deux"),
        (["- un,", "  suite", "- deux"], "- un, suite\n- deux"),
        (["Indiquez :", "- votre numéro"], "Indiquez :\n\n- votre numéro"),
        (["- un", "- deux", "", "Fin."], "- un\n- deux\n\nFin."),
        (["  - un", "  - deux"], "- un\n- deux"),
        (["- un", "- deux", "2024. Une année"], "- un\n- deux\n\n2024\\. Une année"),
        (["- un", "7. sept", "- deux"], "\\- un  \n7\\. sept  \n\\- deux"),
        (["- # un", "- 1. deux"], "- \\# un\n- 1\\. deux"),
    ],
)
def test_a_list_stays_a_list(lines: list[str], markdown: str) -> None:
    assert to_markdown(lines, None) == markdown


def test_nested_lists_are_read_as_nested() -> None:
    nested = html(["1. un", "   - a", "   - b", "      1. x", "      2. y", "2. deux"])
    assert nested.count("<ol>") == 2
    assert nested.count("<ul>") == 1
    assert nested.count("<li>") == 6
    assert "<p>" not in nested


# -- no structure by accident ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        "# 12 est votre numéro", "###### six", "#", "> voir plus haut", "- 5 euros de remise", "-", "+ 5 %",
        "* sous conditions", "2024. Une année de changements", "1. Un seul point", "12) rue Haute",
        "---", "===", "=", "***", "* * *", "___", "- - -", "```", "~~~", "| a | b |", "|---|---|",
        "[facture]: voir plus bas", "<b>gras</b>", "<script>alert(1)</script>", "<!-- note -->", "</p>",
        "    quatre espaces", "\tune tabulation", "1 < 2 et 3 > 2",
    ],
)  # fmt: skip
@pytest.mark.parametrize("before", [[], ["Un début de phrase"], ["Un paragraphe.", ""]])
def test_a_line_of_text_stays_a_line_of_text(line: str, before: list[str]) -> None:
    rendered = MARKDOWN.parse(to_markdown([*before, line], None))
    assert {token.type for token in rendered} == {"paragraph_open", "inline", "paragraph_close"}
    (*_, last, _close) = rendered
    children = last.children or []
    assert {child.type for child in children} <= {"text", "text_special", "hardbreak"}
    assert "".join(child.content for child in children).endswith(line.strip())


@pytest.mark.parametrize(
    "text",
    ["**gras**", "*italique*", "[lien](https://example.org)", "`code`", "<https://example.org>",
     "<aide@example.org>", "déjà \\# échappé", "\\- déjà", "R&D", "prix_total_net", "5 * 3"],
)  # fmt: skip
def test_marks_inside_a_line_are_kept(text: str) -> None:
    assert to_markdown([text], None) == text


_LINES = st.lists(
    st.one_of(
        st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), max_size=30),
        st.sampled_from(["- a", "1. b", "2. c", "  - d", "# e", "> f", "", "---", "<b>", "a :"]),
    ),
    max_size=12,
)


@given(_LINES)
def test_only_paragraphs_and_lists_come_out(lines: list[str]) -> None:
    kinds = {token.type for token in MARKDOWN.parse(to_markdown(lines, None))}
    block = {"paragraph", "list_item", "bullet_list", "ordered_list"}
    assert {kind.removesuffix("_open").removesuffix("_close") for kind in kinds} <= block | {
        "inline"
    }


@given(_LINES)
def test_what_came_out_is_read_back_the_same(lines: list[str]) -> None:
    once = to_markdown(lines, None)
    assert to_markdown(once.split("\n"), None) == once
