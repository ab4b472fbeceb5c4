"""The words, figures and dates people read."""

import ast
import datetime as dt
import inspect
import math
import re
from enum import StrEnum
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faq_cms import errors, french, helpfulness, models
from faq_cms.french import NBSP, NNBSP
from faq_cms.helpfulness import Change, Counts, Interval, Prospect, Verdict

MANY = 10**7
NOW = dt.datetime(2026, 3, 12, 13, 5, tzinfo=dt.UTC)


def plain(text: str) -> str:
    """Fold typographic spaces and apostrophes, as anyone matching the words does."""
    return text.replace(NBSP, " ").replace(NNBSP, " ").replace("’", "'")


def every_sentence() -> list[str]:
    readers = [french.QUESTION, *french.AFTER_YES, *french.AFTER_NO, *french.AFTER_REMARK_ON_NO]
    labels = [text for labels in french.LABELS.values() for text in labels.values()]
    return [*readers, french.AFTER_OTHER_REMARK, *labels, *french.SENTENCES.values()]


# -- words ---------------------------------------------------------------------------------------


def test_readers_are_told_exactly_what_the_contract_says() -> None:
    assert plain(french.QUESTION) == "Cet article a-t-il été utile ?"
    assert (french.YES, french.NO) == ("Oui", "Non")
    assert [plain(line) for line in french.AFTER_YES] == [
        "C'est super !",
        "Merci pour votre commentaire",
    ]
    assert [plain(line) for line in french.AFTER_NO] == [
        "Désolé ! Nous n'avons pas pu vous être utile",
        "Merci pour votre commentaire",
    ]
    assert [plain(line) for line in french.AFTER_REMARK_ON_NO] == [
        "Commentaires envoyés",
        "Nous apprécions vos efforts et nous allons corriger l'article",
    ]


def test_the_readers_words_are_those_of_the_document_the_product_was_asked_for() -> None:
    seed = Path(__file__).parents[2] / "shared" / "seed" / "faq_facturation.txt"
    if not seed.exists():
        pytest.skip("the seed document is not here")
    document = plain(seed.read_text(encoding="utf-8"))
    for line in (french.QUESTION, *french.AFTER_YES, *french.AFTER_NO, *french.AFTER_REMARK_ON_NO):
        assert plain(line) in document


@pytest.mark.parametrize("text", every_sentence())
def test_every_sentence_is_well_typed(text: str) -> None:
    assert "'" not in text
    assert not re.search(rf"[^{NNBSP}][;!?»]", text)
    assert not re.search(rf"«[^{NNBSP}]", text)
    said = re.sub(r"\d{4}-\d\d-\d\dT[\d:+Z]+", "", text)  # an instant keeps its own colons
    assert not re.search(rf"(?<!https)[^{NBSP}]:(?!//)", said)
    assert text == text.strip()


ENUMERATIONS = [
    member
    for module in (models, helpfulness)
    for _, member in inspect.getmembers(module, inspect.isclass)
    if issubclass(member, StrEnum) and member.__module__ == module.__name__
]


@pytest.mark.parametrize("enumeration", ENUMERATIONS, ids=lambda e: e.__name__)
def test_every_member_of_every_enumeration_has_its_own_name(enumeration: type[StrEnum]) -> None:
    labels = [french.label(member) for member in enumeration]
    assert all(labels)
    assert len(set(labels)) == len(labels)


def test_members_that_share_a_code_keep_their_own_names() -> None:
    assert french.label(models.RemarkState.NEW) == "Nouvelle"
    assert french.label(models.CorrectionState.NEW) == "Nouveau"


# -- refusals ------------------------------------------------------------------------------------


def cases_raised_in_the_code() -> set[tuple[str, ...]]:
    """Every literal case of an error that some module raises: (class, code, …)."""
    told_apart = {"Invalid": 2, "Conflict": 1, "TooMany": 1, "Unavailable": 1}
    found = set()
    for path in Path(french.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            literals = [str(a.value) for a in node.args if isinstance(a, ast.Constant)]
            if name in told_apart and len(literals) >= told_apart[name]:
                found.add((name, *literals[: told_apart[name]]))
    return found


def test_every_refusal_has_a_sentence_of_its_own() -> None:
    missing = []
    for name, *case in sorted(cases_raised_in_the_code()):
        code = getattr(errors, name).code
        keys = {".".join([code, *case]), f"{code}.{case[-1]}"}
        if name == "Unavailable":  # what the database cannot do now is one sentence for all causes
            keys.add(code)
        if not keys & set(french.SENTENCES):
            missing.append(".".join([code, *case]))
    assert not missing, f"french.SENTENCES lacks {missing}"


REFUSALS: list[tuple[errors.FaqError, str]] = [
    (errors.FaqError(), "Une erreur est survenue. Rien n'a été enregistré."),
    (errors.NotFound("article", "x"), "Cet article n'existe pas ou n'est plus publié."),
    (errors.NotFound("ticket", 3), "Ce que vous cherchez n'existe pas ou n'existe plus."),
    (
        errors.PersonalData(("phone", "iban"), "…"),
        (
            "Votre remarque semble contenir un numéro de téléphone et un numéro de compte (IBAN). "
            "Elle n'est pas encore envoyée : masquez ces données, ou envoyez-la telle quelle."
        ),
    ),
    (
        errors.MethodNotAllowed(("GET",)),
        "Cette adresse n'accepte pas ce type de demande.",
    ),
    (
        errors.BadRow("empty", 3, "helpful", name="votes.csv"),
        "votes.csv, ligne 3, colonne helpful : une valeur est attendue.",
    ),
    (
        errors.BackupRefused("not_ours", "a.db"),
        "a.db : ce fichier n'est pas une sauvegarde de cette FAQ. Rien n'a été remplacé.",
    ),
    (
        errors.ArchiveRefused("not_ours", "a.zip"),
        "a.zip : ce fichier n'est pas une archive de cette FAQ. Rien n'est écrit.",
    ),
    (
        errors.DeskRefused("unreachable", "aide.example.org"),
        "aide.example.org ne répond pas. Ce qui est déjà envoyé le reste : réessayez.",
    ),
    (
        errors.Misspelt((("Comment payer ?", ("une espace insécable manque",)),)),
        (
            "Rien n'est exporté : la typographie n'est pas juste dans « Comment payer ? » (une espace "
            "insécable manque). Corrigez ces articles, ou demandez un export à la typographie corrigée."
        ),
    ),
    (
        errors.UnfitToServe("options", "les options de Streamlit ne sont pas appliquées."),
        "Démarrage refusé : les options de Streamlit ne sont pas appliquées.",
    ),
    (errors.SignInRequired(), "Connectez-vous pour continuer."),
    (errors.SignInRefused(), "Nom ou mot de passe incorrect."),
    (errors.Forbidden("article.write", "manager"), "Votre rôle ne permet pas cette action."),
    (
        errors.StaleDraft(1, 2, 3, "q", "r", "Zoé"),
        (
            "Zoé a modifié ce texte depuis que vous l'avez ouvert. Rien n'a été écrasé : "
            "comparez les deux textes avant d'enregistrer."
        ),
    ),
    (
        errors.Conflict("link_used"),
        "Ce lien a déjà servi ou a expiré. Demandez-en un nouveau.",
    ),
    (
        errors.Conflict("never heard of"),
        "L'état a changé entre-temps. Rechargez la page et recommencez.",
    ),
    (
        errors.Invalid("password", "length", (12, 1024)),
        "Un mot de passe compte de 12 à 1 024 caractères. Une phrase convient bien.",
    ),
    (
        errors.Invalid("answer", "lone_surrogate", 4),
        "Le texte contient un caractère illisible en position 4.",
    ),
    (errors.Invalid("colour", "odd"), "Une valeur est incorrecte : colour."),
    (
        errors.TooMany("sign_in", 170),
        "Trop d'essais de connexion. Réessayez dans 3 minutes.",
    ),
    (errors.TooLarge(2_000_000), "Ce contenu dépasse la taille permise (2 Mo)."),
    (
        errors.NothingToImport("notes.txt", 1),
        (
            "notes.txt, ligne 1 : aucune question trouvée. Commencez chaque question par « Q : » "
            "et chaque réponse par « R : », en début de ligne."
        ),
    ),
    (
        errors.BadSetting("FAQ_PORT", "not_a_port"),
        "FAQ_PORT est un numéro de port, de 1 à 65535.",
    ),
    (
        errors.Unavailable("disk_full"),
        "Enregistrement impossible pour le moment. Réessayez dans quelques minutes.",
    ),
]


@pytest.mark.parametrize(("error", "expected"), REFUSALS, ids=lambda v: getattr(v, "code", ""))
def test_a_refusal_says_what_happened_and_what_to_do(error: errors.FaqError, expected: str) -> None:
    assert plain(french.sentence(error)) == expected


def test_no_kind_of_error_was_forgotten() -> None:
    assert {type(error) for error, _ in REFUSALS} >= set(errors.FaqError.__subclasses__())


@given(st.text(max_size=40))
def test_what_a_person_typed_is_repeated_as_it_is(typed: str) -> None:
    assert typed in french.sentence(errors.Invalid("slug", "taken", typed))


def test_a_refusal_never_thanks() -> None:
    assert not [text for text in french.SENTENCES.values() if "merci" in text.lower()]


# -- numbers -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0, "0"), (9, "9"), (1000, "1 000"), (14_448, "14 448"), (MANY, "10 000 000"), (-3, "−3")],
)
def test_number(value: int, expected: str) -> None:
    assert plain(french.number(value)) == expected


@given(st.integers(-(10**12), 10**12))
def test_a_number_can_be_read_back(value: int) -> None:
    written = french.number(value)
    assert int(written.replace(NNBSP, "").replace(french.MINUS, "-")) == value


@pytest.mark.parametrize(
    ("value", "digits", "expected"),
    [(3.14, 1, "3,1"), (0.25, 1, "0,3"), (-0.04, 1, "0,0"), (1234.5, 1, "1 234,5"), (2.5, 0, "3")],
)
def test_decimal(value: float, digits: int, expected: str) -> None:
    assert plain(french.decimal(value, digits)) == expected


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        (None, "—"),
        (math.nan, "—"),
        (0.0, "0 %"),
        (0.004, "0,4 %"),
        (0.725, "73 %"),  # halves up, where round() says 72
        (0.575, "58 %"),  # stored as 57.4999…
        (0.994, "99 %"),
        (0.995, "99,5 %"),
        (0.9996, "99,96 %"),
        (1 - 1e-9, "99,99 %"),
        (1e-9, "0,01 %"),
        (1.0, "100 %"),
    ],
)
def test_percent(share: float | None, expected: str) -> None:
    assert plain(french.percent(share)) == expected


def test_percent_and_its_sign_never_part() -> None:
    assert french.percent(0.73) == "73\u202f%"


@given(st.integers(2, MANY).flatmap(lambda n: st.tuples(st.integers(1, n - 1), st.just(n))))
def test_neither_nobody_nor_everybody_is_ever_claimed_of_some(share: tuple[int, int]) -> None:
    helpful, votes = share
    written = french.percent(helpful / votes).removesuffix(f"{NNBSP}%")
    assert 0 < float(written.replace(",", ".")) < 100


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0.5717, 0.8389, "entre 57 et 84 %"),
        (0.0, 0.6576, "entre 0 et 66 %"),
        (0.7225, 1.0, "entre 72 et 100 %"),
        (0.911, 0.997, "entre 91,1 et 99,7 %"),
        (0.69972, 0.70028, "entre 69,97 et 70,03 %"),
        (0.7, 0.7, "70 %"),
    ],
)
def test_interval(low: float, high: float, expected: str) -> None:
    assert plain(french.interval(Interval(low, high))) == expected


def test_nothing_and_all_have_no_decimals_beside_what_has_some() -> None:
    assert plain(french.interval(Interval(0.99992, 1.0))) == "entre 99,99 et 100 %"
    assert plain(french.interval(Interval(0.0, 0.00008))) == "entre 0 et 0,01 %"


def test_an_interval_that_reads_like_the_share_is_not_said_twice() -> None:
    counts = Counts(6, 310_017)
    assert plain(french.usefulness(counts).text) == "0,01 % (6 sur 310 023)"
    assert plain(french.summary("Mars", counts)).endswith("6 Oui (0,01 %)")


@pytest.mark.parametrize(
    ("difference", "low", "high", "expected"),
    [
        (0.12, 0.03, 0.21, "+12 points, entre +3 et +21"),
        (-0.12, -0.21, -0.03, "−12 points, entre −21 et −3"),
        (0.01, -0.10, 0.12, "+1 point, entre −10 et +12"),
        (0.0, -0.10, 0.10, "0 point, entre −10 et +10"),
        (0.0049, 0.0021, 0.0077, "+0,5 point, entre +0,2 et +0,8"),
    ],
)
def test_points(difference: float, low: float, high: float, expected: str) -> None:
    assert plain(french.points(Change(difference, Interval(low, high)))) == expected


@pytest.mark.parametrize(
    ("n", "expected"),
    [(0, "0 vote"), (1, "1 vote"), (2, "2 votes"), (-1, "−1 vote"), (2000, "2 000 votes")],
)
def test_french_counts_zero_and_one_in_the_singular(n: int, expected: str) -> None:
    assert plain(french.count(n, "vote")) == expected


def test_plural_forms() -> None:
    assert french.plural(2, "mois") == "mois"
    assert french.plural(2, "journal", "journaux") == "journaux"
    assert french.plural(1, "journal", "journaux") == "journal"


@pytest.mark.parametrize(
    ("octets", "expected"),
    [
        (0, "0 octet"), (512, "512 octets"), (1000, "1 ko"), (1500, "1,5 ko"),
        (2_000_000, "2 Mo"), (12_345_678, "12 Mo"), (3 * 10**12, "3 000 Go"),
    ],
)  # fmt: skip
def test_size(octets: int, expected: str) -> None:
    assert plain(french.size(octets)) == expected


# -- votes ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counts", "text", "aside", "dots"),
    [
        (Counts(), "Aucun vote", "", ""),
        (Counts(1, 0), "1 Oui, 0 Non", "100 %, entre 21 et 100 %", "●"),
        (Counts(0, 1), "0 Oui, 1 Non", "0 %, entre 0 et 79 %", "○"),
        (Counts(1, 1), "1 Oui, 1 Non", "50 %, entre 9 et 91 %", "●○"),
        (Counts(3, 1), "3 Oui, 1 Non", "75 %, entre 30 et 95 %", "●●●○"),
        (Counts(6, 3), "6 Oui, 3 Non", "67 %, entre 35 et 88 %", "●●●●●●○○○"),
        (Counts(7, 3), "70 % (7 sur 10), entre 40 et 89 %", "", ""),
        (Counts(20, 9), "69 % (20 sur 29), entre 51 et 83 %", "", ""),
        (Counts(21, 9), "70 % (21 sur 30), entre 52 et 83 %", "", ""),
        (
            Counts(7 * MANY // 10, 3 * MANY // 10),
            "70 % (7 000 000 sur 10 000 000), entre 69,97 et 70,03 %",
            "",
            "",
        ),
    ],
)
def test_a_figure_shows_what_its_votes_allow(
    counts: Counts, text: str, aside: str, dots: str
) -> None:
    figure = french.usefulness(counts)
    assert (plain(figure.text), plain(figure.aside), figure.dots) == (text, aside, dots)


@pytest.mark.parametrize(
    ("votes", "judged", "whole"),
    [
        (0, False, False),
        (1, False, False),
        (2, False, False),
        (9, False, False),
        (10, True, False),
        (29, True, False),
        (30, True, True),
        (MANY, True, True),
    ],
)
def test_colour_rank_and_trend_come_with_ten_votes_the_line_with_thirty(
    votes: int, judged: bool, whole: bool
) -> None:
    figure = french.usefulness(Counts(votes // 2, votes - votes // 2))
    assert (figure.colour, figure.rank, figure.trend, figure.sparkline) == (judged,) * 3 + (whole,)


def test_a_figure_counts_every_vote_hors_texte_included() -> None:
    assert plain(french.usefulness(Counts(7, 3, off_text=3)).text).startswith("70 % (7 sur 10)")


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        (Counts(), "Aucun vote"),
        (Counts(6, 5, 3), "6 Oui · 2 Non sur le texte · 3 Non hors texte"),
        (Counts(6, 2), "6 Oui · 2 Non sur le texte"),
        (Counts(6, 3, 3), "6 Oui · 3 Non hors texte"),
        (Counts(6, 0), "6 Oui · 0 Non"),
    ],
)
def test_split_says_what_the_non_are_about(counts: Counts, expected: str) -> None:
    assert french.split(counts) == expected


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        (Counts(), "Mars : aucun vote"),
        (Counts(3, 1), "Mars : 4 votes, 3 Oui, 1 Non"),
        (Counts(29, 11), "Mars : 40 votes, 29 Oui (73 %, entre 57 et 84 %)"),
    ],
)
def test_summary(counts: Counts, expected: str) -> None:
    assert plain(french.summary("Mars", counts)) == expected


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        (Counts(), "Aucun vote ce mois-ci"),
        (Counts(29, 11), "40 votes ce mois-ci : 29 Oui, 11 Non"),
    ],
)
def test_headline(counts: Counts, expected: str) -> None:
    assert plain(french.headline(counts, "ce mois-ci")) == expected


@pytest.mark.parametrize(
    ("per_week", "expected"),
    [
        (None, None),
        (0.0, None),
        (0.3, None),
        (1.0, "au moins 1 lecteur par semaine"),
        (12.9, "au moins 12 lecteurs par semaine"),
        (1e6, "au moins 1 000 000 lecteurs par semaine"),
    ],
)
def test_nobody_is_a_third_of_a_reader(per_week: float | None, expected: str | None) -> None:
    written = french.unhappy_readers(per_week)
    assert (written and plain(written)) == expected


NINE_ENDED = (
    "5 améliorations constatées (56 %), 2 revenues à corriger (22 %), 2 closes sans mesure (22 %)"
)
ONE_ENDED = "1 amélioration constatée, 0 revenue à corriger, 0 close sans mesure"
FIGURES = {
    "corrections": 12,
    "days": 6.2,
    "ended": 9,
    "improved": 5,
    "reopened": 2,
    "unmeasured": 2,
    "observing": 3,
    "remarks": 14,
    "answered": 6,
}


@pytest.mark.parametrize(
    ("figures", "expected"),
    [
        (
            FIGURES,
            [
                "12 corrections publiées, la moitié 6 jours au plus après le premier signalement.",
                f"9 observations finies : {NINE_ENDED}.",
                "3 corrections encore en observation.",
                "14 remarques reçues, et une version répond à 6 d’entre elles.",
            ],
        ),
        (
            FIGURES
            | {"corrections": 2, "days": math.nan, "ended": 1, "improved": 1, "reopened": 0}
            | {"unmeasured": 0, "observing": 1, "remarks": 1, "answered": 0},
            [
                "2 corrections publiées.",
                f"1 observation finie : {ONE_ENDED}.",
                "1 correction encore en observation.",
                "1 remarque reçue, sans version qui y réponde encore.",
            ],
        ),
        (
            FIGURES | {"days": math.nan, "ended": 0, "observing": 0, "remarks": 0},
            ["12 corrections publiées."],
        ),
    ],
)
def test_what_became_of_corrections_is_said_with_its_numbers(
    figures: dict[str, float], expected: list[str]
) -> None:
    assert [plain(line) for line in french.followed(figures)] == [plain(e) for e in expected]


@pytest.mark.parametrize(
    ("days", "expected"),
    [(math.nan, "—"), (0.2, "moins d’un jour"), (1.2, "1 jour"), (6.6, "7 jours")],
)
def test_how_long_something_took_is_said_in_whole_days(days: float, expected: str) -> None:
    assert french.waited(days) == expected


NOT_PROVEN = "sur le texte, mais pas encore prouvé\u00a0: quelques votes de plus le diront."


@pytest.mark.parametrize(
    ("counts", "verdict", "expected"),
    [
        (
            Counts(3, 7),
            Verdict.UNDECIDED,
            f"Sous l’objectif à ce jour, entre 11 et 60\u202f% {NOT_PROVEN}",
        ),
        (
            Counts(10, 0),
            Verdict.UNDECIDED,
            f"Au-dessus de l’objectif à ce jour, entre 72 et 100\u202f% {NOT_PROVEN}",
        ),
        (Counts(7, 3), Verdict.UNDECIDED, None),
        (Counts(0, 9), Verdict.TOO_FEW, None),
        (Counts(2, 8), Verdict.BELOW, None),
        (Counts(), Verdict.TOO_FEW, None),
    ],
)
def test_an_interval_on_one_side_says_why_the_verdict_waits(
    counts: Counts, verdict: Verdict, expected: str | None
) -> None:
    assert french.leaning(counts, 0.7, verdict) == expected
    assert french.constat(counts, 0.7, verdict).startswith(french.label(verdict))
    assert french.constat(counts, 0.7, verdict).endswith("à ce jour") is bool(expected)


@pytest.mark.parametrize(
    ("prospect", "expected"),
    [
        (Prospect(math.inf, math.inf), "Ce volume ne permettra pas de conclure."),
        (Prospect(60, math.inf), "Ce volume ne permettra pas de conclure."),
        (Prospect(60, 53), "Ce volume ne permettra pas de conclure."),
        (Prospect(0, 0), "Il y a assez de votes pour conclure."),
        (Prospect(60, None), "Il manque 60 votes pour conclure."),
        (
            Prospect(1, 0.2),
            "Il manque 1 vote pour conclure, soit environ 1 semaine au rythme actuel.",
        ),
        (
            Prospect(60, 4.4),
            "Il manque 60 votes pour conclure, soit environ 5 semaines au rythme actuel.",
        ),
    ],
)
def test_outlook(prospect: Prospect, expected: str) -> None:
    assert french.outlook(prospect) == expected


# -- dates ---------------------------------------------------------------------------------------


def test_dates() -> None:
    day = dt.date(2026, 3, 1)
    assert french.date(day) == "1er mars 2026"
    assert french.date(dt.date(2026, 8, 12)) == "12 août 2026"
    assert french.short_date(day) == "01/03/2026"
    assert french.month(day) == "mars 2026"


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (dt.datetime(2026, 1, 12, 13, 5, tzinfo=dt.UTC), "12 janvier 2026 à 14 h 05"),
        (dt.datetime(2026, 7, 12, 13, 5, tzinfo=dt.UTC), "12 juillet 2026 à 15 h 05"),
        (dt.datetime(2026, 2, 28, 23, 30, tzinfo=dt.UTC), "1er mars 2026 à 0 h 30"),
    ],
)
def test_an_instant_is_shown_on_the_clock_of_paris(moment: dt.datetime, expected: str) -> None:
    assert plain(french.datetime(moment)) == expected
    assert french.date(moment) == expected.partition(" à ")[0]


def test_an_instant_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        french.datetime(NOW.replace(tzinfo=None))


@pytest.mark.parametrize(
    ("lapse", "expected"),
    [
        (dt.timedelta(0), "à l’instant"),
        (dt.timedelta(seconds=59), "à l’instant"),
        (dt.timedelta(minutes=1), "il y a 1 minute"),
        (dt.timedelta(minutes=59), "il y a 59 minutes"),
        (dt.timedelta(hours=20), "il y a 20 heures"),
        (dt.timedelta(days=1), "hier"),
        (dt.timedelta(days=3), "il y a 3 jours"),
        (dt.timedelta(days=30), "il y a 30 jours"),
        (dt.timedelta(days=31), "il y a 1 mois"),
        (dt.timedelta(days=70), "il y a 2 mois"),
        (dt.timedelta(days=364), "il y a 11 mois"),
        (dt.timedelta(days=365), "il y a 1 an"),
        (dt.timedelta(days=800), "il y a 2 ans"),
        (dt.timedelta(days=-1), "demain"),
        (dt.timedelta(hours=-2), "dans 2 heures"),
        (dt.timedelta(days=-3), "dans 3 jours"),
    ],
)
def test_ago(lapse: dt.timedelta, expected: str) -> None:
    assert french.ago(NOW - lapse, NOW) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (1, "1 seconde"),
        (45, "45 secondes"),
        (60, "1 minute"),
        (170, "3 minutes"),
        (3600, "1 heure"),
        (86_400, "24 heures"),
        (7 * 86_400, "7 jours"),
    ],
)
def test_duration(seconds: float, expected: str) -> None:
    assert french.duration(seconds) == expected


@given(st.datetimes(timezones=st.just(dt.UTC), min_value=dt.datetime(1970, 1, 2)))  # noqa: DTZ001
def test_any_instant_can_be_written(moment: dt.datetime) -> None:
    assert french.datetime(moment)
    assert french.ago(moment, NOW)


# -- charts --------------------------------------------------------------------------------------


def test_chart_locales_are_whole_and_start_on_sunday() -> None:
    lengths = {
        name: len(words) for name, words in french.VEGA_TIME.items() if isinstance(words, list)
    }
    assert lengths == {"periods": 2, "days": 7, "shortDays": 7, "months": 12, "shortMonths": 12}
    assert french.VEGA_TIME["days"] == [
        *("dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi")
    ]
    assert (french.VEGA_NUMBER["decimal"], french.VEGA_NUMBER["thousands"]) == (",", NNBSP)


@pytest.mark.parametrize(
    ("per_week", "expected"),
    [
        (None, None),
        (0.1, None),
        (0.3, "environ 1 par mois"),
        (0.625, "environ 1 par semaine"),
        (6.4, "environ 6 par semaine"),
        (1200.0, "environ 1\u202f200 par semaine"),
    ],
)
def test_pace(per_week: float | None, expected: str | None) -> None:
    assert french.pace(per_week) == expected


@pytest.mark.parametrize(
    ("judged", "articles", "expected"),
    [
        (0, 10, "0 article sur 10 a assez de votes"),
        (1, 10, "1 article sur 10 a assez de votes"),
        (1998, 2000, "1\u202f998 articles sur 2\u202f000 ont assez de votes"),
    ],
)
def test_coverage(judged: int, articles: int, expected: str) -> None:
    assert french.coverage(judged, articles) == expected


def test_a_source_keeps_the_name_its_integrator_gave() -> None:
    assert french.source("aide") == "Centre d’aide"
    assert french.source("borne-accueil") == "borne-accueil"
