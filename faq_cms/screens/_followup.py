"""« Suivi des corrections »: what became of them in a year, for who steers the team."""

import datetime as dt
from typing import Any, Final

import pandas as pd
import streamlit as st

from faq_cms import followup, french, helpfulness
from faq_cms.followup import Grain
from faq_cms.helpfulness import MINIMUM_CORRECTIONS, Window
from faq_cms.screens import _data, _downloads

GRAINS: Final[dict[str, str]] = {"month": "Par mois", "category": "Par catégorie"}
LINE: Final = Window.MONTHS_12


def show(revision: int, today: dt.date) -> None:
    """The year in three sentences, then month by month or by category; nothing without a correction."""
    since = _data.since(LINE, today) or today
    corrections = _data.followed(revision, since)
    if corrections.empty:
        return
    remarks = _data.remarks_followed(revision, since)
    st.subheader("Suivi des corrections", anchor=False)
    st.caption(f"{french.label(LINE)}, toute l’équipe.")
    overall = followup.summed(corrections, remarks, None).to_dict("records")[0]
    st.markdown(" ".join(french.followed(overall)))
    chosen = st.segmented_control(
        "Détail",
        list(GRAINS),
        format_func=GRAINS.__getitem__,
        default="month",
        required=True,
        key="corrections_par",
        bind="query-params",
        label_visibility="collapsed",
    )
    grain: Grain = "category" if chosen == "category" else "month"
    shown = _table(followup.summed(corrections, remarks, grain), grain)
    # Eleven columns are read whole only where words may wrap.
    st.table(shown, border="horizontal", hide_index=True, alt="Suivi des corrections")
    st.caption(
        "Délai médian\u00a0: du premier signalement à la publication\u202f; la moitié des corrections "
        f"ont pris moins de temps. Sous {MINIMUM_CORRECTIONS} corrections, ni délai ni pourcentage. "
        "«\u202fPlus utiles\u202f» et «\u202fmoins utiles\u202f» ne comptent que ce qui est prouvé."
    )
    _downloads.table(shown, f"suivi-des-corrections-{today}")


def _table(frame: pd.DataFrame, grain: Grain) -> pd.DataFrame:
    """The rows of `followup.summed` in words, a column a heading."""
    rows = frame.to_dict("records")
    return pd.DataFrame(
        {
            "Mois" if grain == "month" else "Catégorie": [_group(row["group"]) for row in rows],
            "Corrections": [row["corrections"] for row in rows],
            "Délai médian": [french.waited(row["days"]) for row in rows],
            "Améliorations constatées": [_among(row, "improved") for row in rows],
            "Revenues à corriger": [_among(row, "reopened") for row in rows],
            "Closes sans mesure": [_among(row, "unmeasured") for row in rows],
            "En observation": [row["observing"] for row in rows],
            "Plus utiles": [row["more"] for row in rows],
            "Moins utiles": [row["less"] for row in rows],
            "Pas encore mesurables": [row["not_yet"] for row in rows],
            "Remarques avec réponse": [
                french.part(row["answered"], row["remarks"], None) for row in rows
            ],
        }
    )


def _group(key: object) -> str:
    if isinstance(key, dt.date):
        return french.month(key).capitalize()
    return str(key) if key else "Sans catégorie"


def _among(row: dict[Any, Any], name: str) -> str:
    share = helpfulness.share_of_corrections(row[name], row["ended"])
    return french.part(row[name], row["ended"], share)
