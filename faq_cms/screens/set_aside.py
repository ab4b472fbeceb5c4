"""Votes mis de côté — what arrived faster than readers do, and what it would change."""

import datetime as dt
from typing import Any

import streamlit as st
from sqlalchemy.orm import Session

from faq_cms import french, loop, votes
from faq_cms.helpfulness import Counts
from faq_cms.people import Actor
from faq_cms.screens import _data, _parts, _session
from faq_cms.votes import Burst

PER_PAGE = 20


def release(burst: Burst, number: int) -> None:
    """Let them into the figures, until « Annuler »."""
    released: list[int] = []

    def change(session: Session, actor: Actor, now: dt.datetime) -> None:
        released.extend(loop.votes_released(session, actor, burst, now=now))

    def undo(session: Session, actor: Actor, now: dt.datetime) -> None:
        loop.votes_withheld(session, actor, burst, released, now=now)

    said = french.plural(number, "remis", "remis")
    _session.act(
        change, done=f"{french.count(number, 'vote')} {said} dans les chiffres.", undo=undo
    )


def keep(burst: Burst) -> None:
    """Say that they rightly stay out."""

    def change(session: Session, actor: Actor, now: dt.datetime) -> None:
        votes.keep_aside(session, actor, burst, now=now)

    _session.act(change, done="Ces votes restent de côté.")


def recount(row: Any) -> None:
    """The figures of the measuring period without these votes, and with them."""
    counted = Counts(
        int(row["counted_helpful"]), int(row["counted_unhelpful"]), int(row["counted_off_text"])
    )
    whole = Counts(
        counted.helpful + int(row["helpful"]),
        counted.unhelpful + int(row["unhelpful"]),
        counted.off_text + int(row["off_text"]),
    )
    without, along = st.columns(2)
    with without:
        st.caption("Sans ces votes, comme aujourd’hui")
        _parts.figure(counted)
    with along:
        st.caption("Avec ces votes")
        _parts.figure(whole)
    if not row["is_current"]:
        st.caption(
            "Cette période de mesure est terminée\u00a0: les chiffres actuels n’en dépendent pas."
        )


def shown(row: Any) -> None:
    """One burst: where, when, how many, what it would change, and what to do with it."""
    burst = Burst(int(row["article_id"]), int(row["period_id"]), row["day"], row["source"])
    number = int(row["helpful"] + row["unhelpful"])
    key = f"{burst.article_id}_{burst.period_id}_{burst.day}_{burst.source}"
    with st.container(border=True):
        _parts.article_link(burst.article_id, row["question"], came_from="mis-de-cote")
        st.markdown(
            f"**{french.count(number, 'vote')}**\u00a0: {french.number(int(row['helpful']))} Oui, "
            f"{french.number(int(row['unhelpful']))} Non · le {french.date(burst.day)} · "
            f"source {_parts.plain(burst.source)}"
        )
        st.caption(
            f"Arrivés en {french.duration((row['last_at'] - row['first_at']).total_seconds())}."
            if number > 1
            else "Arrivé pendant un afflux."
        )
        recount(row)
        with st.container(horizontal=True):
            st.button(
                "Remettre dans les chiffres",
                key=f"release_{key}",
                icon=":material/undo:",
                on_click=release,
                args=(burst, number),
            )
            if _parts.known(row["kept_by"]):
                st.caption(f"Laissés de côté par {_parts.plain(row['kept_by'])}.")
            else:
                st.button(
                    "Garder de côté",
                    key=f"keep_{key}",
                    icon=":material/inventory_2:",
                    on_click=keep,
                    args=(burst,),
                )


_parts.head(
    "Votes mis de côté", "Quels votes sont arrivés trop vite pour être ceux de lecteurs\u202f?"
)
bursts = _data.bursts(_data.revision())
if bursts.empty:
    _parts.nothing(
        "Aucun vote mis de côté",
        "Tous les votes reçus comptent dans les chiffres. Un afflux soudain s’inscrira ici.",
    )
    st.stop()

st.caption(
    "Ils sont gardés, mais hors des chiffres. Une campagne d’e-mails ou une réunion peut expliquer "
    "un afflux\u00a0: remettez alors ses votes dans les chiffres. Un programme aussi\u00a0: laissez-les."
)
is_kept = bursts["kept_by"].notna()
for _, row in _parts.in_pages(bursts[~is_kept], PER_PAGE, key="page").iterrows():
    shown(row)
if is_kept.any():
    with st.expander(f"Laissés de côté ({french.number(int(is_kept.sum()))})"):
        for _, row in _parts.in_pages(bursts[is_kept], PER_PAGE, key="kept").iterrows():
            shown(row)
