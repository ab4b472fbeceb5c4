"""Catégories — how articles are filed, and what share of helpful votes is expected there."""

import datetime as dt

import streamlit as st
from sqlalchemy.orm import Session

from faq_cms import categories, french, people
from faq_cms.helpfulness import DEFAULT_OBJECTIVE
from faq_cms.models import Category
from faq_cms.people import Actor
from faq_cms.screens import _data, _library, _parts, _session

DEFAULT = round(DEFAULT_OBJECTIVE * 100)


def add() -> None:
    """A category of the typed name."""
    name = str(st.session_state["new_category"])

    def change(session: Session, actor: Actor, now: dt.datetime) -> None:
        categories.add(session, actor, name=name, now=now)

    if _session.act(change, done="Catégorie ajoutée."):
        st.session_state["new_category"] = ""


def rename(category: Category) -> None:
    """Give a category the typed name; its address stays."""
    name = str(st.session_state[f"name_{category.id}"])

    def change(session: Session, actor: Actor, now: dt.datetime) -> None:
        categories.rename(session, actor, category_id=category.id, name=name, now=now)

    if not _session.act(change, done="Catégorie renommée."):
        st.session_state[f"name_{category.id}"] = category.name


def set_objective(category: Category) -> None:
    """Expect the typed share there."""
    percent = int(st.session_state[f"objective_{category.id}"])
    share = None if percent == DEFAULT else percent / 100

    def change(session: Session, actor: Actor, now: dt.datetime) -> None:
        categories.set_objective(session, actor, category_id=category.id, objective=share, now=now)

    _session.act(change, done="Objectif changé. Les constats le suivent dès maintenant.")


def line(category: Category, filed: int) -> None:
    """One category, ready to be changed where it is read."""
    naming, expecting, counting = st.columns([4, 2, 2], vertical_alignment="bottom")
    st.session_state.setdefault(f"name_{category.id}", category.name)
    naming.text_input(
        "Nom", key=f"name_{category.id}", max_chars=80, on_change=rename, args=(category,)
    )
    expected = category.objective if category.objective is not None else DEFAULT_OBJECTIVE
    st.session_state.setdefault(f"objective_{category.id}", round(expected * 100))
    expecting.number_input(
        "Objectif d’utilité (%)",
        min_value=1,
        max_value=99,
        key=f"objective_{category.id}",
        on_change=set_objective,
        args=(category,),
        disabled=not may_expect,
    )
    counting.caption(french.count(filed, "article"))


_parts.head(
    "Catégories",
    "Où se rangent les articles, et la part de Oui attendue dans chacune.",
)
may_expect = people.may(_session.actor().role, "objective.set")
kept = _library.categories()
if not kept:
    _parts.nothing(
        "Aucune catégorie pour le moment",
        "Quelques-unes suffisent\u00a0: les lecteurs les voient sur la page d’accueil de l’aide.",
        icon=":material/category:",
    )
filed = _library.table(_data.revision())["category_id"].value_counts()
for each in kept:
    line(each, int(filed.get(each.id, 0)))

adding, pressing = st.columns([4, 4], vertical_alignment="bottom")
st.session_state.setdefault("new_category", "")
adding.text_input("Nouvelle catégorie", key="new_category", max_chars=80)
pressing.button("Ajouter", icon=":material/add:", on_click=add)
st.caption(
    f"L’objectif est de {DEFAULT}\u202f% tant que personne n’en décide autrement. Sous l’objectif, un "
    "article n’est signalé que lorsque ses votes le prouvent."
)
