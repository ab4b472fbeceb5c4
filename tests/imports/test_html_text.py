"""HTML of other systems to Markdown that says the same thing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faq_cms import rendering
from faq_cms.imports import html_text

# What people see on each side of an arrow, in the forms help desks write it.
SAID = {
    "nested lists": ("<ul><li>un<ul><li>deux</li></ul></li><li>trois</li></ul>", "- un\n  - deux\n- trois"),
    "a list typed with dashes": ("<p>Étapes :<br>- un<br>- deux<br>fin</p>", "Étapes :\n\n- un\n- deux\n\nfin"),
    "a list numbered by hand": ("<p>x<br>1. un<br>2. deux</p>", "x\n\n1. un\n2. deux"),
    "a numbered list that starts further": ('<ol start="3"><li>a<br>b</li><li>c</li></ol>', "3. a\\\n   b\n4. c"),
    "two line breaks": ("a<br>b<br><br>c<br>", "a\\\nb\n\nc"),
    "empty paragraphs": ("<p>a</p><p>&nbsp;</p><p><br></p><p>b</p>", "a\n\nb"),
    "bold that swallows a space": ("<p><b>Prix :&nbsp;</b>12&nbsp;€</p>", "**Prix :**\u00a012\u00a0€"),
    "bold against a letter": ("<p><b>Attention :</b>texte</p>", "**Attention** :texte"),
    "bold twice": ("<strong><b>oui</b></strong>", "**oui**"),
    "bold around paragraphs": ("<b><p>un</p><p>deux</p></b>", "un\n\ndeux"),
    "a table": (
        "<table><tr><th>A|b</th><th>B</th></tr><tr><td>1</td><td><p>x</p><p>y</p></td></tr></table>",
        "| A\\|b | B |\n| --- | --- |\n| 1 | x y |",
    ),
    "a table that lays out the page": ("<table><tr><td><p>Un</p></td></tr><tr><td>Deux</td></tr></table>", "Un\n\nDeux"),
    "code that holds a fence": ("<pre><code class='language-js'>a\n```\n</code></pre>", "````js\na\n```\n````"),
    "a folded passage": ("<details><summary>Voir <b>plus</b></summary>texte</details>", "**Voir plus**\n\ntexte"),
    "definitions": ("<dl><dt>Q</dt><dd>R</dd></dl>", "**Q**\n\nR"),
    "signs of Markdown that are text": (
        "snake_case _a_ 5 * 3 *x* &lt;b&gt; [a](b) `c`",
        "snake_case \\_a\\_ 5 * 3 \\*x\\* \\<b> \\[a](b) \\`c\\`",
    ),
    "a line that looks like a heading": ("<p># titre</p><p>2019. Une année</p>", "\\# titre\n\n2019\\. Une année"),
    "small letters and quotations": ("1<sup>er</sup> <q>cité</q> <s>non</s>", "1er «\u202fcité\u202f» ~~non~~"),
    "a film": ("<iframe src='https://videos.example/x'></iframe>", "[Vidéo](https://videos.example/x)"),
    "what is not text": ("<style>p{}</style><script>alert(1)</script><!-- non --><p>oui</p>", "oui"),
    "French spaces": ("<p>Quoi&#8239;? Oui&nbsp;: «&#8239;a&#8239;»</p>", "Quoi\u202f? Oui\u00a0: «\u202fa\u202f»"),
}  # fmt: skip


@pytest.mark.parametrize("case", SAID)
def test_what_is_read_is_kept(case: str) -> None:
    source, expected = SAID[case]
    assert html_text.to_markdown(source) == expected


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        ("/articles/1 (a)", "[y](https://aide.example/articles/1%20%28a%29)"),
        ("mailto:a@example.org", "[y](mailto:a@example.org)"),
        ("//cdn.example/x", "[y](https://cdn.example/x)"),
        ("#plus-bas", "y"),
        ("javascript:alert(1)", "y"),
        ("java\nscript:alert(1)", "y"),
        ("data:text/html,x", "y"),
        ("http://[", "y"),
    ],
)
def test_links_lead_only_where_readers_may_go(href: str, expected: str) -> None:
    source = f'<a href="{href}">y</a>'
    assert html_text.to_markdown(source, base="https://aide.example/hc/") == expected


def test_an_address_hidden_by_a_proxy_comes_back_when_its_code_is_there() -> None:
    key = 0x42
    code = bytes([key, *(byte ^ key for byte in b"aide@example.org")]).hex()
    span = f'<span class="__cf_email__" data-cfemail="{code}">[email&#160;protected]</span>'
    assert html_text.to_markdown(f"<p>Écrivez à {span}.</p>") == "Écrivez à aide@example.org."
    link = f'<a href="/cdn-cgi/l/email-protection#{code}">[email&#160;protected]</a>'
    assert html_text.to_markdown(link) == "[aide@example.org](mailto:aide@example.org)"


@pytest.mark.parametrize("code", ["", "zz", "42", "4242424242", "4" * 9])
def test_a_code_that_hides_no_address_reveals_none(code: str) -> None:
    assert html_text.revealed(code) is None


def test_a_film_inside_what_is_taken_away_goes_with_it() -> None:
    film = '<object><embed src="https://example.org/film"><br></object>'
    assert html_text.to_markdown(f"<p>Avant</p>{film}<p>Après</p>") == "Avant\n\nAprès"


def test_images_are_listed_and_those_inside_the_page_are_not() -> None:
    source = "<img src='data:image/png;base64,AAA' alt='d'><img src='https://x.example/y.png' alt='é [x]'>"
    text = html_text.to_markdown(source)
    assert text == "d![é \\[x\\]](https://x.example/y.png)"
    assert html_text.images(text) == ["https://x.example/y.png"]


def test_a_tree_too_deep_or_too_large_still_gives_its_words() -> None:
    deep = "<div>" * 5_000 + "mot" + "</div>" * 5_000
    assert html_text.to_markdown(f"<p>avant</p>{deep}").startswith("avant")
    many = "<ol>" + "<li>mot</li>" * 10_000 + "</ol>"
    assert html_text.to_markdown(many).count("mot") == 10_000


def test_an_element_taken_away_is_known_as_the_library_knows_it() -> None:
    outer, inner = html_text.parsed("<p>un <b>mot</b></p>").find_all(["p", "b"])
    assert not html_text.is_gone(outer)
    outer.decompose()
    assert html_text.is_gone(inner) is inner.decomposed is True


TAGS = ("p", "b", "i", "ul", "ol", "li", "pre", "h2", "table", "tr", "td", "details", "blockquote")
MARKS = ("<br>", "mot", "*", "_", "`", "|", "~~", "\\", "&lt;script&gt;", "é\u0301", " ", "- ", "1. ", "\u00a0", "\n")  # fmt: skip
PIECES = st.sampled_from([*MARKS, *(f"<{tag}>" for tag in TAGS), *(f"</{tag}>" for tag in TAGS)])


@given(st.lists(PIECES, max_size=40).map("".join))
def test_any_page_gives_a_text_that_can_be_shown(source: str) -> None:
    text = html_text.to_markdown(source)
    assert "\ue000" not in text
    assert "<script" not in rendering.html(text)


@given(st.text())
def test_any_text_gives_some_text(source: str) -> None:
    rendering.html(html_text.to_markdown(source)[:10_000])
    assert "\n" not in html_text.plain(source)


@given(st.text(alphabet="abé *_`#<>[]()-.1&;~|\\!?"))
def test_plain_words_are_shown_as_they_were_written(words: str) -> None:
    shown = rendering.plain(html_text.to_markdown(f"<p>{_escaped(words)}</p>"))
    assert _letters(shown) == _letters(words)


def _escaped(words: str) -> str:
    return words.replace("&", "&amp;").replace("<", "&lt;")


def _letters(words: str) -> str:
    """What counts: letters and signs, not the spaces, nor the marks of the lists a line may become."""
    return "".join(each for each in words if each.isalpha() or each in "<[]()&;~|!?")
