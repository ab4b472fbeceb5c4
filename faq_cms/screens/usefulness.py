"""Utilité des articles — which articles help their readers, and which do not."""

import datetime as dt

import pandas as pd
import streamlit as st

from faq_cms import charts, french, helpfulness
from faq_cms.helpfulness import MINIMUM_EVIDENCE, Window
from faq_cms.screens import _data, _parts, _table
from faq_cms.votes import civil_day

HERE = "utilite"
DRAWN = 40  # articles in the chart, the least useful; the table holds them all
TABLE_ROWS = 15  # before the table scrolls
WINDOWS = {window.value: french.label(window) for window in Window}


def one_article() -> None:
    """How one article fared, version after version."""
    questions = dict(zip(shown["article_id"], shown["question"], strict=True))
    chosen = st.selectbox(
        "Suivre un article dans le temps",
        list(questions),
        index=None,
        format_func=questions.__getitem__,
        key="suivi",
        placeholder="Choisissez un article",
    )
    if chosen is None:
        return
    versions = _data.by_version(revision, chosen)
    lived = (today - pd.to_datetime(versions["published_at"].min()).date()).days + 1
    grain = helpfulness.bucket(int(versions["votes"].sum()), lived)
    if grain is None:
        st.caption(
            f"Pas assez de votes pour une courbe\u00a0: il en faut {helpfulness.MINIMUM_PER_BUCKET} "
            "par mois en moyenne."
        )
    else:
        st.caption(f"{french.label(grain)}, toutes mesures comprises")
        st.vega_lite_chart(
            spec=_data.over_time(revision, chosen, grain),
            key="over_time",
            alt=f"Utilité {french.label(grain).lower()}, avec la date de chaque version",
        )
    for version in versions.sort_values("version", ascending=False).to_dict("records"):
        st.markdown(
            f"**Version {version['version']}**, publiée le {french.date(version['published_at'])}"
        )
        _parts.figure(_parts.counts(version))
    _parts.link(
        "article.py", "Ouvrir l’article", icon=":material/edit:", article=str(chosen), de=HERE
    )


def in_words() -> str:
    """The ranking for who does not see it: its least useful articles, in one sentence."""
    ranked = shown[shown["votes"] >= MINIMUM_EVIDENCE].head(5)
    if ranked.empty:
        return "Aucun article n’a assez de votes pour être classé."
    said = [
        f"{row.question} {french.usefulness(charts.counts_of(row)).text}"
        for row in ranked.itertuples()
    ]
    return "Du moins utile au plus utile\u00a0: " + "\u202f; ".join(said)


now = dt.datetime.now(dt.UTC)
today = civil_day(now)
revision = _data.revision()

_parts.head("Utilité des articles", "Quels articles aident leurs lecteurs, et lesquels non.")

if not _data.waiting(revision).has_published:
    _parts.nothing(
        "Aucun article publié",
        "Publiez un premier article\u00a0: ses lecteurs pourront dire s’il les aide.",
        icon=":material/article:",
    )
    _parts.link("articles.py", "Articles", icon=":material/article:")
    st.stop()

usual = helpfulness.default_window(_data.votes_by_window(revision, today))
choices = st.container(horizontal=True, vertical_alignment="bottom")
window = Window(
    choices.segmented_control(
        "Période",
        list(WINDOWS),
        format_func=WINDOWS.__getitem__,
        default=usual.value,
        required=True,
        key="periode",
        bind="query-params",
        wrap=True,
    )
    or usual
)
since = _data.since(window, today)
figures = _data.usefulness(revision, since)
categories = sorted(figures["category"].dropna().unique())
category = None
if categories:
    category = choices.selectbox(
        "Catégorie",
        categories,
        index=None,
        key="categorie",
        bind="query-params",
        placeholder="Toutes les catégories",
        width=260,
    )
shown = charts.worst_first(
    figures if category is None else figures[figures["category"] == category]
)

total = charts.counts_of(shown[["helpful", "unhelpful", "off_text"]].sum())
st.markdown(f"**{french.summary(french.label(window), total)}**")
enough = int((shown["votes"] >= MINIMUM_EVIDENCE).sum())
st.caption(
    f"{french.count(enough, 'article')} sur {french.number(len(shown))} "
    f"{french.plural(enough, 'a', 'ont')} au moins {MINIMUM_EVIDENCE} votes. "
    "Pour chaque article, seuls comptent les votes reçus depuis le dernier changement de fond."
)

if total.votes:
    st.vega_lite_chart(
        spec=_data.ranking(revision, since, category, DRAWN, _parts.is_dark()),
        key="ranking",
        alt=in_words(),
    )
    st.caption(
        "Le point est la part de Oui, d’autant plus gros qu’il y a de votes\u202f; la barre, ce qui "
        "reste plausible\u202f; le trait, l’objectif. En gris, trop peu de votes pour classer."
    )
else:
    _parts.nothing(
        "Aucun vote" if since is None else "Aucun vote sur cette période",
        f"{'Ouvrez' if since is None else 'Choisissez une période plus longue, ou ouvrez'} la page "
        "publique et répondez à «\u202fCet article a-t-il été utile\u202f?\u202f»",
        icon=":material/how_to_vote:",
    )
    st.link_button("Ouvrir la page publique", "/aide", icon=":material/open_in_new:")

table = _table.usefulness(shown)
st.dataframe(
    table,
    hide_index=True,
    height="content" if len(table) <= TABLE_ROWS else 35 * (TABLE_ROWS + 1) + 3,
    column_config={
        "Question": st.column_config.TextColumn(width=300),
        "Utilité": st.column_config.TextColumn(width=250),
        "Votes": st.column_config.NumberColumn(width="small", format="localized"),
    },
    alt="Les mêmes figures en tableau",
    key="table",
)
st.download_button(
    "Télécharger ce tableau (CSV pour Excel)",
    data=lambda: _table.sheet(table),
    file_name=f"utilite-{today.isoformat()}.csv",
    mime="text/csv; charset=utf-8",
    icon=":material/download:",
    on_click="ignore",
)
one_article()
