"""What connected channels serve: up to date or not, their last delivery, what a new one would change."""

import datetime as dt
from typing import Any, Final

import pandas as pd
import streamlit as st
from sqlalchemy.orm import Session

from faq_cms import db, deliveries, exports, french, people
from faq_cms.deliveries import Gap
from faq_cms.models import DeliveryOutcome, Way
from faq_cms.people import Actor
from faq_cms.screens import _data, _parts, _session
from faq_cms.screens._data import Served

TITLES_SHOWN: Final = 20
HISTORY_SHOWN: Final = 15
LAST_NIGHT: Final = dt.timedelta(hours=36)  # since the evening before last, seen from this evening
FLUX: Final = "Flux des changements"
ICONS: Final = {
    Way.MACHINE: ":material/dns:",
    Way.JOB: ":material/draft:",
    Way.PUSH: ":material/cloud_upload:",
    Way.DOWNLOAD: ":material/download:",
}
SIGNS: Final = {
    DeliveryOutcome.DONE: ":green[:material/check_circle:]",
    DeliveryOutcome.FAILED: ":red[:material/error:]",
    DeliveryOutcome.MISSED: ":red[:material/event_busy:]",
}
SELECTIONS: Final = {
    "categorie": "catégorie «\u202f{}\u202f»",
    "mot-cle": "mot-clé «\u202f{}\u202f»",
    "sans": "sans les articles sous l’objectif",
}


def format_name(channel: str, way: Way) -> str:
    """The channel of a delivery as people read it."""
    if channel == deliveries.FEED:
        return FLUX
    known = exports.CHANNELS.get(channel)
    return channel.capitalize() if way is Way.PUSH or known is None else known.label


def title(row: Any) -> str:
    """A destination: its own name, then the format, then what it leaves out."""
    narrowed = [
        SELECTIONS.get(name, f"{name} {{}}").format(value)
        for name, value in row["selection"].items()
    ]
    parts = [format_name(row["channel"], Way(row["way"])), *narrowed]
    return f"**{_parts.plain(row['name'])}** · {_parts.plain(' · '.join(parts))}"


# -- the connected channels ----------------------------------------------------------------------


def connected(served: Served, revision: int, now: dt.datetime) -> None:
    """Every destination but people's downloads, those that need somebody first."""
    rows = served.destinations[served.destinations["way"] != Way.DOWNLOAD]
    if rows.empty:
        return
    waited, closed = _waited_for(now), _closed_access(now)
    troubled = [
        _trouble(row, served.gaps[row["destination_id"]], waited) for row in rows.to_dict("records")
    ]
    rows = rows.assign(trouble=troubled).sort_values("trouble", ascending=False, kind="stable")
    st.subheader(f"Canaux branchés ({french.number(len(rows))})", anchor=False)
    st.caption(_summary(served, rows, waited))
    figures = _data.usefulness(revision).set_index("article_id")
    for row in rows.to_dict("records"):
        is_closed = row["way"] == Way.MACHINE and row["name"] in closed
        is_late = row["destination_id"] in waited
        _card(row, served, figures, is_late=is_late, is_closed=is_closed, now=now)


def _summary(served: Served, rows: pd.DataFrame, waited: set[int]) -> str:
    """How many need somebody, and why; one may be counted in each sentence."""
    gaps = [served.gaps[number] for number in rows["destination_id"]]
    broken = (rows["outcome"] != DeliveryOutcome.DONE) | rows["destination_id"].isin(waited)
    proven, behind = (
        sum(map(bool, each))
        for each in ([gap.proven for gap in gaps], [not gap.is_up_to_date for gap in gaps])
    )
    told = []
    if number := int(broken.sum()):
        told.append(
            f"{french.count(number, 'canal n’a', 'canaux n’ont')} pas reçu l’envoi attendu."
        )
    if proven:
        told.append(f"{french.count(proven, 'canal sert', 'canaux servent')} un problème avéré.")
    if behind:
        told.append(f"{french.count(behind, 'canal n’est', 'canaux ne sont')} pas à jour.")
    return " ".join(told) or "Tous servent ce qui est publié."


def _closed_access(now: dt.datetime) -> set[str]:
    """The machines none of whose tokens is good any more: what they ask for is refused."""
    with db.reading() as session:
        tokens = people.tokens(session)
    good = {each.name for each in tokens if each.revoked_at is None and each.expires_at > now}
    return {each.name for each in tokens} - good


def _waited_for(now: dt.datetime) -> set[int]:
    with db.reading() as session:
        return {each.destination_id for each in deliveries.missing(session, now=now)}


def _trouble(row: Any, gap: Gap, waited: set[int]) -> int:
    """How much a destination needs somebody: silence and failure, then bad texts, then old ones."""
    broken = row["outcome"] != DeliveryOutcome.DONE or row["destination_id"] in waited
    return 4 * broken + 2 * bool(gap.proven) + (not gap.is_up_to_date)


def _card(
    row: Any,
    served: Served,
    figures: pd.DataFrame,
    *,
    is_late: bool,
    is_closed: bool,
    now: dt.datetime,
) -> None:
    gap = served.gaps[row["destination_id"]]
    with st.container(border=True, gap="xsmall", key=f"destination_{row['destination_id']}"):
        st.markdown(f"{ICONS[Way(row['way'])]} {title(row)}")
        st.markdown(" ".join(_badges(row, gap, is_late=is_late, is_closed=is_closed)))
        st.caption(_last(row, now))
        if row["failure"]:
            st.error(row["failure"], icon=":material/error:")
        _differences(row["destination_id"], gap, figures)
        _past(row["destination_id"])


def _badges(row: Any, gap: Gap, *, is_late: bool, is_closed: bool) -> list[str]:
    badges = []
    if is_closed:
        badges.append(":red-badge[:material/key_off: Accès expiré ou révoqué]")
    if is_late or row["outcome"] == DeliveryOutcome.MISSED:
        badges.append(":red-badge[:material/event_busy: N’est pas venu cette nuit]")
    elif row["outcome"] == DeliveryOutcome.FAILED:
        badges.append(":red-badge[:material/error: Dernier envoi échoué]")
    if gap.proven:
        served = french.count(len(gap.proven), "problème avéré", "problèmes avérés")
        badges.append(f":red-badge[:material/build: Sert {served}]")
    badges.append(
        ":green-badge[:material/check: À jour]"
        if gap.is_up_to_date
        else ":orange-badge[:material/update: Pas à jour]"
    )
    return badges


def _last(row: Any, now: dt.datetime) -> str:
    outcome = DeliveryOutcome(row["outcome"])
    told = f"Dernier envoi {french.label(outcome)} {french.ago(row['at'], now)}"
    parts = [f"{told}, le {french.datetime(row['at'])}"]
    if outcome is DeliveryOutcome.MISSED:
        parts = [f"Dernier envoi réussi {french.ago(row['seen_at'], now)}"]
    elif outcome is DeliveryOutcome.DONE:
        parts.append(french.changes(row["added"], row["modified"], row["withdrawn"]))
    elif _parts.known(row["seen_at"]):
        parts.append(f"le dernier réussi {french.ago(row['seen_at'], now)}")
    parts += [french.count(row["articles"], "article"), french.label(Way(row["way"]))]
    return " · ".join(parts)


def _differences(destination_id: int, gap: Gap, figures: pd.DataFrame) -> None:
    """What a new delivery would change, article by article, and the *avérés* it serves."""
    if gap.is_up_to_date and not gap.proven:
        return
    shown = {
        number
        for ids in (gap.proven, gap.modified, gap.withdrawn)
        for number in sorted(ids)[:TITLES_SHOWN]
    }
    with db.reading() as session:
        versions = deliveries.versions(session, destination_id, shown)
    with st.expander(_heading(gap)):
        for heading, ids in (
            ("Ajoutés", gap.added),
            ("Modifiés", gap.modified),
            ("Retirés", gap.withdrawn),
            ("Problèmes avérés servis", gap.proven),
        ):
            if ids:
                if not gap.is_up_to_date:  # else it is the title above
                    st.markdown(f"**{heading}**")
                st.markdown("\n".join(_lines(ids, versions, figures)))


def _heading(gap: Gap) -> str:
    if gap.is_up_to_date:
        return f"Problèmes avérés servis ({french.number(len(gap.proven))})"
    counted = french.changes(len(gap.added), len(gap.modified), len(gap.withdrawn))
    return f"Ce qu’un nouvel envoi changerait\u00a0: {counted}"


def _lines(ids: frozenset[int], versions: dict[int, int], figures: pd.DataFrame) -> list[str]:
    lines = [
        f"- {_parts.plain(question)}{_versions(versions.get(number), live)}"
        for number, question, live in _titles(sorted(ids)[:TITLES_SHOWN], figures)
    ]
    if (more := len(ids) - TITLES_SHOWN) > 0:
        lines.append(f"- et {french.count(more, 'autre')}")
    return lines


def _titles(ids: list[int], figures: pd.DataFrame) -> list[tuple[int, str, int | None]]:
    """(article, question, live version), in words even when the public reads it no more."""
    gone = [number for number in ids if number not in figures.index]
    with db.reading() as session:
        known = deliveries.questions(session, gone)
    return [
        (number, figures["question"][number], int(figures["version"][number]))
        if number in figures.index
        else (number, known[number], None)
        for number in ids
    ]


def _versions(served: int | None, live: int | None) -> str:
    if served is None:
        return ""
    if live is None:
        return f" — version {served} encore servie"
    if served == live:
        return f" — version {served}"
    return f" — version {served} servie, version {live} publiée"


def _past(destination_id: int) -> None:
    with st.expander("Derniers envois"):
        with db.reading() as session:
            past = deliveries.history(session, destination_id, limit=HISTORY_SHOWN)
        for row in past.to_dict("records"):
            outcome = DeliveryOutcome(row["outcome"])
            said = (
                french.changes(row["added"], row["modified"], row["withdrawn"])
                if outcome is DeliveryOutcome.DONE
                else row["failure"]
            )
            parts = [french.datetime(row["at"]), french.label(outcome), said]
            st.markdown(f"{SIGNS[outcome]} {_parts.plain(' · '.join(p for p in parts if p))}")
        st.button(
            "Ne plus suivre ce canal",
            key=f"leave_{destination_id}",
            type="tertiary",
            icon=":material/link_off:",
            help="Pour un canal que plus personne n’utilise. S’il revient, il reparaît ici.",
            on_click=_leave,
            args=(destination_id,),
        )


def _leave(destination_id: int) -> None:
    def change(session: Session, actor: Actor, now: dt.datetime) -> None:
        deliveries.leave(session, actor, destination_id, now=now)

    def undo(session: Session, actor: Actor, now: dt.datetime) -> None:
        deliveries.come_back(session, actor, destination_id, now=now)

    _session.act(change, done="Ce canal n’est plus suivi.", undo=undo)


# -- files people took ---------------------------------------------------------------------------


def taken_away(served: Served, now: dt.datetime) -> None:
    """The files people took, and whether what they hold is still what is published."""
    rows = served.destinations[served.destinations["way"] == Way.DOWNLOAD]
    if rows.empty:
        return
    with st.expander(f"Fichiers téléchargés ({french.number(len(rows))})"):
        st.caption("Un fichier ne se met pas à jour tout seul\u00a0: en voici l’âge.")
        for row in rows.to_dict("records"):
            gap = served.gaps[row["destination_id"]]
            said = (
                "encore à jour"
                if gap.is_up_to_date
                else "depuis\u00a0: "
                + french.changes(len(gap.added), len(gap.modified), len(gap.withdrawn))
            )
            st.markdown(
                f"{ICONS[Way.DOWNLOAD]} {title(row)} · {french.ago(row['at'], now)}, {said}"
            )


# -- elsewhere -----------------------------------------------------------------------------------


def last_night(now: dt.datetime) -> None:
    """On Aujourd’hui: whether the channels were served since yesterday, and what was in the way."""
    served = _data.served(_data.revision()).destinations
    recent = served[(served["way"] != Way.DOWNLOAD) & (served["at"] > now - LAST_NIGHT)]
    waited = served[served["destination_id"].isin(_waited_for(now))]
    is_done = recent["outcome"] == DeliveryOutcome.DONE
    broken = recent[~is_done & ~recent["destination_id"].isin(waited["destination_id"])]
    if recent.empty and waited.empty:
        return
    st.subheader("Envois de la nuit", anchor=False)
    with st.container(border=True, gap="xsmall", key="last_night"):
        if done := int(is_done.sum()):
            sign, told = SIGNS[DeliveryOutcome.DONE], french.plural(done, "réussi")
            st.markdown(f"{sign} **{french.number(done)} {told}**")
        for row in broken.to_dict("records"):
            outcome = DeliveryOutcome(row["outcome"])
            st.markdown(f"{SIGNS[outcome]} {title(row)}\u00a0: **{french.label(outcome)}**")
            st.caption(row["failure"] or f"Attendu {french.ago(row['at'], now)}")
        for row in waited.to_dict("records"):
            sign = SIGNS[DeliveryOutcome.MISSED]
            st.markdown(f"{sign} {title(row)}\u00a0: **n’est pas venu cette nuit**")
            st.caption(f"Dernier envoi {french.ago(row['seen_at'], now)}")
        _parts.link("channels.py", "Voir les canaux", icon=":material/cable:")
