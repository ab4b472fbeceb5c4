"""Importer — bring in a FAQ written elsewhere, and see what it would change first."""

import datetime as dt
import hashlib
from collections import Counter
from dataclasses import dataclass
from typing import Final

import pandas as pd
import streamlit as st
from sqlalchemy.orm import Session

from faq_cms import db, french, imports
from faq_cms.errors import FaqError
from faq_cms.imports import apply
from faq_cms.imports.apply import State, Step
from faq_cms.imports.document import Document, Finding
from faq_cms.people import Actor
from faq_cms.screens import _library, _parts, _session

AS_WRITTEN: Final = "Celles du document"
EXTENSIONS: Final = sorted({e for reader in imports.READERS.values() for e in reader.extensions})
COLOURS: Final = {
    State.CREATED: "green",
    State.UPDATED: "blue",
    State.UNCHANGED: "gray",
    State.SKIPPED: "orange",
}
SHOWN_FIRST: Final = (State.CREATED, State.UPDATED, State.SKIPPED, State.UNCHANGED)
ANSWER_SHOWN: Final = 160
FINDINGS_SHOWN: Final = 30


@dataclass(frozen=True)
class Read:
    """One uploaded file that could be read, and what importing it would do."""

    name: str
    digest: str
    document: Document
    steps: list[Step]


@st.cache_data(max_entries=16, show_spinner="Lecture du document…")
def parsed(data: bytes, name: str) -> Document:
    """The entries of a document. Raises what `imports.read` raises."""
    return imports.read(data, name=name)


def read(data: bytes, name: str) -> Read | None:
    """A file and its plan; None, once said why, when nothing can be read in it."""
    try:
        document = parsed(data, name)
        with db.reading() as session:
            steps = apply.plan(session, document)
    except FaqError as error:
        st.error(_parts.plain(french.sentence(error)), icon=":material/error:")
        return None
    return Read(name, hashlib.sha256(data).hexdigest(), document, steps)


def totals(steps: list[Step]) -> str:
    """« 8 nouveaux · 1 modifié · 1 identique »."""
    counted = Counter(step.state for step in steps)
    words = {
        State.CREATED: "nouveau",
        State.UPDATED: "modifié",
        State.UNCHANGED: "identique",
        State.SKIPPED: "ignoré",
    }
    return " · ".join(
        french.count(counted[state], word, "nouveaux" if state is State.CREATED else None)
        for state, word in words.items()
        if counted[state]
    )


def findings(document: Document) -> list[Finding]:
    """What a person should know, in the order of the lines."""
    every = [*document.warnings, *(f for entry in document.entries for f in entry.warnings)]
    return sorted(every, key=lambda finding: finding.line)


def preview(file: Read) -> None:
    """One file: its totals, what to know, then every entry with what becomes of it."""
    st.subheader(_parts.plain(file.name), anchor=False)
    st.markdown(totals(file.steps))
    seen = findings(file.document)
    if seen:
        label = french.count(len(seen), "point à vérifier", "points à vérifier")
        with st.expander(label, icon=":material/warning:", expanded=len(seen) <= 5):
            for finding in seen[:FINDINGS_SHOWN]:
                st.markdown(
                    f"Ligne {french.number(finding.line)} — {_parts.plain(finding.message)}"
                )
            if len(seen) > FINDINGS_SHOWN:
                st.caption(f"… et {french.number(len(seen) - FINDINGS_SHOWN)} autres.")
    st.dataframe(
        rows(file.steps),
        hide_index=True,
        row_height=36,
        column_config={
            "État": st.column_config.MultiselectColumn(
                options=list(apply.STATES.values()),
                color=[COLOURS[state] for state in apply.STATES],
                width="small",
            ),
            "Question": st.column_config.TextColumn(width="large"),
            "À savoir": st.column_config.TextColumn(width="medium"),
        },
        alt=f"Ce que deviennent les questions de {file.name}",
    )


def rows(steps: list[Step]) -> pd.DataFrame:
    """The plan as a table, what is new first."""
    steps = sorted(steps, key=lambda step: SHOWN_FIRST.index(step.state))
    return pd.DataFrame(
        {
            "État": [[apply.STATES[step.state]] for step in steps],
            "Question": [step.entry.question for step in steps],
            "Réponse": [" ".join(step.entry.answer.split())[:ANSWER_SHOWN] for step in steps],
            "À savoir": [_to_know(step) for step in steps],
            "Ligne": [step.entry.line for step in steps],
        }
    )


def _to_know(step: Step) -> str:
    if step.reason is not None:
        return apply.REASONS[step.reason]
    return " ".join(dict.fromkeys(finding.message for finding in step.entry.warnings))


def import_all(files: list[Read], *, publish: bool, category: str | None) -> None:
    """All the files, or none when one of them is refused."""
    done: list[Step] = []

    def change(session: Session, actor: Actor, now: dt.datetime) -> None:
        for file in files:
            done.extend(
                apply.write(
                    session,
                    actor,
                    file.document,
                    name=file.name,
                    digest=file.digest,
                    publish=publish,
                    category=category,
                    now=now,
                )
            )

    if _session.act(change):
        st.session_state["imported"] = (totals(done), publish)
        st.session_state["upload"] = st.session_state.get("upload", 0) + 1


_parts.head("Importer", "Un document de questions et réponses devient des articles.")
if imported := st.session_state.pop("imported", None):
    what, published = imported
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(f":material/check_circle: **Import terminé**\u00a0: {what}")
        _parts.link("articles.py", "Voir les articles", icon=":material/article:")

uploaded = st.file_uploader(
    "Documents",
    type=[extension.removeprefix(".") for extension in EXTENSIONS],
    accept_multiple_files=True,
    key=f"upload_{st.session_state.get('upload', 0)}",
    label_visibility="collapsed",
)
if not uploaded:
    st.caption(
        "Formats\u00a0: "
        + ", ".join(_parts.plain(reader.label) for reader in imports.READERS.values())
        + ". Dans un texte simple, commencez chaque question par «\u202fQ\u00a0:\u202f» et chaque "
        "réponse par «\u202fR\u00a0:\u202f». Rien n’est écrit avant votre accord, et importer deux fois "
        "le même document ne change rien."
    )
    st.stop()

files = [file for each in uploaded if (file := read(each.getvalue(), each.name))]
if not files:
    st.stop()
for file in files:
    preview(file)

planned = Counter(step.state for file in files for step in file.steps)
waiting = planned[State.CREATED] + planned[State.UPDATED]
if not waiting:
    st.info("Tout est déjà là\u00a0: il n’y a rien à importer.", icon=":material/done_all:")
    st.stop()

with st.container(border=True):
    filing, state = st.columns(2)
    category = filing.selectbox(
        "Catégorie des nouveaux articles",
        [AS_WRITTEN, *(each.name for each in _library.categories())],
        accept_new_options=True,
        help="Choisissez, ou écrivez un nouveau nom puis Entrée.",
    )
    now_public = state.radio(
        "Les nouveaux articles sont",
        ["Gardés en brouillon", "Publiés tout de suite"],
        index=0,
    )
    if planned[State.UPDATED]:
        st.caption(
            "Les textes modifiés deviennent des brouillons\u00a0: rien de publié n’est remplacé sans vous."
        )
    st.button(
        f"Importer {french.count(waiting, 'question')}",
        type="primary",
        icon=":material/upload_file:",
        on_click=import_all,
        args=(files,),
        kwargs={
            "publish": now_public == "Publiés tout de suite",
            "category": None if category == AS_WRITTEN else category,
        },
    )
