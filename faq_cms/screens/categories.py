"""Catégories et synonymes — how articles are filed, and which words mean the same to readers."""

from typing import Final

import streamlit as st

from faq_cms.screens import _parts, _session, _synonyms, _tree

TREE: Final = "Catégories"
WORDS: Final = "Synonymes"

_parts.head(
    "Catégories et synonymes",
    "Où se rangent les articles, et les mots que la recherche tient pour les mêmes.",
)
parts = {
    name: part
    for name, part, action in (
        (TREE, _tree.show, "category.edit"),
        (WORDS, _synonyms.show, "synonym.edit"),
    )
    if _session.may(action)
}
if len(parts) > 1:
    asked = WORDS if _synonyms.ASKED in st.query_params else TREE
    chosen = st.segmented_control(
        "Partie",
        list(parts),
        default=asked,
        required=True,
        label_visibility="collapsed",
        key="part",
    )
else:
    chosen = next(iter(parts))
parts[chosen]()
