"""A site that works from a disk: relative links, own files, and a search without a server."""

import posixpath
import zipfile
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from faq_cms.articles import PublishedArticle
from faq_cms.exports.static_site import write
from tests.exports.made import NASTY, SITE, article

if TYPE_CHECKING:
    from playwright.sync_api import Browser

MADE = [
    article(1, answer="Voir [l’envoi](/aide/comment-payer-2#frais), [ici](https://aide.example.org/aide/comment-payer-3) ou [le tarif](/aide/tarif)."),
    article(2, question="Où est mon colis\u202f?", category="Colis", parent="Achats"),
    article(3, question="Et le délai\u202f?", answer="Trois jours ouvrés.", category="Colis", parent="Achats"),
]  # fmt: skip


def files(*articles: PublishedArticle) -> dict[str, str]:
    with zipfile.ZipFile(BytesIO(write(articles, SITE))) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


class Page(HTMLParser):
    """What a page points to, its elements and its words."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.tags: list[str] = []
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        named = dict(attrs)
        assert not [name for name in named if name.startswith("on") or name == "style"]
        self.addresses += [value for name in ("href", "src") if (value := named.get(name))]

    def handle_data(self, data: str) -> None:
        self.words += data


def test_every_relative_address_is_a_file_of_the_zip() -> None:
    found = files(*MADE)
    pages = {name: Page(text) for name, text in found.items() if name.endswith(".html")}
    assert len(pages) == 4
    for name, page in pages.items():
        for address in page.addresses:
            if "://" not in address and not address.startswith("#"):
                place = posixpath.join(posixpath.dirname(name), address.partition("#")[0])
                assert posixpath.normpath(place) in found, (name, address)


def test_links_between_articles_stay_in_the_zip_and_others_lead_to_the_help_centre() -> None:
    found = Page(files(*MADE)["articles/comment-payer-1.html"]).addresses
    assert "comment-payer-2.html#frais" in found
    assert "comment-payer-3.html" in found
    assert "https://aide.example.org/aide/tarif" in found


def test_the_first_page_lists_every_question_by_category_without_a_script() -> None:
    home = files(*MADE)["index.html"]
    assert '<html lang="fr">' in home
    assert "Achats — Colis" in home
    assert Page(home).words.count("Où est mon colis\u202f?") == 1
    assert "Contenu à jour au 1er avril 2026." in home


def test_neighbours_are_those_of_the_category() -> None:
    found = files(*MADE)
    assert "rel=" in found["articles/comment-payer-2.html"].partition('<nav class="beside"')[2]
    assert 'class="beside"' not in found["articles/comment-payer-1.html"]


@pytest.mark.parametrize("text", NASTY)
def test_no_text_becomes_an_element(text: str) -> None:
    plain, nasty = (
        [
            Page(page).tags.count("script")
            for name, page in files(article(question=words, category=words, answer=words)).items()
            if name.endswith(".html")
        ]
        for words in ("x", text)
    )
    assert plain == nasty


@pytest.mark.parametrize("text", NASTY)
def test_the_texts_of_the_search_stay_one_string(text: str) -> None:
    script = files(article(answer=text))["recherche-textes.js"]
    assert script.count("\n") == 1
    assert script.isascii()


def test_without_article_the_site_says_so() -> None:
    assert "Aucun article publié" in files()["index.html"]


def test_a_person_searches_and_reads_from_a_disk(chromium: "Browser", tmp_path: Path) -> None:
    with zipfile.ZipFile(BytesIO(write(MADE, SITE))) as archive:
        archive.extractall(tmp_path)
    context = chromium.new_context(viewport={"width": 390, "height": 800}, locale="fr-FR")
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("request", lambda each: faults.append(each.url) if "file://" not in each.url else None)
    page.goto((tmp_path / "index.html").as_uri())
    page.get_by_role("searchbox").fill("OUVRES delai")
    page.get_by_text("1 article trouvé").wait_for()
    assert page.get_by_role("listitem").count() == 1
    page.get_by_role("link", name="Et le délai").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Et le délai\u202f?"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != "rgba(0, 0, 0, 0)"
    page.get_by_role("link", name="Toutes les questions").click()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.get_by_role("listitem").count() == 3
    assert not faults
    context.close()
