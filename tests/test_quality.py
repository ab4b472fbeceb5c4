"""What a colleague would notice in a text: found, placed, and never made up."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from faq_cms import db, filing, loop, people, quality, rendering, typography
from faq_cms.articles import Text
from faq_cms.quality import Ease, Finding, Severity
from tests import content

NARROW, NO_BREAK = "\u202f", "\u00a0"
SOUND = "Vous recevez la facture par courrier, à la fin de chaque mois."
SIGNS = [*"abcéà eE'\".,;:!?…()[]`*_#>-|/\n 0123’«»", "tu ", "vous ", "www.a.fr", "mot mot "]
texts = st.lists(st.sampled_from(SIGNS), max_size=80).map("".join)


def nowhere(_slug: str) -> bool:
    return False


def seen(question: str = "Quand", answer: str = SOUND, *wordings: str) -> list[Finding]:
    text = Text(question, answer, wordings)
    return list(quality.inspect(text, leads_somewhere={"payer", "recherche"}.__contains__))


def rules(answer: str) -> set[str]:
    return {finding.rule for finding in seen(answer=answer)}


def quoted(answer: str, rule: str) -> list[str]:
    found = next(finding for finding in seen(answer=answer) if finding.rule == rule)
    return [answer[place.start : place.end] for place in found.places]


def test_a_sound_text_has_nothing_to_look_at() -> None:
    assert seen() == []


# -- the answer ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "rule"),
    [
        ("", "empty"),
        (" \n ", "empty"),
        ("[Notre page](/aide/payer)", "only_link"),
        ("Voir [ici](/aide/payer).", "only_link"),
        ("Pour en savoir plus, <https://example.org/aide>", "only_link"),
        ("https://example.org", "only_link"),
        ("Oui.", None),
        ("Écrivez à [l’assistance](mailto:a@example.org).", None),
        ("Ouvrez votre espace client, puis la rubrique [Factures](/aide/payer).", None),
    ],
)
def test_an_answer_that_does_not_answer_says_so(answer: str, rule: str | None) -> None:
    assert rules(answer) & {"empty", "only_link"} == ({rule} if rule else set())


@pytest.mark.parametrize(
    ("link", "dead"),
    [
        ("[ici](/aide/payer)", []),
        ("[ici](/aide/perdu)", ["/aide/perdu"]),
        ("[ici](/aide/perdu#montant)", ["/aide/perdu#montant"]),
        ("[ici][1]\n\n[1]: /aide/perdu", ["/aide/perdu"]),
        ("<https://faq.example/aide/perdu>", ["https://faq.example/aide/perdu"]),
        ("<https://other.example/aide/perdu>", []),
        ("[ici](/aide)", []),
        ("`[ici](/aide/perdu)`", []),
    ],
)
def test_a_link_to_an_article_that_is_not_published_is_shown(link: str, dead: list[str]) -> None:
    answer = f"{SOUND} {link}"
    found = quality.inspect(
        Text("", answer),
        leads_somewhere={"payer"}.__contains__,
        base_url="https://faq.example",
    )
    places = [each.places[0] for each in found if each.rule == "dead_link"]
    assert [answer[place.start : place.end] for place in places] == dead


# -- the words -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "masked",
    [
        "[email protected]",
        "[email\u00a0protected]",
        "[courriel protégé]",
        "[adresse e-mail protégée]",
    ],
)
def test_a_masked_address_is_a_fault_where_it_stands(masked: str) -> None:
    answer = f"Écrivez à {masked}."
    assert quoted(answer, "masked_address") == [masked]
    assert next(f for f in seen(answer=answer)).severity is Severity.FAULT


@pytest.mark.parametrize(
    ("answer", "places"),
    [
        ("Tu ouvres ton espace. Vous payez, vous recevez.", ["Tu"]),
        ("Peux-tu ouvrir tes factures de votre espace.", ["votre"]),
        ("Vous ouvrez `tu` dans [la page](/aide/tu).", []),
        ("Tu ouvres tes factures.", []),
        ("Le ton de votre lettre.", []),
        ("Le statut de votre facture.", []),
    ],
)
def test_a_text_says_tu_or_vous(answer: str, places: list[str]) -> None:
    assert ("mixed_forms" in rules(answer)) is bool(places)
    if places:
        assert quoted(answer, "mixed_forms") == places


def test_typography_is_one_finding_a_rule_with_all_its_places() -> None:
    found = seen("Quoi?", f"{SOUND} Et l'autre, et l'une ?", "Comment?", "D'où")
    by_rule = {finding.rule: finding for finding in found}
    text = Text("Quoi?", f"{SOUND} Et l'autre, et l'une ?", ("Comment?", "D'où"))
    apostrophes = by_rule["apostrophe"]
    assert [quality.part(text, p.field)[p.start : p.end] for p in apostrophes.places] == ["'"] * 3
    assert [place.field for place in by_rule["high_punctuation"].places] == [
        "question",
        "answer",
        "wordings",
    ]
    assert apostrophes.is_fixable
    assert by_rule["high_punctuation"].message == typography.MESSAGES["high_punctuation"]


def test_a_rule_that_would_change_letters_is_not_mended_in_one_click() -> None:
    assert [(f.rule, f.is_fixable) for f in seen(answer="La 2ème fois.")] == [("ordinal", False)]


@given(texts, texts, st.lists(texts.map(lambda line: " ".join(line.split())), max_size=2))
@example('"', "a ?`b ?`", ["c ?"])
def test_every_place_is_in_the_text_and_typesetting_leaves_nothing_to_mend(
    question: str, answer: str, wordings: list[str]
) -> None:
    text = Text(question, answer, tuple(wordings))
    for finding in quality.inspect(text, leads_somewhere=nowhere):
        assert finding.message
        for place in finding.places:
            whole = quality.part(text, place.field)
            assert 0 <= place.start <= place.end <= len(whole)
            assert "".join(quality.passage(text, place)).replace("…", "") in whole.replace("…", "")
    mended = quality.inspect(quality.typeset(text), leads_somewhere=nowhere)
    assert not any(finding.is_fixable for finding in mended)


@pytest.mark.parametrize(
    ("answer", "place", "marked"),
    [
        ("ma facture ? Oui", (10, 11), "facture ?"),
        ("ma facture? Oui", (10, 10), "facture?"),
        ("? Oui", (0, 0), "?"),
        ("l'avis", (1, 2), "'"),
    ],
)
def test_a_missing_space_is_shown_by_the_words_around_it(
    answer: str, place: tuple[int, int], marked: str
) -> None:
    passage = quality.passage(Text("", answer), quality.Place("answer", *place))
    assert passage[1] == marked
    assert "".join(passage) == answer


def test_a_long_passage_is_cut_at_words() -> None:
    answer = "mot " * 200 + "[email protected]" + " mot" * 200
    before, marked, after = quality.passage(Text("", answer), quality.Place("answer", 800, 817))
    assert (before[:2], marked, after[-2:]) == ("…m", "[email protected]", "t…")
    assert len(before) <= quality.AROUND
    whole = quality.passage(Text("", answer), quality.Place("answer", 0, len(answer)))
    assert len("".join(whole)) <= quality.PASSAGE


# -- ease of reading -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "heard"),
    [
        ("le", 1), ("que", 1), ("les", 1), ("eau", 1), ("facture", 2), ("factures", 2), ("payer", 2),
        ("Noël", 2), ("naïf", 2), ("création", 3), ("théâtre", 2), ("agréable", 3),
        ("domiciliation", 5), ("l’article", 2), ("b", 1),
    ],
)  # fmt: skip
def test_syllables_are_those_a_reader_hears(word: str, heard: int) -> None:
    assert quality.syllables(word) == heard


@pytest.mark.parametrize(
    ("answer", "sentences"),
    [
        ("mot " * 30 + ".", 1),
        ("Mot mot. Mot mot ! " * 10, 20),
        ("M. Mot écrit, etc. et puis voilà " * 5, 1),
        ("- mot mot mot\n" * 12, 12),
        ("# Titre mot\nmot mot mot\nmot\n\n" * 6, 12),
        ("mot mot mot\nmot mot mot\n\n" * 6, 6),
        ("mot mot https://www.example.org/a.b.c mot. " * 10, 1),
    ],
)
def test_sentences_end_at_their_point_and_at_their_block(answer: str, sentences: int) -> None:
    measured = quality.readability(answer)
    assert measured
    assert measured.sentences == sentences


def test_ease_follows_the_published_formula() -> None:
    measured = quality.Readability(words=100, sentences=5, syllables=150, longest=(0, 1))
    assert measured.score == pytest.approx(207 - 1.015 * 20 - 73.6 * 1.5)
    assert measured.ease is Ease.EASY


@pytest.mark.parametrize(
    ("answer", "ease"),
    [
        ("Vous payez la note. Elle part le soir. Vous la lisez. " * 4, Ease.EASY),
        ("Consultez régulièrement les informations complémentaires. " * 6, Ease.HARD),
        ("La réponse est courte.", None),
        ("`code` " * 50, None),
    ],
)
def test_a_text_is_easy_or_hard_and_unknown_when_short(answer: str, ease: Ease | None) -> None:
    measured = quality.readability(answer)
    assert (measured.ease if measured else None) is ease
    assert ("hard_to_read" in rules(answer)) is (ease is Ease.HARD)


def test_a_hard_text_shows_its_longest_sentence() -> None:
    long = (
        "La régularisation administrative des situations contractuelles exceptionnelles intervient."
    )
    answer = f"{long} Elle est automatique. " + "Communication ultérieure obligatoire. " * 8
    assert quoted(answer, "hard_to_read") == [long]


@given(texts)
def test_a_measured_text_has_words_sentences_and_syllables(answer: str) -> None:
    measured = quality.readability(answer * 4)
    if measured:
        assert 1 <= measured.sentences <= measured.words <= measured.syllables
        assert measured.words >= quality.ENOUGH_WORDS


# -- what is published ---------------------------------------------------------------------------


def repeated(question: str, article_id: int | None = None) -> list[str]:
    with db.reading() as session:
        found = quality.review(session, Text(question, SOUND), article_id=article_id)
    return [each.other.question for each in found if each.rule == "repeated" and each.other]


def test_a_question_asked_already_is_shown(database: db.Database) -> None:
    first = content.published("Comment modifier mon adresse de facturation ?")
    content.published("Comment payer ma facture ?")
    assert repeated("Où modifier mon adresse de facturation ?") == [
        "Comment modifier mon adresse de facturation ?"
    ]
    assert repeated("Comment modifier mon adresse de facturation ?", first.id) == []
    assert repeated("Comment résilier mon contrat ?") == []
    assert repeated("") == []


def test_links_follow_what_is_published(database: db.Database) -> None:
    article = content.published("Comment payer ?")
    slug, other = article.slug, content.published("Autre question").id
    text = Text("Quand", f"{SOUND} [Payer](/aide/{slug}) et [chercher](/aide/recherche)")

    def dead() -> list[str]:
        with db.reading() as session:
            return [f.rule for f in quality.review(session, text, article_id=other)]

    assert dead() == []
    with db.transaction() as session:
        filing.move(session, people.SYSTEM, article.id, slug="regler", now=content.NOW)
    assert dead() == []
    with db.transaction() as session:
        loop.withdraw(session, people.SYSTEM, article.id, now=content.NOW)
    assert dead() == ["dead_link"]


def test_faults_come_before_advice(database: db.Database) -> None:
    with db.reading() as session:
        found = quality.review(session, Text("Quoi?", "Écrivez à [email protected] !"))
    assert [finding.severity for finding in found] == [Severity.FAULT, Severity.ADVICE]


@given(texts)
def test_prose_keeps_each_character_in_its_place(text: str) -> None:
    prose = typography.prose(text)
    assert len(prose) == len(text)
    assert all(a in (b, " ") for a, b in zip(prose, text, strict=True))


def test_links_give_their_words_and_address() -> None:
    found = rendering.links("a [**b** c](/d) `[e](/f)` <https://g.example> [h](mailto:i@j.k)")
    assert [(link.words, link.address) for link in found] == [
        ("b c", "/d"),
        ("https://g.example", "https://g.example"),
        ("h", "mailto:i@j.k"),
    ]
