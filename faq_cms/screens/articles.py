"""Articles — find one, and see where each stands."""

import datetime as dt
import math
from pathlib import Path
from typing import Any, Final

import pandas as pd
import streamlit as st
from sqlalchemy.orm import Session

from faq_cms import articles, french
from faq_cms.articles import Text
from faq_cms.models import FlagKind
from faq_cms.people import Actor
from faq_cms.screens import _data, _library, _parts, _session

HERE: Final = "articles"
STYLE: Final = Path(__file__).parent / "assets" / "library.css"
PER_PAGE: Final = 25
ANY_CATEGORY: Final = "Toutes les catégories"
UNFILED: Final = "Sans catégorie"


def new_article() -> None:
    """A draft with the words just searched, if any, as its question."""
    question = str(st.session_state.get("q") or "")

    def change(session: Session, actor: Actor, now: dt.datetime) -> None:
        made = articles.create(session, actor, text=Text(question, ""), now=now)
        st.session_state["created"] = made.id

    _session.act(change)


def back_to_first_page() -> None:
    """What is looked for changed: the page number of before means nothing now."""
    st.session_state.pop("page", None)


def chosen(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows that pass the search and the filters, in the chosen order."""
    found = _library.matching(frame, query or "")
    for name in kept or []:
        found = found[_library.FILTERS[name](found)]
    if category == UNFILED:
        found = found[found["category"].isna()]
    elif category not in (None, ANY_CATEGORY):
        found = found[found["category"] == category]
    column, ascending = _library.ORDERS[order or next(iter(_library.ORDERS))]
    return found.sort_values(column, ascending=ascending, kind="stable")


def line(row: dict[Any, Any]) -> None:
    """One article: its question leads to it; where it stands; what its readers say."""
    with st.container(key=f"row_{row['article_id']}", gap="xxsmall"):
        words, figures = st.columns([3, 2], vertical_alignment="center", gap="small")
        with words, st.container(gap="xxsmall"):
            _parts.article_link(
                row["article_id"], row["question"] or "Sans question", came_from=HERE
            )
            st.caption(circumstances(row))
        with figures, st.container(horizontal=True, vertical_alignment="center", gap="small"):
            badges(row)
            figure(row)


def circumstances(row: dict[Any, Any]) -> str:
    """Category, version, date, author."""
    parts = [_parts.plain(row["category"])] if _parts.known(row["category"]) else []
    if _parts.known(row["version"]):
        parts.append(f"version {int(row['version'])}")
    if _parts.known(row["changed_at"]):
        author = row["draft_author"] if _parts.known(row["draft_author"]) else row["author"]
        parts.append(f"{french.ago(row['changed_at'], now)}, {_parts.plain(str(author))}")
    return " · ".join(parts)


def badges(row: dict[Any, Any]) -> None:
    """What is not ordinary: listed, in writing, withdrawn."""
    if _parts.known(row["flag"]):
        kind = FlagKind.CONFIRMED if row["flag"] else FlagKind.ISOLATED
        st.badge(french.label(kind), color="red" if row["flag"] else "orange")
    if row["state"] != "published":
        st.badge(_library.STATES[row["state"]], color="gray")
    if _parts.known(row["draft_saved_at"]) and row["state"] == "published":
        st.badge("Brouillon", color="blue")


def figure(row: dict[Any, Any]) -> None:
    """*Utilité*, as its number of votes allows, on one line."""
    if row["state"] != "published":
        return
    shown = french.usefulness(_parts.counts(row))
    st.caption(" ".join(part for part in (shown.dots, shown.text) if part))


if created := st.session_state.pop("created", None):
    st.switch_page("article.py", query_params={"article": str(created), "de": HERE})

now, revision = dt.datetime.now(dt.UTC), _data.revision()
titles, action = st.columns([3, 1], vertical_alignment="bottom")
with titles:
    _parts.head("Articles", "Tous les articles, publiés ou non.")
with action, st.container(horizontal=True, horizontal_alignment="right"):
    st.button("Nouvel article", type="primary", icon=":material/add:", on_click=new_article)

frame = _library.table(revision)
if frame.empty:
    _parts.nothing(
        "Aucun article pour le moment",
        "Importez votre FAQ, ou écrivez un premier article avec «\u202fNouvel article\u202f».",
        icon=":material/article:",
    )
    _parts.link("importing.py", "Importer un document", icon=":material/upload_file:")
    st.stop()

search_box, filing, sorting = st.columns([3, 2, 2], vertical_alignment="bottom")
query = search_box.text_input(
    "Rechercher",
    key="q",
    bind="query-params",
    type="search",
    live=True,
    on_change=back_to_first_page,
    icon=":material/search:",
    placeholder="Mots de la question, sans souci des accents",
)
names = [each.name for each in _library.categories()]
category = filing.selectbox(
    "Catégorie",
    [ANY_CATEGORY, *names, UNFILED],
    key="categorie",
    bind="query-params",
    on_change=back_to_first_page,
)
order = sorting.selectbox("Ordre", list(_library.ORDERS), key="ordre", bind="query-params")
kept = st.pills(
    "Montrer",
    list(_library.FILTERS),
    selection_mode="multi",
    key="etat",
    bind="query-params",
    label_visibility="collapsed",
    on_change=back_to_first_page,
)

found = chosen(frame)
if found.empty:
    _parts.nothing(
        "Aucun article ne correspond",
        "Essayez moins de mots, ou retirez un filtre. «\u202fNouvel article\u202f» reprendra vos mots.",
        icon=":material/search_off:",
    )
    st.stop()

st.html(STYLE)  # noqa: TID251 — our own style sheet
pages = math.ceil(len(found) / PER_PAGE)
first = (min(int(st.session_state.get("page") or 1), pages) - 1) * PER_PAGE
total = french.count(len(found), "article")
st.caption(total if pages == 1 else f"{total}, page {first // PER_PAGE + 1} sur {pages}")
for row in found.iloc[first : first + PER_PAGE].to_dict("records"):
    line(row)
if pages > 1:
    st.pagination(pages, key="page", bind="query-params")
