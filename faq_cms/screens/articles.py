"""Articles — find one, and see where each stands; change many at once."""

import datetime as dt
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlsplit, urlunsplit

import pandas as pd
import streamlit as st
from sqlalchemy.orm import Session

from faq_cms import articles, french, people
from faq_cms.articles import Text
from faq_cms.models import FlagKind, PlannedAction
from faq_cms.people import Actor
from faq_cms.screens import _bulk, _coming, _library, _parts, _presence, _session
from faq_cms.screens._data import revision
from faq_cms.votes import civil_day

HERE: Final = "articles"
STYLE: Final = Path(__file__).parent / "assets" / "library.css"
PER_PAGE: Final = 25
ANY_CATEGORY: Final = "Toutes les catégories"
UNFILED: Final = "Sans catégorie"
ANYBODY: Final = "Tous les responsables"
MINE: Final = "Mes articles"
NOBODY: Final = "Sans responsable"
ANY_TAG: Final = "Tous les mots-clés"
# Views people come back to: a name, and the filters and order that make it.
VIEWS: Final[dict[str, dict[str, str]]] = {
    "Mes brouillons": {"etat": "Mes brouillons"},
    "Mes articles": {"responsable": MINE},
    "Jamais votés": {"etat": "Jamais votés", "ordre": "Question, de A à Z"},
    "Révision échue": {"etat": "Révision échue", "ordre": "Révision la plus ancienne"},
}


# -- gestures ------------------------------------------------------------------------------------


def new_article(made: list[int]) -> None:
    """A draft with the words just searched, if any, as its question."""
    question = str(st.session_state.get("q") or "")

    def change(session: Session, actor: Actor, now: dt.datetime) -> None:
        made.append(articles.create(session, actor, text=Text(question, ""), now=now).id)

    _session.act(change)


def back_to_first_page() -> None:
    """What is looked for changed: the page number of before means nothing now."""
    st.session_state.pop("page", None)


def open_view(name: str) -> None:
    """Put the filters as this view has them, and no other."""
    view = VIEWS[name]
    back_to_first_page()
    st.session_state["q"] = ""
    st.session_state["categorie"], st.session_state["mot_cle"] = ANY_CATEGORY, ANY_TAG
    st.session_state["responsable"] = view.get("responsable", ANYBODY)
    st.session_state["etat"] = [view["etat"]] if "etat" in view else []
    st.session_state["ordre"] = view.get("ordre", next(iter(_library.ORDERS)))


# -- looking for ---------------------------------------------------------------------------------


def ask() -> None:
    """The search, the filters and the order: all of them are the page's address."""
    search_box, sorting = st.columns([5, 2], vertical_alignment="bottom")
    search_box.text_input(
        "Rechercher",
        key="q",
        bind="query-params",
        type="search",
        live=True,
        on_change=back_to_first_page,
        icon=":material/search:",
        placeholder="Mots de la question, sans souci des accents",
    )
    sorting.selectbox("Ordre", list(_library.ORDERS), key="ordre", bind="query-params")
    filing, owning, tagging = st.columns(3)
    choose(filing, "Catégorie", "categorie", [ANY_CATEGORY, *category_names, UNFILED])
    choose(owning, "Responsable", "responsable", [ANYBODY, MINE, *owners(), NOBODY])
    choose(tagging, "Mot-clé", "mot_cle", [ANY_TAG, *tags()])
    st.pills(
        "Montrer",
        list(_library.FILTERS),
        selection_mode="multi",
        key="etat",
        bind="query-params",
        label_visibility="collapsed",
        on_change=back_to_first_page,
    )


def choose(place: Any, label: str, key: str, options: Sequence[str]) -> None:
    """One of the filters that keep one value."""
    place.selectbox(label, options, key=key, bind="query-params", on_change=back_to_first_page)


def owners() -> list[str]:
    """Those who have an article in charge."""
    return sorted(shelf.rows["owner"].dropna().unique())


def tags() -> list[str]:
    """Every tag in use, in the order of the alphabet."""
    return sorted(
        {name for each in shelf.rows["tags"].unique() for name in each.split("\n")} - {""}
    )


def views() -> None:
    """The views people come back to, and the address of the one on the screen."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="views"):
        st.caption("Vues\u00a0:", width="content")
        for name in VIEWS:
            st.button(name, type="tertiary", on_click=open_view, args=(name,), key=f"view {name}")
        with st.popover("Lien de cette vue", icon=":material/link:", type="tertiary"):
            st.caption("À garder, ou à envoyer à un collègue\u00a0: il mène à ces filtres.")
            st.code(address(), language=None, wrap_lines=True)


def address() -> str:
    """The whole address of what is on the screen."""
    parts = urlsplit(st.context.url or "")
    query = "&".join(f"{key}={value}" for key, value in _pairs())
    return urlunsplit(parts._replace(query=query, fragment=""))


def _pairs() -> list[tuple[str, str]]:
    return [
        (quote(key), quote(value))
        for key in st.query_params
        for value in st.query_params.get_all(key)
    ]


def chosen() -> pd.DataFrame:
    """The rows that pass the search and the filters, in the chosen order."""
    state, rows = st.session_state, shelf.rows
    kept = pd.Series(True, index=rows.index)
    for name in state["etat"] or ():
        kept &= _library.FILTERS[name](shelf)
    if state["categorie"] == UNFILED:
        kept &= rows["category"].isna()
    elif state["categorie"] not in (None, ANY_CATEGORY):
        kept &= rows["category"].isin(below(state["categorie"]))
    kept &= owned(state["responsable"])
    found = _library.matching(rows[kept], state["q"] or "")
    if state["mot_cle"] not in (None, ANY_TAG):
        found = _library.tagged(found, state["mot_cle"])
    return _library.sorted_by(shelf, found, state["ordre"] or next(iter(_library.ORDERS)))


def below(name: str) -> list[str]:
    """A category and those under it."""
    for branch in branches:
        if branch.category.name == name:
            return [name, *(each.name for each in branch.children)]
    return [name]


def owned(by: str | None) -> Any:
    """Which rows this choice of owner keeps."""
    if by == MINE:
        return shelf.rows["owner_id"] == actor.id
    if by == NOBODY:
        return shelf.rows["owner_id"].isna()
    return True if by in (None, ANYBODY) else shelf.rows["owner"] == by


# -- a row ---------------------------------------------------------------------------------------


def line(row: dict[Any, Any], figures: Any) -> None:
    """One article: its question leads to it; where it stands; what its readers say."""
    article_id, question = row["article_id"], row["question"] or "Sans question"
    with st.container(key=f"row_{article_id}", gap="xxsmall"):
        words, aside = st.columns([3, 2], vertical_alignment="center", gap="small")
        with words, st.container(horizontal=True, gap="small"):
            if may_write:
                _bulk.box(work, article_id, question)
            with st.container(gap="xxsmall"):
                _parts.article_link(article_id, question, came_from=HERE)
                st.caption(circumstances(row))
        with aside, st.container(horizontal=True, vertical_alignment="center", gap="small"):
            badges(row)
            if row["state"] == "published":
                figure(figures)


def circumstances(row: dict[Any, Any]) -> str:
    """Category, tags, version, date, author, owner."""
    parts = [_parts.plain(row["category"])] if _parts.known(row["category"]) else []
    parts += [f"\\#{_parts.plain(tag)}" for tag in row["tags"].split("\n") if tag]
    if _parts.known(row["version"]) and row["state"] == "published":
        parts.append(f"version {int(row['version'])}")
    if _parts.known(row["changed_at"]):
        author = row["draft_author"] if _parts.known(row["draft_author"]) else row["author"]
        parts.append(f"{french.ago(row['changed_at'], now)}, {_parts.plain(str(author))}")
    if _parts.known(row["owner"]):
        parts.append(f"responsable\u00a0: {_parts.plain(row['owner'])}")
    return " · ".join(parts)


def badges(row: dict[Any, Any]) -> None:
    """What is not ordinary: listed, in writing, read, planned, overdue, withdrawn, open elsewhere."""
    article_id, is_live = row["article_id"], row["state"] == "published"
    if article_id in shelf.listed:
        is_proven = shelf.listed[article_id]
        kind = FlagKind.CONFIRMED if is_proven else FlagKind.ISOLATED
        st.badge(french.label(kind), color="red" if is_proven else "orange")
    if not is_live:
        st.badge(_library.STATES[row["state"]], color="gray")
    if article_id in shelf.in_review:
        st.badge("En relecture", color="violet")
    elif _parts.known(row["draft_saved_at"]) and is_live:
        st.badge("Brouillon", color="blue")
    for action, due_at in shelf.planned.get(article_id, {}).items():
        does = "Publication" if action is PlannedAction.PUBLISH else "Retrait"
        st.badge(f"{does} le {french.short_date(due_at)}", color="blue", icon=":material/schedule:")
    if is_live and _parts.known(row["review_on"]) and row["review_on"].date() < shelf.today:
        st.badge("Révision échue", color="orange", icon=":material/event_busy:")
    if article_id in elsewhere:
        names = _presence.names(elsewhere[article_id])
        st.badge(
            f"{names} y travaille{'nt' if len(elsewhere[article_id]) > 1 else ''}", color="green"
        )


def figure(row: Any) -> None:
    """*Utilité*, as its number of votes allows, on one line."""
    shown = french.usefulness(_parts.counts(row))
    st.caption(" ".join(part for part in (shown.dots, shown.text) if part))


# -- the screen ----------------------------------------------------------------------------------

work, actor = _bulk.work(), _session.actor()
may_write = people.may(actor.role, "article.write")
started: list[int] = st.session_state.setdefault("started", [])
if started:
    st.switch_page("article.py", query_params={"article": str(started.pop()), "de": HERE})

now = dt.datetime.now(dt.UTC)
titles, action = st.columns([3, 1], vertical_alignment="bottom")
with titles:
    _parts.head("Articles", "Tous les articles, publiés ou non.")
if may_write:
    with action, st.container(horizontal=True, horizontal_alignment="right"):
        st.button(
            "Nouvel article",
            type="primary",
            icon=":material/add:",
            on_click=new_article,
            args=(started,),
        )
    _bulk.go_on(work)

shelf = _library.shelf(revision(), actor_id=actor.id, today=civil_day(now))
if shelf.rows.empty:
    _parts.nothing(
        "Aucun article pour le moment",
        "Importez votre FAQ, ou écrivez un premier article avec «\u202fNouvel article\u202f»."
        if may_write
        else "Les articles que la rédaction écrira seront ici.",
        icon=":material/article:",
    )
    _parts.link("importing.py", "Importer un document", icon=":material/upload_file:")
    st.stop()

branches = _library.branches()
category_names = [each.name for b in branches for each in (b.category, *b.children)]
elsewhere = _presence.elsewhere(actor, now)
st.html(STYLE)  # noqa: TID251 — our own style sheet
_coming.panel(shelf, now, came_from=HERE)
ask()
views()
found = chosen()
ids = found["article_id"].tolist()
pages = max(1, math.ceil(len(ids) / PER_PAGE))
first = (min(int(st.session_state.get("page") or 1), pages) - 1) * PER_PAGE
page = found.iloc[first : first + PER_PAGE]
said = french.count(len(ids), "article")
if pages > 1:
    said = f"{said}, page {first // PER_PAGE + 1} sur {pages}"
if may_write:
    _bulk.outcome(work, shelf.rows)
    _bulk.bar(work, shelf.rows, ids, page["article_id"].tolist(), said)
    _bulk.panel(work, shelf.rows)
else:
    st.markdown(said)
if found.empty:
    _parts.nothing(
        "Aucun article ne correspond",
        "Essayez moins de mots, ou retirez un filtre."
        + (" «\u202fNouvel article\u202f» reprendra vos mots." if may_write else ""),
        icon=":material/search_off:",
    )
    st.stop()

figures = _library.figures(page["article_id"].tolist())
for row in page.to_dict("records"):
    line(row, figures.loc[row["article_id"]])
if pages > 1:
    st.pagination(pages, key="page", bind="query-params")
