"""Utilité des articles: figures shown as their number of votes allows, in a chart, a table, a file."""

import csv
import datetime as dt
import io
import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from faq_cms import categories, charts, db, filing, french, imported_votes, people, views, votes
from faq_cms.imported_votes import Total
from faq_cms.models import Significance
from faq_cms.screens import _data, _downloads, _table
from faq_cms.votes import civil_day
from tests import content, screens, tallies

SCREEN = "usefulness.py"


@pytest.fixture(autouse=True)
def secret(database: db.Database, monkeypatch: pytest.MonkeyPatch) -> str:
    return screens.signed_in(monkeypatch)


def spec(app: AppTest, number: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(app.get("vega_lite_chart")[number].proto.spec)
    return found


def test_without_a_published_article_it_says_what_to_do() -> None:
    assert "Aucun article publié" in screens.words(screens.application(SCREEN))


def test_without_a_vote_there_is_no_chart_and_no_percentage() -> None:
    content.published()
    app = screens.application(SCREEN)
    assert not app.get("vega_lite_chart")
    assert list(app.dataframe[0].value["Utilité"]) == ["Aucun vote"]
    assert "\u202f%" not in screens.words(app)


@pytest.mark.parametrize(
    ("helpful", "unhelpful", "figure", "verdict"),
    [
        (1, 0, "● 1 Oui, 0 Non", "Trop peu de votes"),
        (1, 1, "●○ 1 Oui, 1 Non", "Trop peu de votes"),
        (6, 3, "●●●●●●○○○ 6 Oui, 3 Non", "Trop peu de votes"),
        (7, 3, "70\u202f% (7 sur 10), entre 40 et 89\u202f%", "Indécis"),
        (0, 10, "0\u202f% (0 sur 10), entre 0 et 28\u202f%", "Sous l’objectif"),
    ],
)
def test_a_figure_is_shown_by_its_number_of_votes(
    helpful: int, unhelpful: int, figure: str, verdict: str
) -> None:
    content.received(content.published().id, helpful, unhelpful)
    table = screens.application(SCREEN).dataframe[0].value
    assert list(table["Utilité"]) == [figure]
    assert list(table["Constat"]) == [verdict]


def test_a_row_says_what_its_no_are_about_and_since_when_it_is_measured() -> None:
    content.received(content.published().id, helpful=6, unhelpful=5, off_text=3)
    row = screens.application(SCREEN).dataframe[0].value.iloc[0]
    assert row["Détail"] == "6 Oui · 2 Non sur le texte · 3 Non hors texte"
    assert (row["Votes"], row["Version"], row["Mesuré depuis"]) == (11, 1, "02/03/2026")


def test_the_worst_comes_first_and_what_cannot_be_ranked_last() -> None:
    good, bad, few, _none = (content.published(f"Question {name}") for name in "ABCD")
    content.received(good.id, helpful=10, unhelpful=1)
    content.received(bad.id, helpful=3, unhelpful=9)
    content.received(few.id, helpful=0, unhelpful=2)
    app = screens.application(SCREEN)
    asked = ["Question B", "Question A", "Question C", "Question D"]
    assert list(app.dataframe[0].value["Question"]) == asked
    rows = spec(app)["layer"][0]["encoding"]["y"]["scale"]["domain"]
    assert [row.split("\n")[1] for row in rows] == asked


def test_the_period_is_named_and_narrows_the_votes() -> None:
    article, now = content.published(), dt.datetime.now(dt.UTC)
    content.voted(article.id, True, now=now)
    content.voted(article.id, True, now=now - dt.timedelta(days=60))
    app = screens.application(SCREEN)
    assert "Depuis le début\u00a0: 2 votes" in screens.words(app)
    app.segmented_control(key="periode").set_value("28d").run()
    assert "28 derniers jours\u00a0: 1 vote" in screens.words(app)
    assert list(app.dataframe[0].value["Votes"]) == [1]


def test_a_category_narrows_the_articles() -> None:
    filed, other = content.published("Question classée"), content.published("Question libre")
    content.received(filed.id, helpful=1, unhelpful=0)
    content.received(other.id, helpful=1, unhelpful=0)
    with db.transaction() as session:
        category = categories.add(session, people.SYSTEM, name="Paiement", now=content.NOW)
        filing.file_under(
            session, people.SYSTEM, filed.id, category_id=category.id, now=content.NOW
        )
    app = screens.application(SCREEN)
    app.selectbox(key="categorie").set_value("Paiement").run()
    assert list(app.dataframe[0].value["Question"]) == ["Question classée"]


def test_the_file_holds_exactly_the_table_and_runs_nothing() -> None:
    article = content.published("=HYPERLINK(1)")
    content.received(article.id, helpful=7, unhelpful=3)
    table = _table.usefulness(_data.usefulness(_data.revision()))
    file = _downloads.spreadsheet_text(table)
    assert file.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(file.decode("utf-8-sig")), delimiter=";"))
    assert rows[0] == list(table.columns)
    assert rows[1][0] == "'=HYPERLINK(1)"
    assert rows[1][1:] == [str(cell) for cell in table.iloc[0]][1:]


def test_one_article_is_followed_version_after_version() -> None:
    article = content.published()
    content.received(article.id, helpful=3, unhelpful=2)
    content.revised(article.id, "Par virement uniquement.")
    app = screens.application(SCREEN)
    app.selectbox(key="suivi").set_value(article.id).run()
    said = screens.words(app)
    assert "**Version 2, du 2 mars 2026**\u00a0: pas encore mesurable" in said
    assert "Ce volume ne permettra pas de conclure." in said
    assert "Pas assez de votes pour une courbe" in said


def test_totals_of_other_systems_are_told_apart_from_votes_with_the_day_they_were_read() -> None:
    article = content.published()
    content.received(article.id, helpful=3, unhelpful=2)
    app = screens.application(SCREEN)
    app.selectbox(key="suivi").set_value(article.id).run()
    assert "Totaux relevés ailleurs" not in screens.words(app)
    read = dt.datetime(2026, 3, 3, 9, tzinfo=dt.UTC)
    totals = [
        Total(article.id, "zendesk", read - dt.timedelta(days=1), 100, 20),
        Total(article.id, "zendesk", read, 120, 30),
        Total(article.id, "intercom", read, 8, 1, neutral=2, estimated=True),
        Total(article.id, "helpscout", read, 0, 0, views=5_321),
    ]
    with db.transaction() as session:
        imported_votes.add_totals(session, people.SYSTEM, totals, now=content.NOW)
    app = screens.application(SCREEN)
    app.selectbox(key="suivi").set_value(article.id).run()
    said = screens.words(app)
    assert "Totaux relevés ailleurs" in said
    assert "Le 3 mars 2026\u00a0: 120 Oui, 30 Non (Zendesk)" in said
    assert "8 Oui, 1 Non, 2 sans avis, estimés d’après des pourcentages (Intercom)" in said
    assert "Le 3 mars 2026\u00a0: 5\u202f321 lectures (Help Scout)" in said  # it asks nobody
    assert "100 Oui" not in said
    with db.reading() as session:
        assert votes.is_balanced(session)


def test_a_curve_is_drawn_when_there_are_enough_votes() -> None:
    article, now = content.published(), dt.datetime.now(dt.UTC)
    for day in range(0, 270, 3):
        content.voted(article.id, day % 2 == 0, now=now - dt.timedelta(days=day))
    app = screens.application(SCREEN)
    app.selectbox(key="suivi").set_value(article.id).run()
    alts = [chart.proto.alt for chart in app.get("vega_lite_chart")]
    assert len(alts) == 3  # the ranking, the share of Oui, the number of votes
    assert alts[1].startswith("Part de Oui par mois. ")


def test_the_chart_is_told_in_words_too() -> None:
    content.received(content.published().id, helpful=7, unhelpful=3)
    alt = screens.application(SCREEN).get("vega_lite_chart")[0].proto.alt
    assert content.QUESTION in alt
    assert "70\u202f% (7 sur 10)" in alt


def test_ranking_table_and_measure_show_what_the_votes_allow_up_to_ten_million() -> None:
    three_weeks_ago = dt.datetime.now(dt.UTC) - dt.timedelta(days=21)
    article = content.published(now=three_weeks_ago)
    app = screens.application(SCREEN)
    app.selectbox(key="suivi").set_value(article.id).run()
    assert "Il manque 10 votes sur le texte pour un constat" in screens.words(app)
    with tallies.forgotten():
        for votes in tallies.LADDER:
            counts = tallies.say(article.id, article.live_version_id or 0, votes)
            app.run()
            assert not app.exception
            figure, shown = french.usefulness(counts), app.dataframe[0].value.iloc[0]
            assert shown["Utilité"] == f"{figure.dots} {figure.text}".strip()
            assert ("Courbe" in shown) is (votes >= 30), votes
            said = screens.words(app)
            assert figure.text in said
            assert figure.aside in said
            assert ("Il manque" in said) is (votes < 10), votes
            alts = [each.proto.alt for each in app.get("vega_lite_chart")]
            lines = [alt for alt in alts if alt.startswith("Part de Oui")]
            assert bool(lines) is (votes >= 30), votes


def test_a_change_is_told_when_both_periods_have_enough_votes() -> None:
    article, now = content.published(), dt.datetime.now(dt.UTC)
    for day in range(20):
        content.voted(article.id, day % 2 == 0, now=now - dt.timedelta(days=1 + day % 20))
        content.voted(article.id, day % 4 == 0, now=now - dt.timedelta(days=30 + day))
    app = screens.application(SCREEN)
    app.segmented_control(key="periode").set_value("28d").run()
    assert app.dataframe[0].value["Évolution"].iloc[0].startswith("+25 points, entre ")
    app.segmented_control(key="periode").set_value("all").run()
    assert "Évolution" not in app.dataframe[0].value


def test_source_and_version_narrow_the_votes_and_stand_in_the_address() -> None:
    article = content.published()
    content.voted(article.id, True, source="widget")
    content.voted(article.id, False, source="aide")
    content.revised(article.id, "Forme.", significance=Significance.MINOR)
    content.voted(article.id, True, source="aide")
    app = screens.application(SCREEN)
    assert list(app.dataframe[0].value["Votes"]) == [3]
    app.selectbox(key="provenance").set_value("aide").run()
    assert list(app.dataframe[0].value["Votes"]) == [2]
    app.segmented_control(key="textes").set_value("version").run()
    assert list(app.dataframe[0].value["Votes"]) == [1]
    bound = [app.selectbox(key="provenance"), *app.segmented_control]
    assert [each.proto.query_param_key for each in bound] == ["provenance", "periode", "textes"]


def test_reading_is_drawn_only_where_it_is_counted_and_enough_articles_can_be_judged() -> None:
    today = civil_day(dt.datetime.now(dt.UTC))
    articles = [content.published(f"Question {number}") for number in range(charts.SCATTERED)]
    for article in articles:
        content.received(article.id, helpful=7, unhelpful=3)
    assert "Lus et utiles" not in [each.value for each in screens.application(SCREEN).subheader]
    with db.transaction() as session:
        views.add(session, {(today, article.id, "aide"): (100, 0) for article in articles})
        db.bump(session)
    assert "Lus et utiles" in [each.value for each in screens.application(SCREEN).subheader]
