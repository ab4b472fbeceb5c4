"""Système — whether this installation is sound."""

import datetime as dt
from importlib.metadata import version

import streamlit as st

from faq_cms import checks, db, duties, french, people, settings
from faq_cms.checks import State
from faq_cms.screens import _parts, _session

DUTIES = {
    "roll": "Totaux des journées closes",
    "review": "Recalcul des signalements",
    "reports": "Rapports de la semaine et du mois",
    "digests": "Nouveautés par e-mail",
    "nights": "Envois attendus cette nuit",
    "forget": "Effacement des données arrivées à terme",
}
OUTCOMES = {"done": "faite", "failed": "a échoué", "running": "en cours"}
ICONS = {
    State.PASSED: ":green[:material/check_circle:]",
    State.WARNING: ":orange[:material/warning:]",
    State.FAILED: ":red[:material/error:]",
}


def facts() -> dict[str, str]:
    """What an administrator is asked when asking for help."""
    database = db.current()
    kind = (
        "SQLite " + ".".join(map(str, db.sqlite_version())) if database.is_sqlite else "PostgreSQL"
    )
    return {
        "Version du logiciel": version("faq-cms"),
        "Base de données": kind,
        "Adresse publique": settings.current().public_url,
    }


_parts.head("Système", "L’installation est-elle saine\u202f?")
actor, now = _session.actor(), dt.datetime.now(dt.UTC)
with db.reading() as session:
    people.authorize(session, actor, "system.read")
    runs = duties.latest_runs(session)

for name, value in facts().items():
    st.markdown(f"{name}\u00a0: **{_parts.plain(value)}**")

st.subheader("Vérifications", anchor=False)
if st.button("Vérifier maintenant", icon=":material/fact_check:"):
    with st.spinner("Vérification de toute la base…"):
        lines = checks.all_lines(settings.current(), st.get_option)
else:
    lines = checks.before_serving(settings.current(), st.get_option)
    st.caption("Les vérifications rapides\u202f; le bouton relit aussi toute la base.")
for line in lines:
    st.markdown(f"{ICONS[line.state]} {_parts.plain(line.text)}")

st.subheader("Tâches de l’horloge", anchor=False)
if not runs:
    st.caption("Aucune n’a encore tourné.")
for run in runs:
    ended = f" {french.ago(run.finished_at, now)}" if run.finished_at else ""
    st.markdown(
        f"{ICONS[State.FAILED if run.outcome == 'failed' else State.PASSED]} "
        f"{DUTIES.get(run.name, run.name)}\u00a0: {OUTCOMES.get(run.outcome, run.outcome)}{ended}"
    )
