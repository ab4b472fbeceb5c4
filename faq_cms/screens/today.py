"""Aujourd’hui — what is new, what waits, and what to do next."""

import datetime as dt
from collections import Counter

import streamlit as st

from faq_cms import db, french, people, replacing, reviews
from faq_cms.helpfulness import MINIMUM_EVIDENCE
from faq_cms.models import Reason, RemarkState
from faq_cms.screens import (
    _contact,
    _data,
    _listed,
    _notices,
    _parts,
    _publication,
    _remark,
    _review,
    _served,
    _session,
)
from faq_cms.votes import civil_day

HERE = "aujourdhui"
REMARKS_SHOWN = 10
NOES_SHOWN = 8
LISTED_SHOWN = 4


def last_visit() -> dt.datetime | None:
    """When this person had seen this screen before the present visit; None the first time."""
    if "last_visit" not in st.session_state:
        with _session.changing() as (session, actor, now):
            before = people.visit(session, actor, now=now)
        st.session_state["last_visit"] = before
    found: dt.datetime | None = st.session_state["last_visit"]
    return found


def is_fresh(moment: dt.datetime) -> bool:
    """Whether this happened since the last visit; on the first one, everything is new, so nothing is."""
    return before is not None and moment > before


def remarks_to_settle() -> None:
    """Every remark without an outcome, in full, newest first."""
    total = _data.waiting(revision).new_remarks
    if not total:
        return
    st.subheader(f"Remarques à traiter ({french.number(total)})", anchor=False)
    shown = _data.remarks(revision, (RemarkState.NEW,), limit=REMARKS_SHOWN)
    for remark in shown.to_dict("records"):
        _remark.card(remark, came_from=HERE, now=now, is_fresh=is_fresh(remark["received_at"]))
    if total > REMARKS_SHOWN:
        _parts.link("remarks.py", f"Voir les {french.number(total)} remarques à traiter")


def last_noes() -> None:
    """The last votes Non, with their reason; those since the last visit say so."""
    noes = _data.noes(revision, NOES_SHOWN)
    if noes.empty:
        return
    st.subheader("Derniers Non", anchor=False)
    with st.container(border=True, gap="xsmall"):
        for no in noes.to_dict("records"):
            _parts.article_link(no["article_id"], no["question"], came_from=HERE)
            parts = ["Nouveau"] if is_fresh(no["cast_at"]) else []
            reason = Reason(no["reason"]) if _parts.known(no["reason"]) else None
            parts.append(french.label(reason) if reason else "Sans raison donnée")
            parts += [f"version {no['version']}", french.ago(no["cast_at"], now)]
            st.caption(" · ".join(parts))


def this_month() -> None:
    """One sentence on the votes of the month, then what is missing to conclude."""
    counts = _data.total(revision, today.replace(day=1), today)
    with st.container(border=True, gap="xsmall"):
        st.markdown(f"**{french.headline(counts, 'ce mois-ci')}**")
        judged = int((figures["evidence"] >= MINIMUM_EVIDENCE).sum())
        enough = french.plural(judged, "a assez de votes", "ont assez de votes")
        st.caption(
            f"{french.count(judged, 'article')} sur {french.number(len(figures))} {enough} pour un "
            f"constat ({MINIMUM_EVIDENCE} au moins)."
        )
        _parts.link("usefulness.py", "Utilité des articles", icon=":material/thumbs_up_down:")


def to_correct() -> None:
    """What is listed, proven problems first."""
    queue = _data.queue(revision)
    if queue.empty:
        return
    proven = int(queue["is_confirmed"].sum())
    alone = int(queue["is_isolated"].sum())
    others = len(queue) - proven - alone
    named = [
        french.count(proven, "problème avéré", "problèmes avérés") if proven else "",
        french.count(others, "autre signalement", "autres signalements") if others else "",
        french.count(alone, "signalement isolé", "signalements isolés") if alone else "",
    ]
    st.subheader("À corriger", anchor=False)
    with st.container(border=True, gap="xsmall"):
        st.markdown(", ".join(part for part in named if part))
        for row in _listed.ordered(revision, today).head(LISTED_SHOWN).to_dict("records"):
            _parts.article_link(row["article_id"], row["question"], came_from="a-corriger")
        _parts.link("to_correct.py", "Tout voir", icon=":material/arrow_forward:")


def masked_addresses() -> None:
    """Addresses an import left masked: readers cannot write to them."""
    with db.reading() as session:
        found = sum(replacing.masked(session).values(), Counter[int]())
    if found:
        with st.container(border=True, gap="xsmall"):
            st.markdown(f":material/mail: **{_parts.masked(found)}**")
            _parts.link("replacing.py", "Remettre les adresses", icon=":material/find_replace:")


def overdue() -> None:
    """*Révisions échues*: articles whose date to be looked at again has passed."""
    with db.reading() as session:
        found = reviews.overdue(session, today)
    if found.empty:
        return
    st.subheader(f"Révisions échues ({french.number(len(found))})", anchor=False)
    with st.container(border=True, gap="xsmall"):
        for each in found.head(LISTED_SHOWN).to_dict("records"):
            _parts.article_link(each["article_id"], each["question"], came_from=HERE)
            owner = [_parts.plain(each["owner"])] if _parts.known(each["owner"]) else []
            st.caption(" · ".join([f"Depuis le {french.date(each['review_on'])}", *owner]))


def my_drafts() -> None:
    """The drafts this person saved last."""
    drafts = library[
        library["draft_saved_at"].notna() & (library["draft_author"] == _session.actor().name)
    ]
    if drafts.empty:
        return
    st.subheader("Mes brouillons", anchor=False)
    with st.container(border=True, gap="xsmall"):
        for draft in drafts.sort_values("draft_saved_at", ascending=False).to_dict("records"):
            _parts.article_link(draft["article_id"], draft["question"], came_from=HERE)
            st.caption(f"Enregistré {french.ago(draft['draft_saved_at'], now)}")


now = dt.datetime.now(dt.UTC)
today = civil_day(now)
before = last_visit()
revision = _data.revision()
library = _data.library()
figures = _data.usefulness(revision)

visited = f" · votre dernière visite\u00a0: {french.ago(before, now)}" if before else ""
_parts.head(
    "Aujourd’hui", f"{french.DAYS[today.weekday()].capitalize()} {french.date(today)}{visited}"
)

if library.empty:
    _parts.nothing(
        "Aucun article pour le moment",
        "Importez votre FAQ, ou écrivez un premier article.",
        icon=":material/article:",
    )
    _parts.link("importing.py", "Importer un document", icon=":material/upload_file:")
    _parts.link("articles.py", "Écrire un article", icon=":material/add:")
    st.stop()

news, work = st.columns([5, 3], gap="large")
with news:
    _publication.failures(now)
    _notices.show(now, came_from=HERE)
    _review.waiting(now)
    _contact.waiting(now)
    remarks_to_settle()
    last_noes()
    if not _data.waiting(revision).has_votes:
        _parts.nothing(
            "Aucun vote pour le moment",
            "Vos articles attendent leurs premiers lecteurs. Ouvrez la page publique, lisez un "
            "article et répondez à «\u202fCet article a-t-il été utile\u202f?\u202f»\u00a0: le vote "
            "apparaîtra ici.",
            icon=":material/how_to_vote:",
        )
        st.link_button("Ouvrir la page publique", "/aide", icon=":material/open_in_new:")
with work:
    this_month()
    to_correct()
    _served.last_night(now)
    overdue()
    masked_addresses()
    _review.answers(now)
    my_drafts()
