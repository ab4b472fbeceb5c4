"""What becomes of corrections: delays, endings, effects and remarks, by month and by category."""

import datetime as dt
import math

import pandas as pd
import pytest

from faq_cms import analytics, categories, db, filing, followup, loop, people
from faq_cms.helpfulness import MINIMUM_CORRECTIONS, Effect
from faq_cms.models import CorrectionState
from tests.content import NOW, published, received, remarked, revised, voted

pytestmark = pytest.mark.usefixtures("database")

YEAR = NOW - dt.timedelta(days=364)
MAY = dt.date(2026, 5, 1)


def corrections() -> pd.DataFrame:
    with db.reading() as session:
        return followup.published(session, analytics.effects(session), since=YEAR)


def remarks() -> pd.DataFrame:
    with db.reading() as session:
        return followup.remarks(session, since=YEAR)


def corrected(question: str = "Où est le montant ?", *, days: int = 0) -> int:
    """An article corrected that long after its first Non."""
    article = published(question)
    voted(article.id, False, now=NOW)
    voted(article.id, False, now=NOW + dt.timedelta(days=days) / 2)
    revised(article.id, "En haut.", now=NOW + dt.timedelta(days=days))
    return article.id


def test_without_a_correction_there_is_nothing_to_tell() -> None:
    article = published()
    voted(article.id, False)
    assert corrections().empty
    assert remarks().empty
    [figures] = followup.summed(corrections(), remarks(), None).to_dict("records")
    assert (figures["corrections"], figures["ended"], figures["remarks"]) == (0, 0, 0)
    assert math.isnan(figures["days"])
    assert followup.summed(corrections(), remarks(), "month").empty


def test_a_correction_counts_from_the_first_flag_to_its_publication() -> None:
    corrected(days=6)
    row = corrections().iloc[0]
    assert row["days"] == pytest.approx(6)
    assert (row["state"], row["effect"]) == (CorrectionState.OBSERVING, Effect.NOT_YET)
    assert "taken_by" not in row.index  # of the team, never of a person


def test_an_article_that_is_only_listed_or_retouched_is_not_a_correction() -> None:
    listed = published()
    voted(listed.id, False)
    untouched = published("Autre ?")
    revised(untouched.id, "Mieux dit.")
    assert corrections().empty


def test_how_a_correction_ended_and_what_it_did_are_counted_apart() -> None:
    article = published()
    received(article.id, 4, 36)
    revised(article.id, "En haut de la facture.")
    received(article.id, 40, 0)
    with db.transaction() as session:
        loop.review(session, people.SYSTEM, now=NOW)
    [figures] = followup.summed(corrections(), remarks(), None).to_dict("records")
    assert (figures["corrections"], figures["ended"], figures["improved"]) == (1, 1, 1)
    assert (figures["more"], figures["less"], figures["not_yet"]) == (1, 0, 0)
    assert figures["observing"] == 0


def test_months_and_categories_add_up_to_the_whole() -> None:
    with db.transaction() as session:
        filed_under = categories.add(session, people.SYSTEM, name="Factures", now=NOW).id
    filed = [corrected("Où ?", days=1), corrected("Quand ?", days=40)]
    corrected("Combien ?", days=2)
    with db.transaction() as session:
        for article_id in filed:
            filing.file_under(session, people.SYSTEM, article_id, category_id=filed_under, now=NOW)
    made, said = corrections(), remarks()
    months = followup.summed(made, said, "month")
    assert list(months["group"]) == sorted(months["group"], reverse=True)
    groups = followup.summed(made, said, "category")
    assert list(groups["group"]) == ["Factures", None]
    assert list(groups["corrections"]) == [2, 1]
    assert months["corrections"].sum() == groups["corrections"].sum() == len(made) == 3


def test_a_median_waits_for_five_corrections() -> None:
    for number in range(MINIMUM_CORRECTIONS):
        made = corrections()
        [figures] = followup.summed(made, remarks(), None).to_dict("records")
        assert math.isnan(figures["days"])
        corrected(f"Question {number} ?", days=number)
    [figures] = followup.summed(corrections(), remarks(), None).to_dict("records")
    assert figures["days"] == pytest.approx(2)


def test_a_remark_is_answered_by_the_version_that_answers_it() -> None:
    article = published()
    answered = remarked(article.id)
    remarked(article.id, "Rien ne marche.")
    revised(article.id, "En haut.", answered_remarks=(answered,))
    [figures] = followup.summed(corrections(), remarks(), None).to_dict("records")
    assert (figures["remarks"], figures["answered"]) == (2, 1)


def test_a_month_is_that_of_paris() -> None:
    article = published()
    voted(article.id, False)
    late = dt.datetime(2026, 4, 30, 22, 30, tzinfo=dt.UTC)
    revised(article.id, "En haut.", now=late)
    with db.reading() as session:
        found = followup.published(
            session, analytics.effects(session), since=late - dt.timedelta(days=1)
        )
    assert list(found["month"]) == [MAY]
