"""The categories, ready to be changed where they are read: name, objective, order, level, merging."""

import datetime as dt
from functools import partial
from typing import Final

import streamlit as st
from sqlalchemy.orm import Session

from faq_cms import categories, db, french
from faq_cms.categories import Branch
from faq_cms.helpfulness import DEFAULT_OBJECTIVE
from faq_cms.models import Category
from faq_cms.people import Actor
from faq_cms.screens import _parts, _session

DEFAULT: Final = round(DEFAULT_OBJECTIVE * 100)
OPENED: Final = "opened_category"
FIRST_LEVEL: Final = "Au premier niveau"


def show() -> None:
    """The tree, one line a category, and a place to add one."""
    with db.reading() as session:
        tree, filed = categories.tree(session), categories.filed(session)
    if not tree:
        _parts.nothing(
            "Aucune catégorie pour le moment",
            "Quelques-unes suffisent\u00a0: les lecteurs les voient sur la page d’accueil de l’aide.",
            icon=":material/category:",
        )
    for at, branch in enumerate(tree):
        _line(branch.category, filed, first=at == 0, last=at == len(tree) - 1)
        for below, child in enumerate(branch.children):
            end = below == len(branch.children) - 1
            _line(child, filed, first=below == 0, last=end)
    adding, pressing = st.columns([4, 4], vertical_alignment="bottom")
    st.session_state.setdefault("new_category", "")
    adding.text_input("Nouvelle catégorie", key="new_category", max_chars=categories.NAME_MAX)
    pressing.button("Ajouter", icon=":material/add:", on_click=_add, key="add_category")
    st.caption(
        f"L’objectif est de {DEFAULT}\u202f% tant que personne n’en décide autrement. Sous l’objectif, "
        "un article n’est signalé que lorsque ses votes le prouvent."
    )
    everyone = [each for branch in tree for each in (branch.category, *branch.children)]
    opened = st.session_state.get(OPENED)
    for each in everyone:
        if each.id == opened:
            st.dialog(each.name, on_dismiss=_close)(_panel)(each, tree, filed.get(each.id, 0))


# -- one line ------------------------------------------------------------------------------------


def _line(category: Category, filed: dict[int, int], *, first: bool, last: bool) -> None:
    indent = 0.6 if category.parent_id else 0.001
    _, naming, expecting, counting, doing = st.columns(
        [indent, 4.6 - indent, 1.7, 1.3, 1.9], vertical_alignment="bottom"
    )
    st.session_state.setdefault(f"name_{category.id}", category.name)
    naming.text_input(
        "Nom",
        key=f"name_{category.id}",
        max_chars=categories.NAME_MAX,
        on_change=_rename,
        args=(category,),
    )
    expected = category.objective if category.objective is not None else DEFAULT_OBJECTIVE
    st.session_state.setdefault(f"objective_{category.id}", round(expected * 100))
    expecting.number_input(
        "Objectif (%)",
        min_value=1,
        max_value=99,
        key=f"objective_{category.id}",
        on_change=_set_objective,
        args=(category,),
        disabled=not _session.may("objective.set"),
        help="La part de Oui attendue dans cette catégorie.",
    )
    counting.caption(french.count(filed.get(category.id, 0), "article"))
    with doing.container(
        horizontal=True,
        gap="xsmall",
        horizontal_alignment="right",
        key=f"category_{category.id}",
    ):
        for by, icon, wall, name in (
            (-1, ":material/arrow_upward:", first, "Monter"),
            (1, ":material/arrow_downward:", last, "Descendre"),
        ):
            st.button(
                icon,
                key=f"shift_{by}_{category.id}",
                type="tertiary",
                disabled=wall,
                help=f"{name} «\u202f{_parts.plain(category.name)}\u202f»",
                on_click=_shift,
                args=(category, by),
            )
        st.button(
            ":material/more_vert:",
            key=f"more_{category.id}",
            type="tertiary",
            help="Placer, fusionner, supprimer",
            on_click=_open,
            args=(category,),
        )


# -- one category --------------------------------------------------------------------------------


def _panel(category: Category, tree: list[Branch], filed: int) -> None:
    """What is done once in the life of a category: place it, merge it, delete it."""
    if OPENED not in st.session_state:
        st.rerun()  # it is done: a gesture in a panel runs the panel alone, which would stay open
    others = [each for branch in tree for each in (branch.category, *branch.children)]
    others = [each for each in others if each.id != category.id]
    has_children = any(each.category.id == category.id and each.children for each in tree)
    if not has_children:
        _placing(category, tree)
    if others:
        _merging(category, others, filed)
    if not has_children and not filed:
        st.button(
            "Supprimer",
            icon=":material/delete:",
            key=f"remove_{category.id}",
            on_click=_remove,
            args=(category,),
        )


def _placing(category: Category, tree: list[Branch]) -> None:
    names: dict[int | None, str] = {None: FIRST_LEVEL}
    names |= {
        each.category.id: f"Sous «\u202f{each.category.name}\u202f»"
        for each in tree
        if each.category.id != category.id
    }
    key = f"parent_{category.id}_{category.parent_id}"
    st.selectbox(
        "Place",
        list(names),
        index=list(names).index(category.parent_id),
        format_func=names.__getitem__,
        key=key,
        on_change=_place,
        args=(category, key),
    )


def _merging(gone: Category, others: list[Category], filed: int) -> None:
    """Where its articles go, what is expected of them there."""
    names = {each.id: each.name for each in others}
    into_id = st.selectbox(
        "Fusionner avec", list(names), format_func=names.__getitem__, key=f"merge_into_{gone.id}"
    )
    into = next(each for each in others if each.id == into_id)
    st.markdown(
        f"{french.count(filed, 'article')} "
        f"{french.plural(filed, 'passera', 'passeront')} dans «\u202f{_parts.plain(into.name)}\u202f». "
        "L’adresse de l’ancienne catégorie y mènera."
    )
    objectives = list(dict.fromkeys((into.objective, gone.objective)))
    if len(objectives) > 1:
        st.radio(
            "Quel objectif garder\u202f?",
            objectives,
            format_func=lambda share: (
                f"{french.percent(share or DEFAULT_OBJECTIVE)}"
                + (
                    f" (celui de {into.name})"
                    if share == into.objective
                    else f" (celui de {gone.name})"
                )
            ),
            key=f"merge_objective_{gone.id}_{into.id}",
        )
    st.button(
        "Fusionner",
        type="primary",
        icon=":material/merge:",
        key="confirm_merge",
        on_click=_merge,
        args=(gone, into),
    )


def _open(category: Category) -> None:
    st.session_state[OPENED] = category.id


def _close() -> None:
    st.session_state.pop(OPENED, None)


def _merge(gone: Category, into: Category) -> None:
    _close()
    objective = st.session_state.get(f"merge_objective_{gone.id}_{into.id}", into.objective)

    def change(session: Session, actor: Actor, now: dt.datetime) -> None:
        categories.merge(
            session, actor, category_id=gone.id, into_id=into.id, objective=objective, now=now
        )

    _session.act(change, done=f"«\u202f{gone.name}\u202f» est réunie à «\u202f{into.name}\u202f».")


# -- changes -------------------------------------------------------------------------------------


def _add() -> None:
    name = str(st.session_state["new_category"])

    def change(session: Session, actor: Actor, now: dt.datetime) -> None:
        categories.add(session, actor, name=name, now=now)

    if _session.act(change, done="Catégorie ajoutée."):
        st.session_state["new_category"] = ""


def _rename(category: Category) -> None:
    name = str(st.session_state[f"name_{category.id}"])

    def change(session: Session, actor: Actor, now: dt.datetime) -> None:
        categories.rename(session, actor, category_id=category.id, name=name, now=now)

    if not _session.act(change, done="Catégorie renommée."):
        st.session_state[f"name_{category.id}"] = category.name


def _set_objective(category: Category) -> None:
    percent = int(st.session_state[f"objective_{category.id}"])
    share = None if percent == DEFAULT else percent / 100

    def change(session: Session, actor: Actor, now: dt.datetime) -> None:
        categories.set_objective(session, actor, category_id=category.id, objective=share, now=now)

    _session.act(change, done="Objectif changé. Les constats le suivent dès maintenant.")


def _shift(category: Category, by: int) -> None:
    _session.act(partial(_shifted, category_id=category.id, by=by))


def _shifted(
    session: Session, actor: Actor, now: dt.datetime, *, category_id: int, by: int
) -> None:
    categories.shift(session, actor, category_id=category_id, by=by, now=now)


def _place(category: Category, key: str) -> None:
    parent_id = st.session_state[key]
    _close()

    def change(session: Session, actor: Actor, now: dt.datetime) -> None:
        categories.place(session, actor, category_id=category.id, parent_id=parent_id, now=now)

    _session.act(change, done="Catégorie déplacée.")


def _remove(category: Category) -> None:
    _close()

    def change(session: Session, actor: Actor, now: dt.datetime) -> None:
        categories.remove(session, actor, category_id=category.id, now=now)

    _session.act(change, done="Catégorie supprimée.")
