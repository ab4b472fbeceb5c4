"""Utilité des articles — which articles help their readers, and which do not."""

import datetime as dt
from typing import Final

import pandas as pd
import streamlit as st

from faq_cms import charts, french, helpfulness
from faq_cms.helpfulness import MINIMUM_EVIDENCE, Verdict, Window
from faq_cms.screens import _data, _downloads, _measures, _parts, _table
from faq_cms.votes import civil_day

HERE: Final = "utilite"
DRAWN: Final = 40  # articles in the chart, the least useful; the table holds them all
PAGE: Final = 50  # rows of the table
OFFERED: Final = 500  # articles in one list; beyond, the ones of the table's page
WINDOWS: Final = {window.value: french.label(window) for window in Window}
TEXTS: Final = {"mesure": "Mesure en cours", "version": "Version en ligne seule"}


# -- filters: each stands in the address of the page ---------------------------------------------


def chosen_window() -> Window:
    """The period: the shortest in which half of the articles can be judged, unless chosen."""
    usual = _data.usual_window(revision, today)
    found = choices.segmented_control(
        "Période",
        list(WINDOWS),
        format_func=WINDOWS.__getitem__,
        default=usual.value,
        required=True,
        key="periode",
        bind="query-params",
        wrap=True,
    )
    return Window(found or usual)


def one_of(label: str, names: dict[str, str], *, key: str, everything: str) -> str | None:
    """A filter with one choice at most; absent where there is nothing to choose between."""
    if not names:
        return None
    return choices.selectbox(
        label,
        list(names),
        index=None,
        format_func=lambda name: names.get(name, name),
        key=key,
        bind="query-params",
        placeholder=everything,
        width=220,
    )


def only_live() -> bool:
    """Whether the votes of earlier versions of the same measure are left out."""
    if not (known["version"] > 1).any():
        return False
    found = choices.segmented_control(
        "Textes",
        list(TEXTS),
        format_func=TEXTS.__getitem__,
        default="mesure",
        required=True,
        key="textes",
        bind="query-params",
        help="La mesure en cours réunit les versions publiées depuis le dernier changement de fond.",
    )
    return found == "version"


# -- what is shown -------------------------------------------------------------------------------


def summary() -> None:
    """The figures of everything shown, in three sentences."""
    st.markdown(f"**{french.summary(french.label(window), total)}**")
    enough = int((shown["votes"] >= MINIMUM_EVIDENCE).sum())
    st.caption(
        f"{french.count(enough, 'article')} sur {french.number(len(shown))} "
        f"{french.plural(enough, 'a', 'ont')} au moins {MINIMUM_EVIDENCE} votes. "
        "Pour chaque article, seuls comptent les votes reçus depuis le dernier changement de fond."
    )
    below = int((shown["verdict"] == Verdict.BELOW).sum())
    # Over a part of the votes a verdict is remembered, not proven: only the whole can be counted.
    if below > 1 and scope == _data.Scope(category=scope.category):
        together = len(_data.together(revision, scope.category))
        st.caption(
            f"{french.count(below, 'article')} sous l’objectif\u202f; en tenant compte du nombre "
            f"d’articles jugés à la fois, on peut compter sur {french.number(together)}.",
            help="Parmi beaucoup d’articles, quelques-uns passent sous l’objectif par malchance. "
            "Parmi ceux qui restent, au plus 1 sur 20 y est à tort.",
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


def ranking() -> None:
    """Each article as its share of Oui and what remains plausible, the least useful first."""
    st.vega_lite_chart(
        spec=_data.ranking(revision, scope, DRAWN, _parts.is_dark()), key="ranking", alt=in_words()
    )
    st.caption(
        "Le point est la part de Oui, d’autant plus gros qu’il y a de votes\u202f; la barre, ce qui "
        "reste plausible\u202f; le trait, l’objectif. En gris, trop peu de votes sur le texte pour un "
        f"constat\u00a0: moins de {MINIMUM_EVIDENCE}."
    )
    if len(shown) > DRAWN:
        st.caption(
            f"Les {DRAWN} articles les moins utiles\u202f; les {french.number(len(shown))} sont dans "
            "le tableau."
        )
    _downloads.chart(
        lambda: _data.ranking(revision, scope, DRAWN, is_dark=False), f"utilite-{today}-graphique"
    )


def no_vote() -> None:
    """Why there is nothing to draw, and what to do."""
    _parts.nothing(
        "Aucun vote" if scope == _data.Scope() else "Aucun vote avec ce choix",
        f"{'Ouvrez' if scope == _data.Scope() else 'Élargissez le choix, ou ouvrez'} la page "
        "publique et répondez à «\u202fCet article a-t-il été utile\u202f?\u202f»",
        icon=":material/how_to_vote:",
    )
    st.link_button("Ouvrir la page publique", "/aide", icon=":material/open_in_new:")


def table() -> pd.DataFrame:
    """Every article, a page at a time, with its change and its line where votes allow; the file.

    Returns the rows of the page.
    """
    page = _parts.in_pages(shown, PAGE, key="page")
    words = in_rows(page)
    ids = tuple(int(each) for each in page["article_id"])
    lines = _data.sparklines(revision, ids, scope, today)
    if lines:
        words.insert(2, "Courbe", [lines.get(each) for each in ids])
    st.dataframe(
        words,
        hide_index=True,
        height="content" if len(words) <= 15 else 35 * 16 + 3,
        column_config={
            "Question": st.column_config.TextColumn(width=270),
            "Utilité": st.column_config.TextColumn(width=220),
            "Courbe": st.column_config.LineChartColumn(
                width=90,
                y_min=0,
                y_max=1,
                help="Part de Oui par semaine ou par mois, de 0 à 100\u202f%",
            ),
            "Évolution": st.column_config.TextColumn(
                width=195, help=f"Par rapport à la période précédente\u00a0: {previous_name()}"
            ),
            "Votes": st.column_config.NumberColumn(width=65, format="localized"),
            "Constat": st.column_config.TextColumn(width=125),
            "Détail": st.column_config.TextColumn(width=200),
            "Objectif": st.column_config.TextColumn(width=90),
            "Version": st.column_config.NumberColumn(width=80, format="localized"),
            "Mesuré depuis": st.column_config.TextColumn(width=125),
            "Catégorie": st.column_config.TextColumn(width=140),
        },
        alt="Les mêmes chiffres en tableau",
        key="table",
    )
    _downloads.table(lambda: in_rows(shown), f"utilite-{today}")
    return page


def in_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """These articles in words, with their change since the period before where it can be told."""
    words, moved = _table.usefulness(rows), trends(rows)
    if moved:
        words.insert(2, "Évolution", [moved.get(int(each), "") for each in rows["article_id"]])
    return words


def previous() -> tuple[dt.date, dt.date] | None:
    """The stretch of the same length just before; None without limit."""
    if since is None or window.days is None:
        return None
    return since - dt.timedelta(days=window.days), since - dt.timedelta(days=1)


def previous_name() -> str:
    """Its two ends in words."""
    before = previous()
    return f"du {french.date(before[0])} au {french.date(before[1])}" if before else ""


def trends(page: pd.DataFrame) -> dict[int, str]:
    """How each article moved since the period before, where both have enough votes."""
    stretch = previous()
    if stretch is None:
        return {}
    earlier = _data.usefulness(revision, *stretch, scope.source, scope.live_only)
    before = earlier.set_index("article_id").loc[page["article_id"]]
    changes = {
        int(row["article_id"]): helpfulness.trend(_parts.counts(old), _parts.counts(row))
        for row, old in zip(page.to_dict("records"), before.to_dict("records"), strict=True)
    }
    return {article_id: french.points(each) for article_id, each in changes.items() if each}


def scatter() -> None:
    """Reading against usefulness, where reading is counted and enough articles can be judged."""
    if scope.source not in (None, "aide"):
        return
    drawn = charts.scattered(_data.read(revision, scope, today))
    if len(drawn) < charts.SCATTERED:
        return
    st.subheader("Lus et utiles", anchor=False)
    st.caption("Pages lues au centre d’aide, robots exclus. En bas à droite, ce qui coûte le plus.")
    worst = drawn.sort_values("views", ascending=False).head(5)
    st.vega_lite_chart(
        spec=_data.scatter(revision, scope, today, _parts.is_dark()),
        key="scatter",
        alt="Les articles les plus lus\u00a0: "
        + "\u202f; ".join(
            f"{row['question']} {french.count(row['views'], 'page lue', 'pages lues')}, "
            f"{french.usefulness(_parts.counts(row)).text}"
            for row in worst.to_dict("records")
        ),
    )
    _downloads.chart(
        lambda: _data.scatter(revision, scope, today, is_dark=False), f"lus-et-utiles-{today}"
    )


def one_article(page: pd.DataFrame) -> None:
    """How one article fared, text after text: any of a small library, else one of the table's page."""
    st.subheader("Un article de près", anchor=False)
    near = shown if len(shown) <= OFFERED else page
    questions = dict(zip(near["article_id"], near["question"], strict=True))
    chosen = st.selectbox(
        "Suivre un article dans le temps",
        list(questions),
        index=None,
        format_func=questions.__getitem__,
        key="suivi",
        placeholder="Choisissez un article",
        help=None if near is shown else "Parmi ceux de la page du tableau ci-dessus.",
    )
    if chosen is not None:
        _parts.link(
            "article.py", "Ouvrir l’article", icon=":material/edit:", article=str(chosen), de=HERE
        )
        _measures.show(revision, chosen)


now = dt.datetime.now(dt.UTC)
today = civil_day(now)
revision = _data.revision()

_parts.head("Utilité des articles", "Quels articles aident leurs lecteurs, et lesquels non.")

known = _data.usefulness(revision)
if known.empty:
    _parts.nothing(
        "Aucun article publié",
        "Publiez un premier article\u00a0: ses lecteurs pourront dire s’il les aide.",
        icon=":material/article:",
    )
    _parts.link("articles.py", "Articles", icon=":material/article:")
    st.stop()

choices = st.container(horizontal=True, vertical_alignment="bottom")
window = chosen_window()
since = _data.since(window, today)
filed = {name: name for name in sorted(known["category"].dropna().unique())}
came = {name: french.source(name) for name in _data.by_source(revision)["source"]}
scope = _data.Scope(
    since=since,
    category=one_of("Catégorie", filed, key="categorie", everything="Toutes les catégories"),
    source=one_of(
        "Votes venus de", came if len(came) > 1 else {}, key="provenance", everything="Partout"
    ),
    live_only=only_live(),
)
shown = _data.ranked(revision, scope)
total = charts.counts_of(shown[["helpful", "unhelpful", "off_text"]].sum())

summary()
if total.votes:
    ranking()
else:
    no_vote()
page = table()
scatter()
one_article(page)
