"""Exporter — take the published articles to another system."""

from urllib.parse import urlencode

import streamlit as st

from faq_cms import exports, french, gate
from faq_cms.helpfulness import Verdict
from faq_cms.screens import _data, _library, _parts

EVERY = "Toutes les catégories"

_parts.head("Exporter", "Les articles publiés, dans le format d’un autre système.")
figures = _data.usefulness(_data.revision())
if figures.empty:
    _parts.nothing(
        "Aucun article publié pour le moment",
        "Un export contient les articles en ligne\u00a0: publiez-en un d’abord.",
        icon=":material/publish:",
    )
    _parts.link("articles.py", "Articles", icon=":material/article:")
    st.stop()

choice, filing = st.columns(2)
name = choice.selectbox(
    "Format",
    list(exports.CHANNELS),
    format_func=lambda each: exports.CHANNELS[each].label,
    key="format",
)
channel = exports.CHANNELS[name or next(iter(exports.CHANNELS))]
slugs = {EVERY: ""} | {each.name: each.slug for each in _library.categories()}
category = filing.selectbox("Catégorie", list(slugs), key="category") or EVERY
chosen = figures if category == EVERY else figures[figures["category"] == category]
below = chosen["verdict"] == Verdict.BELOW
leaves_out = st.checkbox(
    "Exclure les articles sous l’objectif",
    disabled=not below.any(),
    help="Ceux dont les votes le prouvent. Les articles qui ont trop peu de votes sont exportés.",
)
count = len(chosen) - (int(below.sum()) if leaves_out else 0)
query = {"categorie": slugs[category]} if slugs[category] else {}
query |= {"sans": "sous-objectif"} if leaves_out else {}

with st.container(border=True, horizontal=True, vertical_alignment="center"):
    st.markdown(f"**{french.count(count, 'article')}**, {_parts.plain(channel.label)}")
    st.link_button(
        "Télécharger",
        f"{gate.GESTION}/{gate.DOWNLOADS}{channel.name}?{urlencode(query)}".rstrip("?"),
        type="primary",
        icon=":material/download:",
        disabled=count == 0,
    )
st.caption(
    "Un système peut venir chercher ce même contenu chaque nuit avec un accès machine "
    f"(Équipe et accès)\u00a0: adresse `/api/v1/exports/{channel.name}`."
)
