"""Booklets: what Word and a reader of PDF find in them."""

import io
from typing import Any

import docx
import pypdfium2
import pytest

from faq_cms.articles import PublishedArticle
from faq_cms.exports import blocks, docx_booklet, pdf_booklet
from faq_cms.exports.blocks import Kind
from tests.exports.made import NASTY, SITE, article

ANSWER = """Par **virement** ou en *ligne*, voir [le tarif](/aide/tarif).

## Par virement

1. Ouvrez ;
2. saisissez :
   - sans espaces ;
3. validez.

> Trois jours.

| Moyen | Délai |
|---|---|
| Carte | immédiat |

```
+++090+++
```

3. Autre liste
"""
MADE = [
    article(1, answer=ANSWER),
    article(2, question="Où est mon colis\u202f?", category="Colis", parent="Achats"),
    article(3, question="Et ensuite\u202f?", category=None),
]
TITLES = ["Facturation", "Achats — Colis", "Autres questions"]

# -- blocks --------------------------------------------------------------------------------------


def test_an_answer_is_a_flat_list_of_blocks() -> None:
    found = blocks.answer(MADE[0], SITE)
    assert [(block.kind, block.depth, block.number) for block in found] == [
        (Kind.PARAGRAPH, 0, None), (Kind.HEADING, 0, None), (Kind.ITEM, 1, 1), (Kind.ITEM, 1, 2),
        (Kind.ITEM, 2, None), (Kind.ITEM, 1, 3), (Kind.PARAGRAPH, 0, None), (Kind.TABLE, 0, None),
        (Kind.CODE, 0, None), (Kind.ITEM, 1, 3),
    ]  # fmt: skip
    first = found[0].runs
    assert [run.text for run in first if run.bold] == ["virement"]
    assert [run.text for run in first if run.italic] == ["ligne"]
    assert [run.address for run in first if run.address] == ["https://aide.example.org/aide/tarif"]
    assert found[6].quoted
    assert [[cell[0].text for cell in row] for row in found[7].rows] == [
        ["Moyen", "Délai"], ["Carte", "immédiat"],
    ]  # fmt: skip
    assert [block.opens for block in found if block.kind is Kind.ITEM][-1]


def test_an_item_without_words_or_that_begins_with_code_keeps_its_mark_for_itself() -> None:
    made = article(answer="- un\n-\n\nAprès.\n\n3. ~~~\n   x\n   ~~~\n   suite\n4. deux\n\nFin.")
    found = [
        (block.kind, block.number, "".join(run.text for run in block.runs))
        for block in blocks.answer(made, SITE)
    ]
    assert found == [
        (Kind.ITEM, None, "un"), (Kind.ITEM, None, ""), (Kind.PARAGRAPH, None, "Après."),
        (Kind.ITEM, 3, ""), (Kind.CODE, None, "x"), (Kind.PARAGRAPH, None, "suite"),
        (Kind.ITEM, 4, "deux"), (Kind.PARAGRAPH, None, "Fin."),
    ]  # fmt: skip


# -- Word ----------------------------------------------------------------------------------------


def word(*articles: PublishedArticle) -> Any:
    return docx.Document(io.BytesIO(docx_booklet.write(articles, SITE)))


def test_word_finds_titles_lists_and_tables_in_french() -> None:
    document = word(*MADE)
    styled = [(each.style.name, each.text) for each in document.paragraphs]
    assert [text for style, text in styled if style == "Heading 1"] == TITLES
    assert [text for style, text in styled if style == "Heading 2"] == [
        each.question for each in MADE
    ]
    assert ("Heading 3", "Par virement") in styled
    assert [text for style, text in styled if style == "List Number"] == [
        "Ouvrez ;", "saisissez :", "validez.", "Autre liste",
    ]  # fmt: skip
    assert ("List Bullet 2", "sans espaces ;") in styled
    assert document.tables[0].cell(1, 1).text == "immédiat"
    assert document.core_properties.title == "Questions fréquentes"
    assert document.core_properties.author == "Aide d’Exemple"
    (language,) = document.styles.element.xpath("//w:rPrDefault//w:lang/@w:val")
    assert language == "fr-FR"


def test_each_numbered_list_begins_again() -> None:
    document = word(*MADE)
    lists = [
        each._p.pPr.numPr.numId.val
        for each in document.paragraphs
        if each.style.name == "List Number"
    ]
    assert lists[0] == lists[1] == lists[2] != lists[3]
    starts = document.part.numbering_part.element.xpath("//w:startOverride/@w:val")
    assert starts == ["1", "3"]


def test_the_contents_lead_to_every_title() -> None:
    document = word(*MADE)
    body = document.element.body
    links = body.xpath("//w:hyperlink/@w:anchor")
    assert links == body.xpath("//w:bookmarkStart/@w:name")
    assert len(links) == len(TITLES) + len(MADE)
    assert 'TOC \\o "1-2"' in body.xpath("//w:instrText")[0].text
    kinds = body.xpath("//w:fldChar/@w:fldCharType")
    assert kinds == ["begin", "separate", "end"]
    (outside,) = [each for each in document.part.rels.values() if each.is_external]
    assert outside.target_ref == "https://aide.example.org/aide/tarif"


@pytest.mark.parametrize("text", [*NASTY, "\x00\x0b\ufffe"])
def test_word_opens_whatever_was_typed(text: str) -> None:
    document = word(article(question=text, answer=text, category=text), article(2))
    assert len([each for each in document.paragraphs if each.style.name == "Heading 2"]) == 2


# -- PDF -----------------------------------------------------------------------------------------


def pages(*articles: PublishedArticle) -> tuple[list[tuple[int, str, int]], list[str]]:
    """Bookmarks (level, title, page from 1), and the text of each page."""
    document = pypdfium2.PdfDocument(pdf_booklet.write(articles, SITE))
    assert document.get_metadata_dict()["Title"] == "Questions fréquentes"
    marks = [
        (each.level, each.get_title(), each.get_dest().get_index() + 1)
        for each in document.get_toc()
    ]
    texts = []
    for page in document:
        words = page.get_textpage()
        texts.append(words.get_text_range().replace("\r\n", "\n"))
        words.close()
        page.close()
    document.close()
    return marks, texts


def test_a_reader_of_pdf_finds_contents_bookmarks_and_numbers() -> None:
    marks, texts = pages(*MADE)
    assert [title for level, title, _ in marks if level == 0] == TITLES
    assert [title for level, title, _ in marks if level == 1] == [each.question for each in MADE]
    for _, title, number in marks:
        assert title in texts[number - 1]
        assert f"\n{title} {number}" in texts[0]
    assert " 2" in texts[1]
    assert "+++090+++" in texts[1]


def test_french_spaces_hold_what_they_hold_together() -> None:
    words = " ".join(["«\u202fceci\u202f» tient\u202f!"] * 60)
    _, texts = pages(article(answer=words))
    for line in texts[1].split("\n"):
        assert not line.lstrip().startswith(("!", "»"))
        assert not line.rstrip().endswith("«")


def test_a_line_holds_what_fits_and_loses_no_letter() -> None:
    words = "un **mot**coupé, [lien](https://a.example/x) ; " * 30
    long = "https://a.example/" + "chemin/" * 60
    document = pypdfium2.PdfDocument(
        pdf_booklet.write([article(answer=f"{words}\n\n<{long}>")], SITE)
    )
    page = document[1]
    read = page.get_textpage()
    letters = "".join(read.get_text_range().split())
    edges = [read.get_charbox(number) for number in range(read.count_chars())]
    read.close()
    assert letters.count("unmotcoupé,lien;") == 30
    assert long in letters
    margin = 18 / 25.4 * 72
    assert min(left for left, _, _, _ in edges) >= margin - 1
    assert max(right for _, _, right, _ in edges) <= page.get_width() - margin + 1
    page.close()
    document.close()


def test_the_contents_of_many_articles_fill_the_pages_kept_for_them() -> None:
    made = [
        article(
            number, question=f"Question {number} {'longue ' * (number % 3 * 9)}?", answer="Oui."
        )
        for number in range(70)
    ]
    marks, texts = pages(*made)
    first = marks[0][2] - 1
    assert first > 1
    assert texts[first].startswith("Facturation\n")
    assert all("Question" in text for text in texts[:first])


@pytest.mark.parametrize("text", NASTY)
def test_a_pdf_is_made_whatever_was_typed(text: str) -> None:
    _, texts = pages(article(question=text, answer=text, category=text or None))
    assert len(texts) >= 2


def test_without_article_both_say_so() -> None:
    assert "Aucun article publié" in pages()[1][0]
    assert "Aucun article publié" in word().paragraphs[1].text
