"""The FAQ a new installation starts with: read by the product's own reader, well written."""

import re
from pathlib import Path

import pytest

from faq_cms import imports, rendering, typography
from faq_cms.imports import Document

STARTER = Path(__file__).parents[2] / "data" / "faq_facturation.txt"
SEED = Path(__file__).parents[3] / "shared" / "seed" / "faq_facturation.txt"


@pytest.fixture(scope="module")
def starter() -> Document:
    return imports.read(STARTER.read_bytes(), name=STARTER.name)


def test_ten_billing_articles_without_a_warning(starter: Document) -> None:
    assert len(starter.entries) == 10
    assert {entry.category for entry in starter.entries} == {"Facturation"}
    assert not starter.warnings
    assert not [entry.warnings for entry in starter.entries if entry.warnings]


def test_its_typography_is_impeccable(starter: Document) -> None:
    text = STARTER.read_text("utf-8")
    assert not typography.find(text)
    assert not re.search("[ '\"](?=[;:!?»])|'|\"|« ", text)


def test_its_addresses_belong_to_nobody(starter: Document) -> None:
    domains = re.findall(r"@([\w.-]+)", STARTER.read_text("utf-8"))
    assert set(domains) == {"example.org"}


def test_its_lists_reach_the_reader_as_lists(starter: Document) -> None:
    html = [str(rendering.html(entry.answer)) for entry in starter.entries]
    assert sum("<ul>" in answer for answer in html) == 5
    assert sum("<ol>" in answer for answer in html) == 1


@pytest.mark.skipif(not SEED.exists(), reason="the real document is not beside this clone")
def test_no_sentence_is_copied_from_the_real_document(starter: Document) -> None:
    def sentences(document: Document) -> set[str]:
        text = " ".join(f"{entry.question} {entry.answer}" for entry in document.entries)
        return {
            words
            for part in re.split(r"[.?!]\s", text)
            if len(words := re.sub(r"\W+", " ", part)) > 20
        }

    seed = imports.read(SEED.read_bytes(), name=SEED.name)
    assert not sentences(starter) & sentences(seed)
