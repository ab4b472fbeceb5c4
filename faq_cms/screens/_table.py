"""Frames as tables, a column a heading: what is on the screen, and in the file taken away."""

import pandas as pd

from faq_cms import french
from faq_cms.charts import counts_of
from faq_cms.helpfulness import Verdict


def usefulness(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows of `analytics.usefulness` in words, in the same order, a column a heading."""
    counts = [counts_of(row) for row in frame.itertuples()]
    figures = [french.usefulness(each) for each in counts]
    return pd.DataFrame(
        {
            "Question": frame["question"],
            "Utilité": [f"{each.dots} {each.text}".strip() for each in figures],
            "Votes": frame["votes"],
            "Constat": [french.label(Verdict(code)) for code in frame["verdict"]],
            "Détail": [french.split(each) for each in counts],
            "Objectif": [french.percent(share) for share in frame["objective"]],
            "Version": frame["version"],
            "Mesuré depuis": [french.short_date(at) for at in frame["period_opened_at"]],
            "Catégorie": frame["category"].fillna(""),
        }
    )


def searches(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows of `searches.top`, in the same order."""
    return pd.DataFrame(
        {
            "Recherche": frame["query"],
            "Fois": frame["searches"],
            "Période précédente": frame["before"],
            "Réponses": frame["results"],
            "Ouvertures": frame["clicks"],
            "Surtout ouvert": frame["opened"].fillna(""),
        }
    )
