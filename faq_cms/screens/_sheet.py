"""« Fiche » — what is said of an article beside its text: where it is filed, who watches over it.

Each field is saved on its own as soon as it changes. A widget is named after what it shows: when a
colleague changes the sheet, the field starts again from what they wrote.
"""

import datetime as dt
from typing import Any, Final

import streamlit as st
from sqlalchemy.orm import Session

from faq_cms import categories, db, filing, french, loop
from faq_cms.filing import Change, Sheet
from faq_cms.models import Account, Article
from faq_cms.people import Actor
from faq_cms.screens import _parts, _session

NOBODY: Final = "Personne"
UNFILED: Final = "Sans catégorie"


def show(article: Article) -> None:
    """The sheet of an article, ready to be changed; to read only for who may not write."""
    with db.reading() as session:
        sheet = filing.sheet(session, article.id)
        names = category_names(session)
        people = _owners(session, sheet)
        known = filing.known_tags(session)
    if not _session.may("article.write"):
        _read(sheet, names, people)
        return
    filed, owned, reviewed = st.columns([4, 3, 3])
    with filed:
        _category(article.id, sheet, names)
    with owned:
        _owner(article.id, sheet, people)
    with reviewed:
        _review_date(article.id, sheet)
    _tags(article.id, sheet, known)
    _note(article.id, sheet)
    _address(article)


def category_names(session: Session) -> dict[int | None, str]:
    """Every category as it is chosen: those of the second level after the one above them."""
    names: dict[int | None, str] = {None: UNFILED}
    for branch in categories.tree(session):
        names[branch.category.id] = branch.category.name
        names |= {child.id: f"{branch.category.name} › {child.name}" for child in branch.children}
    return names


def _owners(session: Session, sheet: Sheet) -> dict[int | None, str]:
    """Who may watch over the article; who does, even if their account has closed since."""
    names: dict[int | None, str] = {None: NOBODY}
    names |= {each.id: each.name for each in filing.owners(session)}
    if sheet.owner_id not in names and sheet.owner_id is not None:
        closed = session.get(Account, sheet.owner_id)
        names[sheet.owner_id] = f"{closed.name if closed else NOBODY} (compte fermé)"
    return names


# -- one field each ------------------------------------------------------------------------------


def _category(article_id: int, sheet: Sheet, names: dict[int | None, str]) -> None:
    key = f"category_{article_id}_{sheet.category_id}"
    st.selectbox(
        "Catégorie",
        list(names),
        index=list(names).index(sheet.category_id),
        format_func=names.__getitem__,
        key=key,
        on_change=_save,
        args=(article_id, sheet, key, "category_id", "Catégorie changée."),
    )


def _owner(article_id: int, sheet: Sheet, people: dict[int | None, str]) -> None:
    key = f"owner_{article_id}_{sheet.owner_id}"
    st.selectbox(
        "Responsable",
        list(people),
        index=list(people).index(sheet.owner_id),
        format_func=people.__getitem__,
        key=key,
        on_change=_save,
        args=(article_id, sheet, key, "owner_id", "Responsable changé."),
        help="La personne que l’on prévient quand l’article est à revoir.",
    )


def _review_date(article_id: int, sheet: Sheet) -> None:
    key = f"review_on_{article_id}_{sheet.review_on}"
    st.date_input(
        "À revoir le",
        value=sheet.review_on,
        format="DD/MM/YYYY",
        key=key,
        on_change=_save,
        args=(article_id, sheet, key, "review_on", "Date de révision changée."),
        help="À partir de cette date, l’article est marqué «\u202fRévision échue\u202f».",
    )


def _tags(article_id: int, sheet: Sheet, known: list[str]) -> None:
    key = f"tags_{article_id}_{'|'.join(sheet.tags)}"
    st.multiselect(
        "Mots-clés",
        list(dict.fromkeys((*sheet.tags, *known))),
        default=list(sheet.tags),
        accept_new_options=True,
        max_selections=max(filing.TAGS_MAX, len(sheet.tags)),
        placeholder="Choisissez ou écrivez un mot",
        key=key,
        on_change=_save,
        args=(article_id, sheet, key, "tags", "Mots-clés changés."),
        help="Les lecteurs ne les voient pas\u202f; la recherche, elle, les connaît.",
    )


def _note(article_id: int, sheet: Sheet) -> None:
    key = f"internal_note_{article_id}_{hash(sheet.internal_note)}"
    st.text_area(
        "Note interne",
        value=sheet.internal_note,
        max_chars=filing.NOTE_MAX,
        key=key,
        on_change=_save,
        args=(article_id, sheet, key, "internal_note", "Note interne enregistrée."),
        placeholder="Pour l’équipe seulement\u00a0: sources, contacts, décisions.",
        height="content",
    )


def _address(article: Article) -> None:
    key = f"slug_{article.id}_{article.slug}"
    st.text_input(
        "Adresse de la page",
        value=article.slug,
        key=key,
        on_change=_move,
        args=(article.id, key),
        help="L’ancienne adresse continuera de mener à l’article.",
    )


def _save(article_id: int, sheet: Sheet, key: str, field: str, done: str) -> None:
    """Write one field; « Annuler » gives back the sheet as it was, unless it changed since."""
    value: Any = st.session_state[key]
    fields: dict[str, Any] = {field: tuple(value) if field == "tags" else value}
    wanted = Change(**fields)

    def change(session: Session, actor: Actor, now: dt.datetime) -> None:
        loop.filed(session, actor, [article_id], wanted, now=now)

    def undo(session: Session, actor: Actor, now: dt.datetime) -> None:
        loop.filed_back(session, actor, {article_id: sheet}, wanted, now=now)

    _session.act(change, done=done, undo=undo)


def _move(article_id: int, key: str) -> None:
    slug = str(st.session_state[key])

    def change(session: Session, actor: Actor, now: dt.datetime) -> None:
        filing.move(session, actor, article_id, slug=slug, now=now)

    _session.act(change, done="Adresse changée. L’ancienne mène toujours à l’article.")


# -- looking only --------------------------------------------------------------------------------


def _read(sheet: Sheet, names: dict[int | None, str], people: dict[int | None, str]) -> None:
    said = {
        "Catégorie": names[sheet.category_id],
        "Responsable": people[sheet.owner_id],
        "À revoir le": french.date(sheet.review_on) if sheet.review_on else french.UNKNOWN,
        "Mots-clés": ", ".join(sheet.tags) or french.UNKNOWN,
    }
    for label, value in said.items():
        st.markdown(f"{label}\u00a0: **{_parts.plain(value)}**")
    if sheet.internal_note:
        st.caption("Note interne")
        st.text(sheet.internal_note)
