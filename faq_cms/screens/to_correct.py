"""À corriger — which articles fail their readers, why, and who is on it."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import streamlit as st
from sqlalchemy.orm import Session

from faq_cms import corrections, french
from faq_cms.corrections import REASON_MAX
from faq_cms.models import CorrectionState, RemarkState
from faq_cms.people import Actor
from faq_cms.screens import _data, _parts, _remark, _session
from faq_cms.votes import civil_day

HERE = "a-corriger"
REMARKS_SHOWN = 3  # in full under each article; the others one click away
PAGE = 20

Row = Mapping[Any, Any]


def listed_article(row: Row) -> None:
    """One article of the list: why, its figures, what readers wrote, and what to do."""
    with st.container(border=True, gap="xsmall"):
        heading(row)
        st.markdown(why(row))
        figures(row)
        actions(row)
        remarks_of(row)


def heading(row: Row) -> None:
    """The question, the age of its row, who took it."""
    _parts.article_link(row["article_id"], row["question"], came_from=HERE)
    parts = [f"À corriger {since(row['opened_at'])}", f"version {row['version']}"]
    if _parts.known(row["taken_by"]):
        parts.append(f"{french.label(CorrectionState(row['state']))} par {row['taken_by']}")
    st.caption(_parts.plain(" · ".join(parts)))


def since(moment: dt.datetime) -> str:
    """How long a row has been there."""
    return french.ago(moment, now).replace("il y a", "depuis").replace("hier", "depuis hier")


def why(row: Row) -> str:
    """In one sentence, why the article is listed."""
    counts = _parts.counts(row)
    on_text = counts.unhelpful - counts.off_text
    if row["is_confirmed"]:
        return (
            f"Les votes le prouvent\u00a0: moins de {french.percent(row['objective'])} des lecteurs "
            f"sont aidés par ce texte."
        )
    readers = french.count(on_text, "lecteur n’a", "lecteurs n’ont")
    return f"{readers} pas trouvé ce texte utile. Cela ne prouve encore rien\u00a0: lisez-les."


def figures(row: Row) -> None:
    """*Utilité*, and the reasons readers picked."""
    _parts.figure(_parts.counts(row))
    picked = _data.reasons(revision, int(row["article_id"]), int(row["period_id"]))
    if picked:
        said = [f"{french.label(reason)} ({french.number(n)})" for reason, n in picked.items()]
        st.caption("Raisons\u00a0: " + " · ".join(said))


def remarks_of(row: Row) -> None:
    """The remarks that wait for an outcome, in full."""
    mine = remarks[remarks["article_id"] == row["article_id"]].to_dict("records")
    for remark in mine[:REMARKS_SHOWN]:
        _remark.card(remark, came_from=HERE, now=now, stands_alone=False)
    if len(mine) > REMARKS_SHOWN:
        others = len(mine) - REMARKS_SHOWN
        with st.expander(f"Lire {french.count(others, 'autre remarque', 'autres remarques')}"):
            for remark in mine[REMARKS_SHOWN:]:
                _remark.card(remark, came_from=HERE, now=now, stands_alone=False)


def actions(row: Row) -> None:
    """Corriger · Je m’en charge (or its contrary) · Rien à corriger."""
    article_id = int(row["article_id"])
    with st.container(horizontal=True, gap="small"):
        if st.button(
            "Corriger", icon=":material/edit:", type="primary", key=f"correct_article_{article_id}"
        ):
            _parts.correct(article_id, came_from=HERE)
        if not _parts.known(row["taken_by"]):
            st.button(
                "Je m’en charge",
                icon=":material/front_hand:",
                key=f"take_{article_id}",
                on_click=take,
                args=(article_id,),
            )
        elif row["taken_by"] == _session.actor().name:
            st.button(
                "Laisser à d’autres",
                key=f"release_{article_id}",
                on_click=release,
                args=(article_id,),
            )
        with st.popover("Rien à corriger", icon=":material/task_alt:", type="tertiary"):
            st.text_input(
                "Pourquoi\u202f?",
                key=f"reason_{article_id}",
                max_chars=REASON_MAX,
                placeholder="La règle est ainsi\u202f; le texte est juste.",
            )
            st.caption(
                "Les Non reçus jusqu’ici ne listeront plus l’article\u202f; le prochain, si."
            )
            st.button("Confirmer", key=f"settle_{article_id}", on_click=settle, args=(article_id,))


def take(article_id: int) -> None:
    """« Je m’en charge »."""

    def change(session: Session, actor: Actor, at: dt.datetime) -> None:
        corrections.take(session, actor, article_id, now=at)

    def undo(session: Session, actor: Actor, at: dt.datetime) -> None:
        corrections.release(session, actor, article_id, now=at)

    _session.act(change, done="Vous vous en chargez.", undo=undo)


def release(article_id: int) -> None:
    """Put it back for anybody."""

    def change(session: Session, actor: Actor, at: dt.datetime) -> None:
        corrections.release(session, actor, article_id, now=at)

    _session.act(change, done="Article laissé à qui s’en chargera.")


def settle(article_id: int) -> None:
    """« Rien à corriger », with the reason typed beside."""
    reason = st.session_state[f"reason_{article_id}"] or ""

    def change(session: Session, actor: Actor, at: dt.datetime) -> None:
        corrections.nothing_to_fix(session, actor, article_id, reason=reason, now=at)

    _session.act(change, done="Classé\u00a0: rien à corriger.")


def observed_article(row: Row) -> None:
    """A corrected article, the version that answers, and what readers say since."""
    with st.container(border=True, gap="xsmall"):
        _parts.article_link(row["article_id"], row["question"], came_from=HERE)
        st.markdown(
            f"En observation depuis la version {row['answering']}, publiée le "
            f"{french.date(row['corrected_at'])}."
        )
        _parts.figure(_parts.counts(row))


now = dt.datetime.now(dt.UTC)
revision = _data.revision()
articles = _data.usefulness(revision)
queue = _data.queue(revision).merge(articles, on="article_id")
observed = (
    _data.observed(revision, civil_day(now))
    .rename(columns={"version": "answering"})[["article_id", "answering", "corrected_at"]]
    .merge(articles, on="article_id")
)
remarks = _data.remarks(revision, (RemarkState.NEW,), limit=2000)

_parts.head(
    "À corriger",
    "Quels articles n’aident pas leurs lecteurs, pourquoi, et qui s’en occupe.",
)

if queue.empty and observed.empty:
    _parts.nothing(
        "Rien à corriger",
        "Un article arrive ici dès qu’un lecteur répond Non à cause du texte. D’ici là, regardez les "
        "articles qui aident le moins, ou relisez les remarques.",
    )
    _parts.link("usefulness.py", "Utilité des articles", icon=":material/thumbs_up_down:")
    _parts.link("remarks.py", "Remarques", icon=":material/forum:")
    st.stop()

on_text = queue["unhelpful"] - queue["off_text"]
queue = queue.assign(on_text=on_text).sort_values("on_text", ascending=False, kind="stable")
proven, alone = queue[queue["is_confirmed"]], queue[~queue["is_confirmed"]]

if not proven.empty:
    st.subheader(f"Problèmes avérés ({french.number(len(proven))})", anchor=False)
    for row in _parts.in_pages(proven, PAGE, key="proven").to_dict("records"):
        listed_article(row)

if not alone.empty:
    with st.expander(
        f"Signalements isolés ({french.number(len(alone))})",
        expanded=proven.empty,
        icon=":material/person_alert:",
    ):
        st.caption(
            "Au moins un Non, mais trop peu de votes, ou des votes trop partagés, pour conclure."
        )
        for row in _parts.in_pages(alone, PAGE, key="alone").to_dict("records"):
            listed_article(row)

if not observed.empty:
    st.subheader(f"En observation ({french.number(len(observed))})", anchor=False)
    for row in observed.to_dict("records"):
        observed_article(row)
