"""A zip of Markdown files that any tool and any file system can open."""

import json
import zipfile
from io import BytesIO
from pathlib import PurePosixPath, PureWindowsPath

import pytest

from faq_cms.articles import PublishedArticle
from faq_cms.exports.markdown_files import page, write
from tests.exports.made import NASTY, SITE, article


def files(*articles: PublishedArticle) -> dict[str, str]:
    with zipfile.ZipFile(BytesIO(write(articles, SITE))) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_a_file_holds_its_front_matter_and_its_answer() -> None:
    assert files(article()) == {
        "comment-payer-1.md": "---\n"
        'title: "Comment payer\u202f?"\n'
        f'id: "{1:032x}"\n'
        'slug: "comment-payer-1"\n'
        'category: "Facturation"\n'
        'tags: ["Virement", "Échéance"]\n'
        'wordings: ["Quels moyens de paiement\u202f?"]\n'
        "version: 2\n"
        'published_at: "2026-03-31T22:05:59Z"\n'
        'updated_at: "2026-03-31T23:05:59Z"\n'
        'url: "https://aide.example.org/aide/comment-payer-1"\n'
        'language: "fr"\n'
        "---\n"
        "\n"
        "Par **virement**\u00a0:\n\n- d’abord ;\n- ensuite.\n"
    }


@pytest.mark.parametrize("text", NASTY)
def test_no_text_leaves_its_line_of_front_matter(text: str) -> None:
    front, body = page(article(question=text, category=text, answer=text), SITE).split(
        "\n---\n", maxsplit=1
    )
    assert len(front.splitlines()) == 12
    values = dict(line.split(": ", maxsplit=1) for line in front.splitlines()[1:])
    assert json.loads(values["title"]) == json.loads(values["category"]) == text
    assert body == f"\n{text}\n"


@pytest.mark.parametrize(
    ("slug", "name"),
    [
        ("comment-payer", "comment-payer"), ("../../etc/passwd", "etc-passwd"), ("..\\x", "x"),
        ("C:\\x", "c-x"), ("con", "article-con"), ("com1", "article-com1"), ("NUL", "article-nul"),
        ("a" * 300, "a" * 100), ("", "article"), ("...", "article"), ("a\x00b", "a-b"), ("é", "article"),
    ],
)  # fmt: skip
def test_a_name_is_safe_on_every_file_system(slug: str, name: str) -> None:
    (path,) = files(article(slug=slug))
    assert path == f"{name}.md"
    assert len(PurePosixPath(path).parts) == len(PureWindowsPath(path).parts) == 1
    assert not PureWindowsPath(path).drive


def test_two_articles_never_share_a_name() -> None:
    names = files(
        *(article(number, slug=slug) for number, slug in enumerate(["A", "a", "a-2", "a"]))
    )
    assert list(names) == ["a.md", "a-2.md", "a-2-2.md", "a-3.md"]


def test_the_clock_does_not_enter_the_file() -> None:
    with zipfile.ZipFile(BytesIO(write([article()], SITE))) as archive:
        assert [entry.date_time for entry in archive.infolist()] == [(1980, 1, 1, 0, 0, 0)]
