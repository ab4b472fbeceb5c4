"""French is put right where it is prose, and nothing else in the text moves."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from faq_cms import typography
from faq_cms.typography import Finding, find, fix, spaces

N, B = "\u202f", "\u00a0"  # Narrow no-break space, no-break space.


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        # High punctuation
        ("Bonjour !", f"Bonjour{N}!"),
        ("Bonjour!", f"Bonjour{N}!"),
        (f"Bonjour{B}!", f"Bonjour{N}!"),
        ("Bonjour  !", f"Bonjour{N}!"),
        ("Vrai ?", f"Vrai{N}?"),
        ("Vrai ?!", f"Vrai{N}?!"),
        ("un ; deux", f"un{N}; deux"),
        ("(vraiment ?)", f"(vraiment{N}?)"),
        ("**Attention !**", f"**Attention{N}!**"),
        ("un **mot** ?", f"un **mot**{N}?"),
        ("un **mot**?", f"un **mot**{N}?"),
        ("[Pourquoi?](/a)", f"[Pourquoi{N}?](/a)"),
        ("Que faire...?", f"Que faire…{N}?"),
        ("Et `code` ?", f"Et `code`{N}?"),
        ("| Quand ? |", f"| Quand{N}? |"),
        # Colon
        ("Note : ceci", f"Note{B}: ceci"),
        ("Note: ceci", f"Note{B}: ceci"),
        (f"Note{N}: ceci", f"Note{B}: ceci"),
        ("Note :", f"Note{B}:"),
        ("**Note:** ceci", f"**Note{B}:** ceci"),
        ("**Note** : ceci", f"**Note**{B}: ceci"),
        # Quotes
        ('Dites "oui".', f"Dites «{N}oui{N}»."),
        ('"Oui", dit-il.', f"«{N}Oui{N}», dit-il."),
        ('"Oui ?"', f"«{N}Oui{N}?{N}»"),
        ('le mot "oui" !', f"le mot «{N}oui{N}»{N}!"),
        ('*"oui"*', f"*«{N}oui{N}»*"),
        ('l\'"oui"', f"l’«{N}oui{N}»"),
        ("«oui»", f"«{N}oui{N}»"),
        ("« oui »", f"«{N}oui{N}»"),
        (f"«{B}oui{B}»", f"«{N}oui{N}»"),
        ('- "un" ?\n- "deux', f'- «{N}un{N}»{N}?\n- "deux'),
        ('"un\ndeux"', f"«{N}un\ndeux{N}»"),
        ("« oui ? »", f"«{N}oui{N}?{N}»"),
        # Apostrophe
        ("l'article d'aujourd'hui", "l’article d’aujourd’hui"),
        ("L'*avis*, qu'« il »", f"L’*avis*, qu’«{N}il{N}»"),
        ("l'[aide](/aide)", "l’[aide](/aide)"),
        ("l'`API`", "l’`API`"),
        # Ellipsis
        ("Bon...", "Bon…"),
        ("un (...) deux", "un (…) deux"),
        ("un [...] deux", "un […] deux"),
        ("...et puis", "…et puis"),
        ("factures, avoirs, etc...", "factures, avoirs, etc."),
        ("factures, avoirs, etc…", "factures, avoirs, etc."),
        # Capitals
        ("A partir de mars", "À partir de mars"),
        ("Oui. A la fin du mois", "Oui. À la fin du mois"),
        ("- A noter", "- À noter"),
        ("A l'échéance", "À l’échéance"),
        ('"A quel moment ?"', f"«{N}À quel moment{N}?{N}»"),
        ("Etat de la facture", "État de la facture"),
        ("l'Etat", "l’État"),
        ("Etes-vous client ?", f"Êtes-vous client{N}?"),
        ("Echéance", "Échéance"),
        # Numbers
        ("facture n° 12", f"facture n°{B}12"),
        ("facture n°12", f"facture n°{B}12"),
        ("N°s 12 et 13", f"N°s{B}12 et 13"),
        ("à 10h30", f"à 10{B}h{B}30"),
        ("à 10 h 30", f"à 10{B}h{B}30"),
        ("de 9h à 17h.", f"de 9{B}h à 17{B}h."),
        ("9h-17h", f"9{B}h-17{B}h"),
        ("24h/24", f"24{B}h/24"),
        ("21% de TVA", f"21{N}% de TVA"),
        ("21 % de TVA", f"21{N}% de TVA"),
        ("12,50€", f"12,50{B}€"),
        ("12,50 €", f"12,50{B}€"),
        ("1 250 €", f"1{N}250{B}€"),
        ("1 250 000,00 euros", f"1{N}250{N}000,00 euros"),
    ],
)
def test_french_is_put_right(typed: str, right: str) -> None:
    assert fix(typed) == right


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "!",
        "Oui.",
        f"C’est super{N}!",
        f"21{B}% ou 21{N}%",
        # Code
        "`l'avis !`",
        "``l' ` avis !``",
        "```\nl'avis !\n```",
        "~~~ js\nl'avis !\n\nl'autre !\n~~~",
        "```\nl'avis !\n~~~\nnon fermé !",
        "> ```\n> l'avis !\n> ```",
        "Oui.\n\n    l'avis !",
        "\tl'avis !",
        "- oui\n\n        l'avis !",
        "un ` seul\n- `l'avis !`",
        "# un ` seul\n`l'avis !`",
        "un ` seul\n```\n`\n```\n`l'avis !`",
        "`l'avis\nsuite d'avis !`",
        # Addresses
        "https://example.org/l'avis?a=1;b=2",
        "http://example.org:8080/",
        "(voir https://example.org/?q=d'un)",
        "example.org/l'avis",
        "www.example.org:443/a",
        "[aide](https://example.org/l'avis)",
        "[aide](/l'avis \"l'avis : ici\")",
        "[aide](<l'avis !>)",
        "![vue](/l'avis.png)",
        "<https://example.org/l'avis>",
        "mailto:a@example.org?subject=l'avis",
        "a.b+c'd@example.org",
        "[email protected]",
        "[aide]: https://example.org/l'avis \"l'avis !\"",
        "Voir [l'aide].\n\n[l'aide]: /aide",
        "Voir [ici][L'Aide].\n\n[l'aide]: /aide",
        # Front matter
        "---\ntitle: l'avis !\n---\n",
        # Marks of Markdown
        "- ! important",
        "# ? Question",
        "1. ? quoi",
        "> ! note",
        ">! note",
        "|a|b|\n|:-|-:|\n|!|?|",
        "**!**",
        "![vue](/a.png)",
        "\\! et \\\" et l\\'avis",
        '<b title="l\'avis !">',
        "&nbsp; &amp; &#39; fin",
        # Things that only look like punctuation
        "à 10:30",
        "std::vector ou a::",
        "ratio 3:2",
        "a != b, a?b=1, a;b",
        ":-) ;) :)",
        ":sourire: ok",
        "C:\\dossier",
        "(?) [!]",
        "../dossier et .../dossier et 1...5",
        "Bon....",
        'un écran de 15" ici',
        '"oui',
        'un " deux " trois',
        'a"b"c',
        "'oui' et rock n' roll 5'",
        "Le groupe A la rejoint",
        "Vitamine A",
        "ETAT, etat, Etatique",
        "100%25",
        "2024h, v2h, 0x10h",
        # Numbers that are copied
        "BE68 5390 0754 7034",
        "FR76 3000 6000 0112 3456 7890 189",
        "02 555 12 34",
        "client 123 456 789",
        "+++123/4567/89012+++",
        "+32 470 123 456",
    ],
)
def test_what_is_not_wrong_or_not_prose_stays(text: str) -> None:
    assert fix(text) == text


@pytest.mark.parametrize(
    ("typed", "suggested"),
    [
        ("la 1ère facture", "la 1re facture"),
        ("les 1ères", "les 1res"),
        ("le 2ème trimestre", "le 2e trimestre"),
        ("3ieme, 4èmes", "3e, 4es"),
    ],
)
def test_a_change_that_removes_letters_is_only_suggested(typed: str, suggested: str) -> None:
    findings = find(typed)
    assert not any(finding.safe for finding in findings)
    assert fix(typed) == typed
    assert typography.apply(typed, findings) == suggested


@pytest.mark.parametrize("right", ["1er", "1re", "2e", "2nd", "2nde", "21e", "IVe", "1,5 crème"])
def test_a_right_ordinal_is_left_alone(right: str) -> None:
    assert find(right) == []


def test_a_finding_says_where_what_and_why() -> None:
    text = "L'avis : oui"
    assert find(text) == [
        Finding("apostrophe", 1, 2, "'", "’"),
        Finding("colon", 6, 7, " ", B),
    ]
    assert [finding.message for finding in find(text)] == [
        "Apostrophe courbe (’) au lieu de l’apostrophe droite.",
        "Espace insécable avant le deux-points.",
    ]


def test_one_finding_can_be_accepted_and_the_others_left() -> None:
    text = "L'avis : oui !"
    assert typography.apply(text, find(text)[1:2]) == f"L'avis{B}: oui !"


def test_the_reasons_given_to_editors_are_good_french_themselves() -> None:
    for message in typography.MESSAGES.values():
        assert find(message) == []


def test_code_inside_a_list_is_told_from_an_item_of_it() -> None:
    assert fix("- a\n    - l'item\n    suite d'item") == "- a\n    - l’item\n    suite d’item"


# --- What holds for any text --------------------------------------------------------------------

PIECES = [
    "mot", "l'avis", "A la", "Etat", "etc...", "...", "10h30", "5%", "1 000 €", "n°5", "2ème", "a@b.be",
    "https://e.org/l'x?", "example.org", "AA00 1234 5678 9012", "[x]", "](/l'x)", "[l'x]: /l'x", "`", "```",
    "~~~", "---", "a:", '"', "'", "’", "«", "»", "“", ":", ";", "!", "?", ".", ",", "*", "**", "_", "|", "|-|",
    "(", ")", "<b ", ">", "\\", "&amp;", "#", "-", "- ", "1. ", " ", "  ", "    ", "\t", "\n", "\n\n", B, N,
    "é", "e\u0301", "0", "7", "h", "€", "%", "😀", "A", "/",
]  # fmt: skip
frenchish = st.lists(st.sampled_from(PIECES), max_size=25).map("".join) | st.text()


@given(frenchish)
@example('"A la fin ?"')
@example("etc...l'avis")
@example("...Etat")
@example("mot:;")
@example('"/":')
@example("a@b.bel'avisa@b.bel'avisa@b.be")
@example("...https://e.org/l'x")
def test_fixing_twice_changes_nothing_more(text: str) -> None:
    assert fix(fix(text)) == fix(text)


def base_letters(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", text) if c.isalnum())


@given(frenchish)
def test_letters_and_digits_never_change_but_for_their_accents(text: str) -> None:
    assert base_letters(fix(text)) == base_letters(text)


@given(frenchish)
def test_findings_are_in_order_apart_and_exact(text: str) -> None:
    findings = find(text)
    place = 0
    for finding in findings:
        assert place <= finding.start <= finding.end
        assert text[finding.start : finding.end] == finding.before != finding.after
        place = finding.end
    assert typography.apply(text, [f for f in findings if f.safe]) == fix(text)


@given(frenchish)
@example("AA00 1234 5678 9012“n°5a@b.behttps://e.org/l'x?")
def test_what_is_right_has_no_safe_finding_left(text: str) -> None:
    assert [finding for finding in find(fix(text)) if finding.safe] == []


@given(
    frenchish,
    st.sampled_from(["`l'a !`", "<https://e.org/l'a>", "https://e.org/l'a;b", "a.d'b@e.org"]),
)
def test_code_and_addresses_survive_whatever_stands_before(text: str, kept: str) -> None:
    # A paragraph of its own, and no code left open before it.
    before = text.replace("`", "").replace("~", "").replace("\\", "")
    assert fix(f"{before}\n\nmot {kept} mot").endswith(f"mot {kept} mot")


@given(frenchish)
def test_line_ends_never_move(text: str) -> None:
    assert fix(text).count("\n") == text.count("\n")


@pytest.mark.parametrize(
    "shape",
    ["`a``", '"a" ', "](a", " ", "a.", "<a", "[a", "-", "1 000 ", "[a]: b\n", "AA00", "!", "](("],
)
def test_a_large_repetitive_text_is_fixed(shape: str) -> None:
    text = shape * (200_000 // len(shape))
    assert base_letters(fix(text)) == base_letters(text)


# --- Channels -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("style", "text"),
    [
        ("narrow", f"Délai{B}: 30{N}%"),
        ("no_break", f"Délai{B}: 30{B}%"),
        ("plain", "Délai : 30 %"),
    ],
)
def test_a_channel_chooses_its_spaces(style: typography.SpaceStyle, text: str) -> None:
    assert spaces(f"Délai{B}: 30{N}%", style) == text
