"""Tableau de bord: one screen from nothing to ten million votes, decided by each figure's n."""

import datetime as dt

import pytest
from streamlit.testing.v1 import AppTest

from faq_cms import db, french, views
from faq_cms.models import Role
from faq_cms.votes import civil_day
from tests import content, screens, tallies

SCREEN = "dashboard.py"
NOW = dt.datetime.now(dt.UTC)
TODAY = civil_day(NOW)


@pytest.fixture(autouse=True)
def secret(database: db.Database, monkeypatch: pytest.MonkeyPatch) -> str:
    return screens.signed_in(monkeypatch)


def metrics(app: AppTest) -> dict[str, str]:
    return {str(metric.label): str(metric.value) for metric in app.metric}


def charts(app: AppTest) -> list[str]:
    return [str(chart.proto.alt) for chart in app.get("vega_lite_chart")]


def test_without_a_published_article_it_says_what_to_do() -> None:
    assert "Aucun article publié" in screens.words(screens.application(SCREEN))


def test_each_figure_shows_what_its_number_of_votes_allows() -> None:
    article = content.published()
    version_id = article.live_version_id or 0
    app = screens.application(SCREEN)
    said = screens.words(app)
    assert "Aucun vote ce mois-ci" in said
    assert "\u202f%" not in said
    assert metrics(app) == {"Articles jugés": "0 sur 1"}
    assert not app.segmented_control

    with tallies.forgotten():
        for votes in tallies.LADDER:
            counts = tallies.say(article.id, version_id, votes)
            app.run()
            assert not app.exception
            said, figure = screens.words(app), french.usefulness(counts)
            assert f"{figure.dots} {figure.text}".strip() in said
            assert ("Utilité" in metrics(app)) is (votes >= 10), votes
            assert (metrics(app)["Articles jugés"] == "1 sur 1") is (votes >= 10), votes
            assert bool(charts(app)) is (votes >= 30), votes
            has_line = [
                bool(metric.proto.chart_data) for metric in app.metric if metric.label == "Utilité"
            ]
            assert has_line == ([] if votes < 10 else [votes >= 30]), votes
            assert ("Courbe par semaine\u00a0: " in said) is (votes >= 30), votes  # its scale
            assert "Écart avec la période précédente" not in said  # nobody voted then
            assert ("0 article sur 1 a assez de votes" in said) is (votes < 10), votes
    assert metrics(app)["Utilité"] == "70\u202f%"
    assert "70\u202f% (7\u202f000\u202f000 sur 10\u202f000\u202f000)" in said
    assert charts(app)[0].startswith("Part de Oui par semaine.")


def test_the_last_words_about_an_article_name_nobody_and_stay_short() -> None:
    article = content.published()
    content.remarked(article.id, f"Rappelez Jeanne au 06 12 34 56 78. {'Je répète. ' * 40}")
    [quoted] = [
        caption.value
        for caption in screens.application(SCREEN).caption
        if "« Rappelez" in caption.value.replace("\u202f", " ")
    ]
    assert "••" in quoted
    assert "12 34" not in quoted
    assert quoted.endswith("…\u202f»")
    assert len(quoted) < 300


@pytest.mark.parametrize("before", tallies.LADDER[:-1])
def test_a_change_is_told_from_ten_votes_in_both_periods_and_says_against_what(before: int) -> None:
    article = content.published(now=NOW - dt.timedelta(days=60))
    for number in range(before):
        content.voted(article.id, number % 3 > 0, now=NOW - dt.timedelta(days=40))
    for number in range(12):
        content.voted(article.id, number % 3 > 0, now=NOW)
    app = screens.application(SCREEN)
    app.segmented_control(key="periode").set_value("28d").run()
    assert not app.exception
    [change] = [str(metric.delta) for metric in app.metric if metric.label == "Utilité"]
    assert ("point" in change) is (before >= 10)
    said = screens.words(app)
    assert ("Écart avec la période précédente" in said) is (before >= 10)


def test_a_small_library_is_shown_whole_with_its_last_words() -> None:
    article, silent = content.published("Question **A**"), content.published("Question B")
    content.voted(article.id, True, now=NOW)
    content.remarked(article.id, "Le lien [ne](x) marche pas.")
    app = screens.application(SCREEN)
    said = screens.words(app)
    assert "1 vote ce mois-ci\u00a0: 1 Oui, 0 Non" in said
    assert "●○ 1 Oui, 1 Non" in said
    assert "Trop peu de votes" in said
    assert "Aucun vote" in said
    assert "« Le lien" in said.replace("\u202f", " ")
    assert "Le lien [ne](x) marche pas." in [text.value for text in app.text]
    assert metrics(app) == {"Articles jugés": "0 sur 2", "Remarques à traiter": "1"}
    assert not any("corrections" in title.value for title in app.subheader)
    assert "Brancher un canal" in screens.links(app)
    named = [link.proto.query_string for link in app.get("page_link")]
    assert any(f"article={silent.id}" in query and "vue=mesure" in query for query in named)


def test_proven_problems_their_cost_and_what_corrections_changed() -> None:
    bad, mended = content.published("Question ratée"), content.published("Question reprise")
    content.received(bad.id, helpful=3, unhelpful=17)
    content.received(mended.id, helpful=2, unhelpful=18)
    content.revised(mended.id, "Par virement uniquement.")
    content.received(mended.id, helpful=19, unhelpful=1)
    app = screens.application(SCREEN)
    said = screens.words(app)
    assert metrics(app)["Problèmes avérés"] == "1"
    help_text = next(
        metric.proto.help for metric in app.metric if metric.label == "Problèmes avérés"
    )
    assert "on peut compter sur 1" in help_text
    assert "Effet des corrections" not in metrics(app)  # one correction is not a pace
    assert "Vous en corrigez" not in said
    assert "Par nombre de Non sur le texte" in said
    effect = next(alt for alt in charts(app) if "Question reprise" in alt)
    assert "Plus utile qu’avant, +85 points" in effect

    with db.transaction() as session:
        for week in range(4):
            day = TODAY - dt.timedelta(weeks=week)
            views.add(session, {(day, bad.id, "aide"): (400, 3)})
        db.bump(session)
    app.run()
    said = screens.words(app)
    assert "Lecteurs déçus" in said
    assert "lecteurs par semaine" in said


@pytest.mark.parametrize("role", [Role.VIEWER, Role.MANAGER])
def test_who_steers_reads_everything_and_settles_what_they_may(
    monkeypatch: pytest.MonkeyPatch, role: Role
) -> None:
    content.remarked(content.published().id, "Où est le montant\u202f?")
    screens.signed_in(monkeypatch, name="Dominique", role=role)
    app = screens.application("dashboard.py")
    assert "Où est le montant\u202f?" in [text.value for text in app.text]
    assert any(button.label == "Sans suite" for button in app.button) is (role is Role.MANAGER)


def test_what_becomes_of_corrections_is_followed_once_there_is_one() -> None:
    article = content.published()
    content.voted(article.id, False, now=NOW - dt.timedelta(days=3))
    app = screens.application(SCREEN)
    assert "Suivi des corrections" not in screens.words(app)
    content.revised(article.id, "En haut de la facture.", now=NOW)
    app.run()
    assert not app.exception
    said = screens.words(app)
    assert "Suivi des corrections" in said
    assert "1 correction publiée." in said
    assert "1 correction encore en observation." in said
    [table] = [each.value for each in app.table]
    assert list(table["Corrections"]) == [1]
    assert list(table["Délai médian"]) == ["—"]  # one correction has no median
    app.segmented_control(key="corrections_par").set_value("category").run()
    assert not app.exception
    [table] = [each.value for each in app.table]
    assert list(table["Catégorie"]) == ["Sans catégorie"]


def test_an_undecided_text_says_on_which_side_it_is_for_now() -> None:
    article, decided = content.published("Question penchée"), content.published("Question sûre")
    content.received(article.id, helpful=3, unhelpful=7)
    content.received(decided.id, helpful=2, unhelpful=8)
    said = screens.words(screens.application(SCREEN))
    assert "Indécis, sous l’objectif à ce jour" in said
    assert "Sous l’objectif · version 1" in said

    app = screens.application("article.py")
    app.query_params["article"] = str(article.id)
    app.query_params["vue"] = "mesure"
    app.run()
    assert not app.exception
    assert "mais pas encore prouvé" in screens.words(app)
