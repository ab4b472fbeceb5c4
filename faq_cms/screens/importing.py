"""Importer — bring in a FAQ written elsewhere, and see what it would change first."""

import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Final

import pandas as pd
import streamlit as st

from faq_cms import db, french, people
from faq_cms.errors import FaqError
from faq_cms.imports import Source, Standing, apply, feedback, gathering, systems
from faq_cms.imports import findings as findings_of
from faq_cms.imports.apply import Outcome, State, Step
from faq_cms.imports.gathering import File
from faq_cms.screens import _library, _parts, _past_imports, _session

AS_WRITTEN: Final = "Celles du document"
LIKELY: Final = "Doublon probable"
# Said by their readers' labels, without the format in parentheses.
OUTSIDE: Final = sorted(
    {reader.label.partition(" (")[0] for reader in systems.READERS}, key=str.casefold
)
COLOURS: Final = {
    apply.STATES[State.CREATED]: "green",
    apply.STATES[State.UPDATED]: "blue",
    LIKELY: "violet",
    apply.STATES[State.UNCHANGED]: "gray",
    apply.STATES[State.SKIPPED]: "orange",
}
COUNTED: Final = {
    "Nouveau": ("nouveau", "nouveaux"),
    "Modifié": ("modifié", "modifiés"),
    LIKELY: ("doublon probable", "doublons probables"),
    "Identique": ("identique", "identiques"),
    "Ignoré": ("ignoré", "ignorés"),
}
STANDINGS: Final = {
    Standing.DRAFT: "Brouillon dans son outil\u00a0: il le reste ici.",
    Standing.ARCHIVED: "Archivé dans son outil\u00a0: publié, il serait aussitôt retiré.",
}
ANSWER_SHOWN: Final = 160
ASKED_SHOWN: Final = 80
FINDINGS_SHOWN: Final = 30
LOOK_EVERY: Final = 0.15  # seconds between two looks at an import under way
TALL: Final = 12  # rows shown without scrolling inside the table
ROW: Final = 36  # pixels


@dataclass(frozen=True)
class Read:
    """What was uploaded, once read: its documents, and what importing them would do."""

    files: tuple[str, ...]
    sources: list[Source]
    steps: list[Step]
    refusals: list[str]


# -- reading -------------------------------------------------------------------------------------


def read(files: list[File], key: tuple[str, ...]) -> Read:
    """The documents of these files and their plan; read once, then kept while they stay chosen."""
    kept: Read | None = st.session_state.get("import_read")
    if kept is not None and kept.files == key:
        return kept
    bar = st.progress(0.0, "Lecture des documents…")
    sources: list[Source] = []
    refusals: list[str] = []
    try:
        sources = _sources(files, bar)
    except FaqError:  # one of them: which, and what the others hold
        good = []
        for file in files:
            try:
                _sources([file], bar)
                good.append(file)
            except FaqError as error:
                refusals.append(_refusal(file, error))
        if good:
            sources = _sources(good, bar)
    bar.progress(1.0, "Comparaison avec les articles…")
    with db.reading() as session:
        steps = apply.plan(session, *(source.document for source in sources))
    bar.empty()
    found = Read(key, sources, steps, refusals)
    st.session_state["import_read"] = found
    return found


def _sources(files: list[File], bar: st.delta_generator.DeltaGenerator) -> list[Source]:
    def told(done: int, total: int) -> None:
        bar.progress(done / total, f"Lecture des documents… {french.part(done, total)}")

    return gathering.read(gathering.unfolded(files), told=told)


def _refusal(file: File, error: FaqError) -> str:
    sentence = french.sentence(error)
    return sentence if file.name in sentence else f"{file.name}\u00a0: {sentence}"


# -- showing -------------------------------------------------------------------------------------


def state(step: Step) -> str:
    """The word for what becomes of an entry."""
    return LIKELY if step.like else apply.STATES[step.state]


def totals(steps: Sequence[Step]) -> str:
    """« 8 nouveaux · 1 modifié · 1 identique »."""
    counted = Counter(state(step) for step in steps)
    return " · ".join(
        french.count(counted[name], *words) for name, words in COUNTED.items() if counted[name]
    )


def findings(found: Read) -> None:
    """What to look at before importing, in the order of the documents."""
    is_alone = len(found.sources) == 1
    every = [said for source in found.sources for said in _pointed(source, is_alone=is_alone)]
    if not every:
        return
    label = french.count(len(every), "point à vérifier", "points à vérifier")
    with st.expander(label, icon=":material/warning:", expanded=len(every) <= 5):
        for said in every[:FINDINGS_SHOWN]:
            st.markdown(said)
        if len(every) > FINDINGS_SHOWN:
            st.caption(f"… et {french.number(len(every) - FINDINGS_SHOWN)} autres.")


def _pointed(source: Source, *, is_alone: bool) -> Iterator[str]:
    """« faq.txt, ligne 4, « Où écrire ? » — Une adresse est masquée », in the document's order."""
    document = source.document
    seen = [("", each) for each in document.warnings] + [
        (entry.question, each) for entry in document.entries for each in entry.warnings
    ]
    for question, each in sorted(seen, key=lambda pair: pair[1].line):
        where = [] if is_alone else [_parts.plain(_short(source.name))]
        if _has_lines(source):
            where.append(f"{'Ligne' if is_alone else 'ligne'} {french.number(each.line)}")
        if question:
            asked = _parts.plain(_parts.one_line(question)[:ASKED_SHOWN])
            where.append(f"«\u202f{asked}\u202f»")
        if each.code == findings_of.NO_QUESTION:  # its message names the file, which is another one
            where = []
        yield " — ".join(filter(None, [", ".join(where), _parts.plain(each.message)]))


def _has_lines(source: Source) -> bool:
    """Whether what is called a line is one: in what systems export it is a rank."""
    return source.document.source not in systems.SYSTEMS


def _short(name: str) -> str:
    """The last part of a name that says the folders of a zip."""
    return PurePosixPath(name).name


def with_feedback(found: Read) -> str:
    """What readers said elsewhere that comes with the articles: « Avec 3 votes datés. »; else empty."""
    votes = sum(len(step.entry.ballots) for step in found.steps)
    totals_read = sum(step.entry.totals is not None for step in found.steps)
    parts = [
        french.count(number, *words)
        for number, words in (
            (votes, ("vote daté", "votes datés")),
            (
                totals_read,
                ("relevé de totaux, à part des votes", "relevés de totaux, à part des votes"),
            ),
        )
        if number
    ]
    return f"Avec {' et '.join(parts)}." if parts else ""


def rows(found: Read, ranks: Sequence[int]) -> pd.DataFrame:
    """These entries as a table, by rank; the document's name where there are several."""
    steps = [found.steps[rank] for rank in ranks]
    table: dict[str, list[Any]] = {
        "État": [[state(step)] for step in steps],
        "Question": [step.entry.question for step in steps],
        "À savoir": [to_know(step) for step in steps],
        "Réponse": [_shown(step.entry.answer) for step in steps],
        "Catégorie": [_category(step) for step in steps],
        "Document": [_short(found.sources[step.file].name) for step in steps],
        "Ligne": [step.entry.line for step in steps],
    }
    if len(found.sources) == 1:
        del table["Document"]
    if not any(map(_has_lines, found.sources)):
        del table["Ligne"]
    for heading in ("À savoir", "Catégorie"):  # an empty column would push the answers away
        if not any(table[heading]):
            del table[heading]
    return pd.DataFrame(table, index=list(ranks))


def _shown(answer: str) -> str:
    """The beginning of an answer on one line, without the marks of emphasis."""
    return _parts.one_line(answer[: 2 * ANSWER_SHOWN].replace("**", ""))[:ANSWER_SHOWN]


def _category(step: Step) -> str:
    return " › ".join(name for name in (step.entry.parent, step.entry.category) if name)


def to_know(step: Step) -> str:
    """Why an entry is left out, what it looks like, what to check in it."""
    if step.reason is not None:
        return apply.REASONS[step.reason]
    like = [f"Ressemble à «\u202f{step.like[1]}\u202f»."] if step.like else []
    is_said = any(each.code == findings_of.RESTRICTED for each in step.entry.warnings)
    is_new = step.state is State.CREATED and not is_said
    stands = [said for at, said in STANDINGS.items() if is_new and at is step.entry.standing]
    messages = (each.message for each in step.entry.warnings)
    return " ".join(dict.fromkeys([*like, *stands, *messages]))


def chosen(found: Read) -> set[int]:
    """The table of what may be imported, a box before each; the ranks of the boxes ticked."""
    ranks = sorted(
        (at for at, step in enumerate(found.steps) if step.state in (State.CREATED, State.UPDATED)),
        key=lambda at: [*COUNTED].index(state(found.steps[at])),
    )
    if not ranks:
        return set()
    turn, default = st.session_state.get("import_boxes", (0, None))
    table = rows(found, ranks)
    ticked = [default if default is not None else not found.steps[at].like for at in ranks]
    table.insert(0, "Importer", ticked)
    edited = st.data_editor(
        table,
        key=f"import_table_{turn}_{hash(found.files)}",
        hide_index=True,
        row_height=ROW,
        height=ROW * min(len(ranks) + 1, TALL) + 3,
        disabled=[name for name in table.columns if name != "Importer"],
        column_config=_columns() | {"Importer": st.column_config.CheckboxColumn(width=100)},
    )
    with st.container(horizontal=True):
        st.button("Tout cocher", on_click=tick_all, args=(turn + 1, True), type="tertiary")
        st.button("Tout décocher", on_click=tick_all, args=(turn + 1, False), type="tertiary")
    return {int(rank) for rank in edited.index[edited["Importer"].astype(bool)]}


def tick_all(turn: int, ticked: bool) -> None:
    """Tick every box, or none."""
    st.session_state["import_boxes"] = (turn, ticked)


def left_alone(found: Read) -> None:
    """What is the same, or cannot be imported and why."""
    ranks = [
        at for at, step in enumerate(found.steps) if step.state in (State.SKIPPED, State.UNCHANGED)
    ]
    ranks.sort(key=lambda at: found.steps[at].state is State.UNCHANGED)
    if not ranks:
        return
    label = f"{french.count(len(ranks), 'question')} à laisser de côté"
    with st.expander(label, icon=":material/playlist_remove:", expanded=len(ranks) <= 5):
        st.dataframe(
            rows(found, ranks),
            hide_index=True,
            row_height=ROW,
            column_config=_columns(),
            alt="Questions identiques ou ignorées, et pourquoi",
        )


def _columns() -> dict[str, Any]:
    return {
        "État": st.column_config.MultiselectColumn(
            options=[*COLOURS], color=[*COLOURS.values()], width=145
        ),
        "Question": st.column_config.TextColumn(width=300),
        "À savoir": st.column_config.TextColumn(width="medium"),
        "Réponse": st.column_config.TextColumn(width="medium"),
        "Ligne": st.column_config.NumberColumn(width="small"),
    }


# -- importing -----------------------------------------------------------------------------------


def import_all(found: Read, ticked: set[int], *, publish: bool, category: str | None) -> None:
    """All that is ticked, or nothing when it is refused; the bar moves while it is written."""
    left_out = {
        at
        for at, step in enumerate(found.steps)
        if step.state in (State.CREATED, State.UPDATED) and at not in ticked
    }
    at, ended = [0, max(len(ticked), 1)], list[Outcome | BaseException]()
    held = _session.secret()

    def told(done: int, total: int) -> None:
        at[:] = done, total

    def write() -> None:
        try:
            with _session.changing(held) as (session, actor, now):
                outcome = apply.write_all(
                    session,
                    actor,
                    found.sources,
                    publish=publish,
                    category=category,
                    left_out=left_out,
                    told=told,
                    now=now,
                )
            ended.append(outcome)
        except BaseException as error:  # noqa: BLE001 — told, or raised again, by whoever waits
            ended.append(error)

    # Apart from this script, which Streamlit may end at any of its own calls: see STREAMLIT in docs.
    writer = threading.Thread(target=write, name="import")
    writer.start()
    bar = st.bottom.progress(0.0, "Import en cours…")  # in sight however far the page is scrolled
    while writer.is_alive():
        bar.progress(min(at[0] / at[1], 1.0), f"Import en cours… {french.part(at[0], at[1])}")
        writer.join(LOOK_EVERY)
    bar.empty()
    _conclude(ended[0])


def _conclude(ended: Outcome | BaseException) -> None:
    if isinstance(ended, FaqError):
        _session.refuse(ended)
    elif isinstance(ended, BaseException):
        raise ended
    else:
        steps = [step for step in ended.steps if step.reason is not apply.Reason.LEFT_OUT]
        st.session_state["imported"] = (totals(steps), ended.feedback, ended.batch_id)
        st.session_state["upload"] = st.session_state.get("upload", 0) + 1
        for name in ("import_read", "import_boxes", "import_undone"):
            st.session_state.pop(name, None)
    st.rerun()


def said_of_readers(report: feedback.Report) -> list[str]:
    """What became of the votes and totals that came with the articles."""
    said = []
    if report.votes:
        early = f", dont {french.number(report.before_first)} avant le texte importé" if report.before_first else ""  # fmt: skip
        said.append(
            f"{french.count(report.votes, 'vote daté repris', 'votes datés repris')}{early}."
        )
    if report.readings:
        totals_kept = french.count(report.readings, "relevé de totaux", "relevés de totaux")
        said.append(f"{totals_kept}, à part des votes.")
    if report.waiting:
        said.append(
            f"{french.count(report.waiting, 'vote')} sur des articles pas encore publiés\u00a0: "
            "importez de nouveau après leur publication."
        )
    if report.withheld:
        said.append(
            f"{french.count(report.withheld, 'avis laissé de côté', 'avis laissés de côté')}\u00a0: "
            "une personne du pilotage peut les reprendre en important le même document."
        )
    return said


def conclusion() -> None:
    """What the last import did, and the way back."""
    if "imported" not in st.session_state:
        return
    what, report, batch_id = st.session_state["imported"]
    with st.container(border=True):
        st.markdown(f":material/check_circle: **Import terminé**\u00a0: {what}")
        for sentence in said_of_readers(report):
            st.caption(sentence)
        with st.container(horizontal=True, vertical_alignment="center"):
            _parts.link("articles.py", "Voir les articles", icon=":material/article:")
            if batch_id is not None:
                st.button(
                    "Annuler cet import…",
                    icon=":material/undo:",
                    type="tertiary",
                    on_click=_past_imports.ask,
                    args=(batch_id,),
                )


def what_is_read() -> None:
    """What may be given, and how little it commits to."""
    st.markdown(
        "**Vos documents**\u00a0: texte, Markdown, page HTML, Word, Excel, CSV, JSON, YAML. Dans un texte "
        "simple, commencez chaque question par «\u202fQ\u00a0:\u202f» et chaque réponse par "
        "«\u202fR\u00a0:\u202f».\n\n"
        f"**L’export d’un autre outil**\u00a0: {', '.join(map(_parts.plain, OUTSIDE))}, ou de cette "
        "application\u00a0; avec ses catégories, ses états, ses dates, ses mots-clés et ses avis."
    )
    st.caption(
        "Plusieurs fichiers à la fois, ou un zip, qui pèse moins\u00a0; le contenu décide, pas le nom. Rien "
        "n’est écrit avant votre accord, et importer deux fois le même document ne change rien."
    )


_parts.head("Importer", "Des questions et réponses écrites ailleurs deviennent des articles.")
concluded = st.container()
is_folder = bool(st.session_state.get("import_folder"))
st.session_state["import_folder"] = is_folder  # kept while its box is out of sight
uploaded = st.file_uploader(
    "Documents",
    accept_multiple_files="directory" if is_folder else True,
    key=f"upload_{is_folder}_{st.session_state.get('upload', 0)}",
    label_visibility="collapsed",
)
if not uploaded:
    st.checkbox("Choisir un dossier entier", key="import_folder")
    with concluded:
        conclusion()
    what_is_read()
    _past_imports.show()
    st.stop()

st.session_state.pop("imported", None)
found = read(
    [
        File(each.name, each.getvalue(), is_found=is_folder)
        for each in (sorted(uploaded, key=lambda file: file.name) if is_folder else uploaded)
        if not is_folder or gathering.is_read(each.name)
    ],
    tuple(f"{each.name}/{each.file_id}" for each in uploaded),
)
for refusal in found.refusals:
    st.error(_parts.plain(refusal), icon=":material/error:")
if not found.steps:
    st.stop()
st.markdown(f"**{totals(found.steps)}**")
if said := with_feedback(found):
    st.caption(said)
findings(found)
ticked = chosen(found)
left_alone(found)
if not any(step.state in (State.CREATED, State.UPDATED) for step in found.steps):
    has_feedback = any(step.entry.ballots or step.entry.totals for step in found.steps)
    if not (has_feedback and people.may(_session.actor().role, "votes.import")):
        if any(step.state is State.UNCHANGED for step in found.steps):
            st.info("Tout est déjà là\u00a0: il n’y a rien à importer.", icon=":material/done_all:")
        else:
            st.info(
                "Aucune de ces questions ne peut être importée\u00a0: la raison est dite pour chacune.",
                icon=":material/block:",
            )
        st.stop()

with st.container(border=True):
    filing, standing = st.columns(2)
    category = filing.selectbox(
        "Catégorie des nouveaux articles",
        [AS_WRITTEN, *(each.name for each in _library.categories())],
        accept_new_options=True,
        help="Choisissez, ou écrivez un nouveau nom puis Entrée.",
    )
    now_public = standing.radio(
        "Les nouveaux articles sont",
        ["Gardés en brouillon", "Publiés tout de suite"],
        index=0,
    )
    if any(step.state is State.UPDATED for step in found.steps):
        st.caption(
            "Les textes modifiés deviennent des brouillons\u00a0: rien de publié n’est remplacé sans vous."
        )
    some = french.count(len(ticked), "question") if ticked else "les avis seulement"
    is_possible = bool(ticked) or any(step.state is State.UNCHANGED for step in found.steps)
    if st.button(
        f"Importer {some}", type="primary", icon=":material/upload_file:", disabled=not is_possible
    ):
        import_all(
            found,
            ticked,
            publish=now_public == "Publiés tout de suite",
            category=None if category == AS_WRITTEN else category,
        )
