"""Exporter — take the published articles to a site, an assistant, a help desk, paper or a program."""

from typing import Final
from urllib.parse import urlencode

import streamlit as st

from faq_cms import exports, french, gate, settings
from faq_cms.errors import FaqError
from faq_cms.exports import Channel, Destination, selection
from faq_cms.exports.selection import Spaces, Typography
from faq_cms.screens import _data, _library, _parts

EVERY_CATEGORY: Final = "Toutes les catégories"
EVERY_TAG: Final = "Tous les mots-clés"
DESTINATIONS: Final = {
    Destination.SITE: "Site",
    Destination.CHATBOT: "Assistant de conversation",
    Destination.HELP_DESK: "Outil d’assistance",
    Destination.PRINT: "Impression",
    Destination.DATA: "Données",
}
ICONS: Final = {
    Destination.SITE: ":material/language:",
    Destination.CHATBOT: ":material/forum:",
    Destination.HELP_DESK: ":material/support_agent:",
    Destination.PRINT: ":material/print:",
    Destination.DATA: ":material/table:",
}
TYPOGRAPHY: Final = {
    Typography.AS_IS: "La laisser telle quelle",
    Typography.FIX: "La corriger dans l’export",
    Typography.REFUSE: "Refuser l’export s’il reste des fautes",
}
SPACES: Final = {
    Spaces.NARROW: "Fines insécables, comme à l’écran",
    Spaces.NO_BREAK: "Insécables ordinaires",
    Spaces.PLAIN: "Ordinaires seulement",
}


def filters() -> dict[str, str]:
    """What narrows the export and how it is spelled, as the address of a download says it."""
    first, second, third = st.columns([3, 3, 2])
    named = {EVERY_CATEGORY: ""} | {each.name: each.slug for each in _library.categories()}
    category = first.selectbox("Catégorie", list(named), key="category") or EVERY_CATEGORY
    tag = second.selectbox("Mot-clé", [EVERY_TAG, *_data.tags(revision)], key="tag")
    since = third.date_input(
        "Modifiés depuis", value=None, max_value="today", format="DD/MM/YYYY", key="since"
    )
    leaves_out = st.checkbox(
        "Exclure les articles sous l’objectif",
        key="below",
        help="Ceux dont les votes le prouvent. Les articles qui ont trop peu de votes sont exportés.",
    )
    with st.expander("Typographie et espaces"):
        left, right = st.columns(2)
        typography = left.selectbox(
            "Une typographie fautive",
            list(TYPOGRAPHY),
            format_func=TYPOGRAPHY.__getitem__,
            key="typography",
        )
        spaces = right.selectbox(
            "Espaces avant ;\u00a0!\u00a0? et dans les guillemets",
            list(SPACES),
            format_func=SPACES.__getitem__,
            key="spaces",
            help="Certains outils affichent un carré à la place d’une espace fine insécable.",
        )
    asked = {
        "category": named[category],
        "tag": "" if tag in (None, EVERY_TAG) else str(tag),
        "since": since.isoformat() if since else "",
        "without_below": selection.BELOW if leaves_out else "",
        "typography": "" if typography in (None, Typography.AS_IS) else str(typography),
        "spaces": "" if spaces in (None, Spaces.NARROW) else str(spaces),
    }
    return {field: value for field, value in asked.items() if value}


def card(channel: Channel, asked: dict[str, str], size: int | None) -> None:
    """One format: its name, what it is for, about how large, and its file in one click."""
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        with st.container(gap=None):
            st.markdown(f"**{_parts.plain(channel.label)}**")
            about = f" Environ {french.size(size)}." if size else ""
            st.caption(f"{_parts.plain(channel.purpose)}{about}")
        query = urlencode({selection.ADDRESS[field]: value for field, value in asked.items()})
        st.link_button(
            f"Télécharger {channel.extension}",
            f"{gate.GESTION}/{gate.DOWNLOADS}{channel.name}?{query}".rstrip("?"),
            type="primary",
            icon=":material/download:",
            disabled=not size,
        )


def each_night(channels: list[Channel], asked: dict[str, str]) -> None:
    """How a system comes for the same choice by itself."""
    with st.expander("Le faire chaque nuit, sans personne"):
        st.markdown(
            "Un système vient chercher ce même choix avec un accès machine (Équipe et accès). Il "
            "reçoit «\u202fInchangé\u202f» tant que rien n’a bougé, et Canaux montre ce qu’il sert."
        )
        api = {field: "true" if field == "without_below" else asked[field] for field in asked}
        query = urlencode({selection.API[field]: value for field, value in api.items()})
        base = settings.current().public_url
        addresses = [f"{base}/api/v1/exports/{each.name}?{query}".rstrip("?") for each in channels]
        st.code("\n".join(addresses), language=None, wrap_lines=True)


_parts.head("Exporter", "Où ces réponses doivent-elles aller\u202f?")
revision = _data.revision()
published = len(_data.usefulness(revision))
if not published:
    _parts.nothing(
        "Aucun article publié pour le moment",
        "Un export contient les articles en ligne\u00a0: publiez-en un d’abord.",
        icon=":material/publish:",
    )
    _parts.link("articles.py", "Articles", icon=":material/article:")
    st.stop()

destination = st.segmented_control(
    "Destination",
    list(DESTINATIONS),
    default=Destination.SITE,
    format_func=lambda each: f"{ICONS[each]} {DESTINATIONS[each]}",
    key="destination",
    label_visibility="collapsed",
)
channels = [
    each
    for each in exports.CHANNELS.values()
    if each.destination is (destination or Destination.SITE)
]
asked = filters()
try:
    outgoing = _data.outgoing(
        revision, tuple(sorted(asked.items())), tuple(each.name for each in channels)
    )
except FaqError as refused:
    st.error(french.sentence(refused), icon=":material/spellcheck:")
    st.stop()
st.markdown(
    f"**{french.count(outgoing.articles, 'article')}** sur {french.number(published)}{french.NBSP}:"
    if asked
    else f"**{french.count(outgoing.articles, 'article')}** en ligne{french.NBSP}:"
)
for channel in channels:
    card(channel, asked, outgoing.sizes.get(channel.name))
each_night(channels, asked)
