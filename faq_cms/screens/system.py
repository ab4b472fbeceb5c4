"""Système — whether this installation is sound."""

import datetime as dt
from importlib.metadata import version

import streamlit as st

from faq_cms import checks, db, duties, french, gate, people, settings
from faq_cms.checks import State
from faq_cms.public import downloads
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

st.subheader("Archive complète", anchor=False)
st.markdown(
    "Toute la FAQ en un fichier\u00a0: articles, versions, votes, remarques, signalements, comptes sans mot "
    "de passe. Une installation vide la reprend telle quelle, quelle que soit sa base."
)
st.link_button(
    "Télécharger l’archive",
    f"{gate.GESTION}/{gate.DOWNLOADS}{downloads.ARCHIVE}",
    icon=":material/archive:",
)
st.caption(
    "Préparée au moment du clic\u00a0: comptez une dizaine de secondes pour 20\u202f000 articles. Elle contient "
    "les remarques des lecteurs\u00a0: gardez-la pour vous, et effacez-la une fois qu’elle a servi."
)
with st.expander("La reprendre ailleurs"):
    st.markdown(
        "Sur le serveur de la nouvelle installation, avant d’y écrire quoi que ce soit\u00a0:"
    )
    st.code("python -m faq_cms import faq-archive.zip", language="bash")
