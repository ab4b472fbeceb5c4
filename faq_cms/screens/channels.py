"""Canaux — what each channel serves, and how to plug another one in."""

import datetime as dt

import streamlit as st

from faq_cms import settings
from faq_cms.screens import _data, _parts, _plugging, _pushing, _served

now = dt.datetime.now(dt.UTC)
revision = _data.revision()
_parts.head(
    "Canaux", "Chaque canal sert-il ce qui est publié, et comment en brancher un autre\u202f?"
)
figures, served = _data.usefulness(revision), _data.served(revision)
if figures.empty and served.destinations.empty:
    _parts.nothing(
        "Aucun article publié pour le moment",
        "Un canal sert les articles en ligne et reçoit leurs votes\u00a0: publiez-en un d’abord.",
        icon=":material/publish:",
    )
    _parts.link("articles.py", "Articles", icon=":material/article:")
    st.stop()

_served.connected(served, revision, now)
_served.taken_away(served, now)
_pushing.desks()
_plugging.receiving(settings.current().public_url)
_pushing.how()
if not figures.empty:
    _plugging.show(figures, _data.by_source(revision))
