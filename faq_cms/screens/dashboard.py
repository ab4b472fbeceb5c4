"""Tableau de bord — whether the articles help, whether it gets better, what corrections did.

One screen for ten articles and for two thousand: each figure decides by its own number of votes
what it shows, and what has no data is absent.
"""

import datetime as dt
from typing import Any, Final

import pandas as pd
import streamlit as st

from faq_cms import charts, french, helpfulness, people
from faq_cms.helpfulness import (
    MINIMUM_EVIDENCE,
    Bucket,
    Change,
    Counts,
    Effect,
    Interval,
    Verdict,
    Window,
)
from faq_cms.models import RemarkState, Way
from faq_cms.screens import _data, _downloads, _followup, _parts, _remark, _session
from faq_cms.votes import civil_day

HERE: Final = "tableau-de-bord"
WINDOWS: Final = {window.value: french.label(window) for window in Window}
LINE: Final = Window.MONTHS_12  # what the line over time covers, whatever the period chosen
LISTED: Final = 25  # articles: as many as are read at a glance; beyond, only what needs somebody
COSTLIEST: Final = 10
CORRECTIONS: Final = 8
IN_VAIN: Final = 5
REMARKS: Final = 5
PACE_WEEKS: Final = 8
TILE: Final = 210  # pixels at least


# -- figures at the top --------------------------------------------------------------------------


def headline() -> None:
    """The month in one sentence, and the month before to compare."""
    month = today.replace(day=1)
    earlier = (month - dt.timedelta(days=1)).replace(day=1)
    this_month = _data.total(revision, month, today)
    last_month = _data.total(revision, earlier, month - dt.timedelta(days=1))
    st.subheader(french.headline(this_month, "ce mois-ci"), anchor=False)
    if last_month.votes:
        st.caption(french.summary(french.month(earlier).capitalize(), last_month))


def chosen_window() -> Window:
    """The period: the shortest in which half of the articles can be judged, unless chosen."""
    usual = _data.usual_window(revision, today)
    found = st.segmented_control(
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


def tile(
    label: str, value: str, *, how: str, file: str, detail: str, said: str = "", **metric: Any
) -> None:
    """One figure: what it is, how it is computed, and the way to its detail."""
    with tiles, st.container(border=True, height="stretch", gap="xsmall"):
        st.metric(label, value, help=how, **metric)
        if said:
            st.caption(said)
        _parts.link(file, detail, icon=":material/arrow_forward:")


def usefulness_tile() -> None:
    """The share of Oui of the period, its change, its line."""
    shown = french.usefulness(counts)
    if counts.interval is None or not shown.rank:
        return
    drawn, scale = line()
    moved = trend()
    compared = " Écart avec la période précédente." if moved else ""
    said = f"{french.number(counts.helpful)} Oui sur {french.count(counts.votes, 'vote')}."
    tile(
        "Utilité",
        french.percent(counts.ratio),
        how=(
            f"{french.summary(french.label(window), counts)}. Part de Oui parmi tous les votes de "
            "la période, quel que soit l’article. La fourchette est ce qui reste plausible avec ce "
            "nombre de votes, dans 95 cas sur 100."
        ),
        file="usefulness.py",
        detail="Utilité des articles",
        said=f"{said}{compared}{scale}",
        **(moved or {"delta": french.interval(counts.interval), **NO_ARROW}),
        **drawn,
    )


NO_ARROW: Final = {"delta_arrow": "off", "delta_color": "off"}


def trend() -> dict[str, Any] | None:
    """The change since the period before; an arrow and a colour only when it is proven."""
    if since is None or window.days is None:
        return None
    before = _data.total(
        revision, since - dt.timedelta(days=window.days), since - dt.timedelta(days=1)
    )
    moved = helpfulness.trend(before, counts)
    if moved is None:
        return None
    return {"delta": french.points(moved), **arrow(moved)}


def arrow(moved: Change) -> dict[str, str]:
    """How a change is drawn: up, down, or without direction while nothing is proven."""
    return {
        Effect.MORE_HELPFUL: {"delta_arrow": "up"},
        Effect.LESS_HELPFUL: {"delta_arrow": "down", "delta_color": "inverse"},
        Effect.NOT_YET: NO_ARROW,
    }[moved.effect]


def line() -> tuple[dict[str, Any], str]:
    """The shares of the period, week by week or month by month, and between which they lie.

    None where they would be noise.
    """
    days = _data.by_day(revision, since=since)
    if counts.votes < french.FULL_DISPLAY or days.empty:
        return {}, ""
    lived = _data.lasted(since or days["day"].min(), today)
    grain = helpfulness.bucket(counts.votes, lived, Bucket.WEEK)
    if grain is None:
        return {}, ""
    shares = _data.shares(revision, grain, since)
    reach = french.interval(Interval(min(shares), max(shares)))
    scale = f" Courbe {french.label(grain).lower()}\u00a0: {reach}."
    return {"chart_data": shares, "chart_type": "line"}, scale


def proven_tile() -> None:
    """How many articles are proven to fail, and how fast they are corrected."""
    if proven.empty:
        return
    together = len(_data.together(revision) & proven_ids)
    pace = french.pace(
        helpfulness.corrections_per_week(
            _data.corrected(revision, midnight - dt.timedelta(weeks=PACE_WEEKS)), PACE_WEEKS
        )
    )
    tile(
        "Problèmes avérés",
        french.number(len(proven)),
        how=(
            f"Articles qui ont au moins {MINIMUM_EVIDENCE} votes depuis leur dernier changement de "
            "fond et dont même l’estimation la plus favorable reste sous l’objectif. En tenant "
            "compte du nombre d’articles jugés à la fois, on peut compter sur "
            f"{french.number(together)} d’entre eux (au plus 1 sur 20 à tort)."
        ),
        file="to_correct.py",
        detail="À corriger",
        said=f"Vous en corrigez {pace}." if pace else "",
    )


def effect_tile() -> None:
    """What all corrections did, as one figure."""
    together = helpfulness.pooled_of(effects)
    if together is None or together.corrections < helpfulness.MINIMUM_CORRECTIONS:
        return
    tile(
        "Effet des corrections",
        french.moved(together.change),
        how=(
            f"{french.points(together.change)}. Écart entre la part de Oui d’avant et d’après, votes "
            f"hors texte exclus, sur {french.count(together.corrections, 'correction')}, chacune "
            "comparée à son propre article. Un article corrigé après une mauvaise passe remonte "
            "souvent de lui-même\u00a0: cet effet est un peu flatté."
        ),
        file="to_correct.py",
        detail="Corrections",
        delta=french.label(together.change.effect),
        **arrow(together.change),
    )


def coverage_tile() -> None:
    """How many articles have enough votes to be judged."""
    tile(
        "Articles jugés",
        f"{french.number(judged)} sur {french.number(len(figures))}",
        how=(
            f"{french.coverage(judged, len(figures))} pour un constat\u00a0: au moins "
            f"{MINIMUM_EVIDENCE} votes sur le texte depuis leur dernier changement de fond."
        ),
        file="usefulness.py",
        detail="Utilité des articles",
    )


def remarks_tile() -> None:
    """How many remarks nobody has settled."""
    if waiting.new_remarks:
        tile(
            "Remarques à traiter",
            french.number(waiting.new_remarks),
            how="Remarques de lecteurs auxquelles personne n’a encore donné de suite.",
            file="remarks.py",
            detail="Remarques",
        )


def channels_tile() -> None:
    """How many channels serve something else than what is published; absent without channels."""
    served = _data.served(revision)
    rows = served.destinations[served.destinations["way"] != Way.DOWNLOAD]
    if rows.empty:
        return
    behind = rows[rows["destination_id"].isin(served.out_of_date)]
    proven = {number for each in rows["destination_id"] for number in served.gaps[each].proven}
    tile(
        "Canaux pas à jour",
        f"{french.number(len(behind))} sur {french.number(len(rows))}",
        how=(
            "Canaux qui servent encore une version remplacée, un article retiré, ou à qui il manque "
            "un article publié."
        ),
        file="channels.py",
        detail="Canaux",
        said=f"{french.count(len(proven), 'problème avéré', 'problèmes avérés')} encore "
        f"{french.plural(len(proven), 'diffusé')}."
        if proven
        else "",
    )


def response_tile() -> None:
    """What share of the pages read end in a vote, where pages are counted."""
    seen = _data.readership(revision, since, today)
    votes, views = int(seen["votes"].sum()), int(seen["views"].sum())
    rate = helpfulness.response_rate(votes, views)
    if rate is None or votes < MINIMUM_EVIDENCE:
        return
    tile(
        "Taux de réponse",
        french.percent(rate),
        how="Part des pages lues où le lecteur a voté, au centre d’aide, seul endroit où les lectures "
        "sont comptées\u202f; robots exclus.",
        file="usefulness.py",
        detail="Utilité des articles",
        said=f"{french.count(votes, 'vote')} pour {french.count(views, 'page lue', 'pages lues')}.",
    )


def to_measure(article_id: int, question: str) -> None:
    """The question of an article, leading to everything measured about it."""
    shown = _parts.plain(question)
    query = {"article": str(article_id), "de": HERE, "vue": "mesure"}
    _parts.link("article.py", f"**{shown}**", whole=shown, **query)


# -- what to look at -----------------------------------------------------------------------------


def over_time() -> None:
    """The share of Oui of the last twelve months, with what remains plausible."""
    days = _data.by_day(revision, since=_data.since(LINE, today))
    if days.empty:
        return
    votes = int(days["helpful"].sum() + days["unhelpful"].sum())
    grain = helpfulness.bucket(votes, _data.lasted(days["day"].min(), today), Bucket.WEEK)
    if grain is None or votes < french.FULL_DISPLAY:
        return
    told, notes = _data.told_over_time(revision, None, grain, _data.since(LINE, today))
    st.subheader(f"Utilité {french.label(grain).lower()}", anchor=False)
    st.caption(
        f"{french.label(LINE)}, tous articles compris. La bande est ce qui reste plausible avec le "
        f"nombre de votes\u00a0: plus elle est étroite, plus le chiffre est sûr. {notes}"
    )

    def drawn(*, is_dark: bool) -> _data.Spec:
        return _data.over_time(revision, None, grain, _data.since(LINE, today), is_dark=is_dark)

    st.vega_lite_chart(spec=drawn(is_dark=_parts.is_dark()), key="over_time", alt=told)
    _downloads.chart(lambda: drawn(is_dark=False), f"utilite-dans-le-temps-{today}")


def costliest() -> None:
    """The proven problems, those that fail most readers first."""
    if proven.empty:
        return
    rows, cost = by_cost()
    st.subheader("Les articles qui coûtent le plus aux lecteurs", anchor=False)
    st.caption(cost)
    with st.container(border=True, gap="small"):
        for row in rows.head(COSTLIEST).to_dict("records"):
            with st.container(gap="xxsmall"):
                to_measure(row["article_id"], row["question"])
                said = [french.usefulness(_parts.counts(row)).text, row["cost"]]
                st.caption(" · ".join(part for part in said if part))
        if len(rows) > COSTLIEST:
            _parts.link(
                "to_correct.py",
                f"Voir les {french.number(len(rows))} problèmes avérés",
                icon=":material/arrow_forward:",
            )


def by_cost() -> tuple[pd.DataFrame, str]:
    """The proven problems with the column cost (words), the costliest first; how cost is counted."""
    year = _data.since(Window.MONTHS_12, today)
    seen = _data.readership(revision, year, today).set_index("article_id")["views_per_week"]
    views = seen.reindex(proven["article_id"], fill_value=0.0).to_numpy()
    unhappy = helpfulness.unhappy_per_week(views, proven["helpful"], proven["evidence"])
    if (unhappy >= 1).any():
        rows = proven.assign(
            weight=unhappy, cost=[french.unhappy_readers(float(each)) or "" for each in unhappy]
        )
        said = "Lecteurs déçus\u00a0: pages lues × part de Non prouvée, au moins."
    else:
        noes = _data.usefulness(revision, year).set_index("article_id")
        about = (noes["unhelpful"] - noes["off_text"]).reindex(proven["article_id"]).to_numpy()
        rows = proven.assign(
            weight=about,
            cost=[f"{french.count(int(each), 'Non', 'Non')} sur le texte" for each in about],
        )
        said = f"Par nombre de Non sur le texte, {french.label(Window.MONTHS_12).lower()}."
    return rows.sort_values("weight", ascending=False, kind="stable"), said


def corrections() -> None:
    """What each correction changed, as far as votes say; those still under measure, in words."""
    if effects.empty:
        return
    st.subheader("Ce que les corrections ont changé", anchor=False)
    drawn = effects[charts.measurable(effects)]
    if not drawn.empty:
        st.caption(
            "À droite du trait, plus utile qu’avant\u202f; à gauche, moins. La barre est ce qui reste "
            "plausible\u00a0: tant qu’elle est grise, rien n’est prouvé, même si elle ne touche pas le "
            "trait, car on a regardé jour après jour."
        )
        st.vega_lite_chart(
            spec=_data.effects_chart(revision, CORRECTIONS, _parts.is_dark()),
            key="effects",
            alt=charts.told_effects(drawn.head(CORRECTIONS)),
        )
        _downloads.chart(
            lambda: _data.effects_chart(revision, CORRECTIONS, is_dark=False),
            f"effet-des-corrections-{today}",
        )
    unproven = len(effects) - len(drawn)
    if unproven:
        st.caption(
            f"{french.count(unproven, 'correction')} pas encore "
            f"{french.plural(unproven, 'mesurable')}\u00a0: moins de {MINIMUM_EVIDENCE} votes avant "
            "ou depuis."
        )


def articles() -> None:
    """Every article of a small library: its votes, its constat, the last words about it."""
    if len(figures) > LISTED:
        return
    st.subheader("Vos articles", anchor=False)
    latest = _data.remarks(revision).drop_duplicates("article_id").set_index("article_id")
    said = latest.loc[~latest["erased"].astype(bool), "text"].to_dict()
    with st.container(border=True, gap="small"):
        for row in charts.worst_first(figures).to_dict("records"):
            article(row, said.get(row["article_id"]))


def article(row: dict[Any, Any], remark: str | None) -> None:
    """One article in two lines: its question with its votes, what is said of it."""
    shown = french.usefulness(_parts.counts(row))
    with st.container(gap="xxsmall"):
        question, figure = st.columns([3, 2], vertical_alignment="center")
        with question:
            to_measure(row["article_id"], row["question"])
        figure.markdown(f"{shown.dots} {shown.text}".strip())
        version = f"version {row['version']} du {french.short_date(row['published_at'])}"
        said = french.constat(_parts.counts(row), row["objective"], Verdict(row["verdict"]))
        verdict = said if row["votes"] else ""
        parts = (verdict, shown.aside, version, _remark.quoted(remark) if remark else "")
        st.caption(" · ".join(part for part in parts if part))


def remarks() -> None:
    """New remarks in full; outcomes for whoever may give them."""
    shown = _data.remarks(revision, (RemarkState.NEW,), limit=REMARKS)
    if shown.empty:
        return
    st.subheader("Dernières remarques", anchor=False)
    may_settle = people.may(_session.actor().role, "remark.handle")
    for remark in shown.to_dict("records"):
        if may_settle:
            _remark.card(remark, came_from=HERE, now=now)
            continue
        with st.container(border=True, gap="xsmall"):
            _parts.article_link(remark["article_id"], remark["question"], came_from=HERE)
            _remark.words(remark)
            st.caption(_remark.circumstances(remark, now=now))
    if waiting.new_remarks > REMARKS:
        _parts.link("remarks.py", f"Voir les {french.number(waiting.new_remarks)} remarques")


def in_vain() -> None:
    """What readers looked for and no article answers."""
    found = _data.in_vain(revision, _data.since(Window.DAYS_90, today) or today, today)
    if found.empty:
        return
    st.subheader("Recherches sans réponse", anchor=False)
    with st.container(border=True, gap="xsmall"):
        st.caption(french.label(Window.DAYS_90))
        for row in found.head(IN_VAIN).to_dict("records"):
            times = french.count(row["searches"], "recherche")
            st.markdown(f"**{_parts.plain(row['query'])}** · {times}")
        _parts.link("searches.py", "Recherches", icon=":material/arrow_forward:")


def missing() -> None:
    """What the figures cannot say yet, and the remedy."""
    if not waiting.has_votes:
        _parts.nothing(
            "Aucun vote pour le moment",
            "Ouvrez la page publique, lisez un article et répondez à «\u202fCet article a-t-il été "
            "utile\u202f?\u202f»\u00a0: le vote apparaîtra ici.",
            icon=":material/how_to_vote:",
        )
        st.link_button("Ouvrir la page publique", "/aide", icon=":material/open_in_new:")
    if 2 * judged >= len(figures):
        return
    with st.container(border=True, gap="xsmall"):
        st.markdown(
            f":material/hourglass_empty: **{french.coverage(judged, len(figures))} pour un constat**"
        )
        st.caption(
            f"Il en faut {MINIMUM_EVIDENCE} par article. Les lecteurs votent là où ils lisent\u00a0: "
            "placez la question sous les articles de votre site, dans l’assistant de conversation "
            "ou l’outil d’assistance."
        )
        _parts.link("channels.py", "Brancher un canal", icon=":material/cable:")


now = dt.datetime.now(dt.UTC)
today = civil_day(now)
midnight = dt.datetime.combine(today, dt.time(), dt.UTC)
revision = _data.revision()
figures, waiting = _data.usefulness(revision), _data.waiting(revision)

_parts.head(
    "Tableau de bord",
    "Les articles aident-ils leurs lecteurs, et nos corrections y font-elles quelque chose\u202f?",
)
if figures.empty:
    _parts.nothing(
        "Aucun article publié",
        "Les chiffres commencent avec le premier article en ligne et ses premiers votes.",
        icon=":material/article:",
    )
    _parts.link("articles.py", "Articles", icon=":material/article:")
    st.stop()

judged = int((figures["evidence"] >= MINIMUM_EVIDENCE).sum())
queue, effects = _data.queue(revision), _data.effects(revision)
proven_ids = set(queue.loc[queue["is_confirmed"], "article_id"])
proven = figures[figures["article_id"].isin(proven_ids)]

with st.container(gap="xxsmall"):
    headline()
window = chosen_window() if waiting.has_votes else Window.ALL
since = _data.since(window, today)
counts: Counts = _data.total(revision, since, today)

tiles = st.grid(min_column_width=TILE, gap="small", key="tiles")
for figure in (
    usefulness_tile,
    proven_tile,
    effect_tile,
    coverage_tile,
    remarks_tile,
    response_tile,
    channels_tile,
):
    figure()

wide, narrow = st.columns([5, 3], gap="large")
with wide:
    over_time()
    costliest()
    corrections()
    missing()
with narrow:
    remarks()
    in_vain()
_followup.show(revision, today)
articles()
