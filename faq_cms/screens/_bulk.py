"""Several articles at once: choose them, choose a gesture, see what it changes, make it, take it back.

A gesture is made slice by slice while the page runs, its progress shown: thousands of articles never
hold the database, and a run that is cut goes on at the next one. What was done stays beside « Annuler »
until the next gesture, because taking it back is said article by article too.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

import pandas as pd
import streamlit as st

from faq_cms import articles, bulk, db, exports, filing, french, people, settings
from faq_cms.bulk import Gesture, Left, Made, Preview, Withdrawal
from faq_cms.errors import FaqError
from faq_cms.exports import Site
from faq_cms.filing import Change
from faq_cms.screens import _library, _parts, _session
from faq_cms.votes import civil_day

_NAMED: Final = 10  # articles left alone that are named; more are counted
LEFT: Final[Mapping[Left, str]] = {
    Left.SAME: "déjà ainsi",
    Left.NOT_PUBLISHED: "pas en ligne",
    Left.TOO_MANY_TAGS: "déjà autant de mots-clés qu’il est permis",
    Left.GONE: "supprimé entre-temps",
    Left.MOVED: "modifié depuis",
    Left.REVIEW_REQUIRED: "une relecture est nécessaire pour le remettre en ligne",
}


@dataclass
class Job:
    """A gesture under way, or its taking back: the slices still to do, and what is done so far."""

    gesture: Gesture
    said: str
    todo: list[Sequence[int]]
    done: Made
    undoes: Made | None = None
    refused: str = ""

    @property
    def total(self) -> int:
        """How many articles are concerned in all."""
        return self.looked_at + sum(map(len, self.todo))

    @property
    def looked_at(self) -> int:
        """How many articles were changed or left so far."""
        return len(self.done.done) + len(self.done.left)


@dataclass
class Work:
    """What one tab has chosen and is doing. `generation` names the boxes: a new one draws them anew."""

    chosen: set[int] = field(default_factory=set)
    generation: int = 0
    asking: str = ""
    job: Job | None = None
    ended: Job | None = None

    def choose(self, article_ids: Iterable[int]) -> None:
        """Choose these too."""
        self.chosen |= set(article_ids)
        self.generation += 1

    def clear(self) -> None:
        """Choose nothing."""
        self.chosen.clear()
        self.generation += 1


def work() -> Work:
    """This tab's choice."""
    found: Work = st.session_state.setdefault("bulk_work", Work())
    return found


# -- choosing ------------------------------------------------------------------------------------


def box(here: Work, article_id: int, question: str) -> None:
    """The box of one row."""
    st.checkbox(
        f"Choisir «\u202f{_parts.plain(question)}\u202f»",
        value=article_id in here.chosen,
        key=f"choose_{article_id}_{here.generation}",
        on_change=here.chosen.symmetric_difference_update,
        args=({article_id},),
        label_visibility="collapsed",
        width="content",
    )


def bar(
    here: Work, rows: pd.DataFrame, found: Sequence[int], page: Sequence[int], said: str
) -> None:
    """How many are chosen, and what can be done with them; else `said`, and how to choose many."""
    # What was chosen and is no more (an article thrown away) is not counted.
    here.chosen &= set(rows["article_id"])
    with st.container(key="bulk", horizontal=True, vertical_alignment="center", gap="small"):
        chosen = french.count(len(here.chosen), "article choisi", "articles choisis")
        st.markdown(f"**{chosen}**" if here.chosen else said, width="content")
        if not set(page) <= here.chosen:
            _button("Choisir toute la page", here.choose, page, icon=":material/select_all:")
        if len(found) > len(page) and not set(found) <= here.chosen:
            label = f"Choisir les {french.number(len(found))} articles trouvés"
            _button(label, here.choose, found, icon=":material/library_add_check:")
        if here.chosen:
            _button("Aucun", here.clear, icon=":material/deselect:")
            for name, (label, icon, _) in GESTURES.items():
                _button(label, partial(_ask, here, name), icon=icon)
            if people.may(_session.actor().role, "export"):
                _export(here, rows)


def _button(
    label: str, action: Callable[..., None], *args: object, icon: str, key: str | None = None
) -> None:
    st.button(label, type="tertiary", icon=icon, on_click=action, args=args, key=key)


def _ask(here: Work, gesture: str) -> None:
    here.asking = gesture


# -- the panel -----------------------------------------------------------------------------------


def panel(here: Work, rows: pd.DataFrame) -> None:
    """The panel of the gesture that was asked for, if one was."""
    if here.asking:
        label, _, choose = GESTURES[here.asking]
        st.dialog(label, width="medium", on_dismiss=partial(_ask, here, ""))(_panel)(
            here, rows, choose
        )


def _panel(
    here: Work, rows: pd.DataFrame, choose: Callable[[], tuple[Gesture, str] | None]
) -> None:
    if not here.asking:  # its own button was pressed: the page behind must follow
        st.rerun()
    chosen = choose()
    if chosen is None:
        st.caption(french.count(len(here.chosen), "article choisi", "articles choisis"))
        return
    gesture, said = chosen
    with db.reading() as session:
        preview = bulk.preview(session, here.chosen, gesture)
    _foresee(preview, rows)
    count = len(preview.changed)
    with st.container(horizontal=True):
        st.button(
            f"Appliquer à {french.count(count, 'article')}" if count else "Appliquer",
            type="primary",
            icon=":material/check:",
            disabled=not count,
            on_click=_begin,
            args=(here, gesture, said, preview.changed),
            key="bulk_apply",
        )
        st.button("Ne rien changer", on_click=_ask, args=(here, ""), key="bulk_close")


def _foresee(preview: Preview, rows: pd.DataFrame) -> None:
    """How many change, how many do not and why."""
    count = len(preview.changed)
    st.markdown(
        f"**{french.count(count, 'article changera', 'articles changeront')}.**"
        if count
        else "**Aucun article ne changera.**"
    )
    left = {each: reason for reason, found in preview.left.items() for each in found}
    _say_left(left, rows)


def _say_left(left: Mapping[int, Left], rows: pd.DataFrame) -> None:
    """The articles a gesture leaves as they are, by why; a few are named."""
    questions = rows.set_index("article_id")["question"]
    for reason in dict.fromkeys(left.values()):
        concerned = [each for each, why in left.items() if why is reason]
        stay = french.count(len(concerned), "article reste tel quel", "articles restent tels quels")
        names = [_parts.plain(str(questions.get(each) or "Sans question")) for each in concerned]
        more = f"\n- et {french.number(len(names) - _NAMED)} autres" if len(names) > _NAMED else ""
        with st.expander(f"{stay}\u00a0: {LEFT[reason]}"):
            st.markdown("".join(f"- {name}\n" for name in names[:_NAMED]) + more)


def _category() -> tuple[Gesture, str] | None:
    names = {each.name: each.id for each in _library.categories()}
    none = "Sans catégorie"
    chosen = st.selectbox(
        "Nouvelle catégorie", [*names, none], index=None, placeholder="Choisir", key="bulk_category"
    )
    if chosen is None:
        return None
    said = "sans catégorie" if chosen == none else f"dans «\u202f{_parts.plain(chosen)}\u202f»"
    return Change(category_id=names.get(chosen)), f"rangé {said}|rangés {said}"


def _owner() -> tuple[Gesture, str] | None:
    with db.reading() as session:
        names = {each.name: each.id for each in filing.owners(session)}
    none = "Personne"
    chosen = st.selectbox(
        "Nouveau responsable", [*names, none], index=None, placeholder="Choisir", key="bulk_owner"
    )
    if chosen is None:
        return None
    said = "sans responsable" if chosen == none else f"confié à {_parts.plain(chosen)}"
    return Change(owner_id=names.get(chosen)), f"{said}|{said.replace('confié', 'confiés')}"


def _review_on() -> tuple[Gesture, str] | None:
    never = st.checkbox("Plus de date de révision", key="bulk_never")
    day = st.date_input(
        "À relire le", value=None, format="DD/MM/YYYY", disabled=never, key="bulk_review_on"
    )
    if never:
        return Change(review_on=None), "sans date de révision|sans date de révision"
    if not isinstance(day, dt.date):
        return None
    said = f"à relire le {french.date(day)}"
    return Change(review_on=day), f"{said}|{said}"


def _tags() -> tuple[Gesture, str] | None:
    with db.reading() as session:
        known = filing.known_tags(session)
    added = st.multiselect(
        "Ajouter",
        known,
        accept_new_options=True,
        placeholder="Choisir ou écrire un mot-clé",
        key="bulk_tags_added",
    )
    removed = st.multiselect(
        "Retirer",
        [name for name in known if name not in added],
        placeholder="Choisir un mot-clé",
        key="bulk_tags_removed",
    )
    if not added and not removed:
        return None
    gesture = Change(tags_added=tuple(added), tags_removed=tuple(removed))
    return gesture, "aux mots-clés changés|aux mots-clés changés"


def _withdraw() -> tuple[Gesture, str] | None:
    st.markdown(
        "Les lecteurs ne les trouveront plus, les canaux ne les recevront plus. "
        "Leur texte et leurs votes sont gardés."
    )
    return Withdrawal(), "retiré de la publication|retirés de la publication"


GESTURES: Final[dict[str, tuple[str, str, Callable[[], tuple[Gesture, str] | None]]]] = {
    "category": ("Catégorie", ":material/folder:", _category),
    "owner": ("Responsable", ":material/person:", _owner),
    "review_on": ("Date de révision", ":material/event:", _review_on),
    "tags": ("Mots-clés", ":material/sell:", _tags),
    "withdraw": ("Retirer", ":material/visibility_off:", _withdraw),
}


# -- making --------------------------------------------------------------------------------------


def _begin(here: Work, gesture: Gesture, said: str, changed: Sequence[int]) -> None:
    here.job = Job(gesture, said, bulk.slices(changed), Made(gesture))
    here.asking, here.ended = "", None


def _begin_back(here: Work, ended: Job) -> None:
    slices = bulk.slices(ended.done.done)
    here.job = Job(ended.gesture, ended.said, slices, Made(ended.gesture), undoes=ended.done)
    here.ended = None


def go_on(here: Work) -> None:
    """Make what is under way, slice by slice, and say how far it is."""
    job = here.job
    if job is None:
        return
    progress = st.progress(0.0) if len(job.todo) > 1 else None
    while job.todo and not job.refused:
        _make_one(job)
        if progress is not None:
            said = f"{french.number(job.looked_at)} sur {french.count(job.total, 'article')}"
            progress.progress(job.looked_at / job.total, text=said)
    if progress is not None:
        progress.empty()
    here.job, here.ended = None, job
    here.clear()


def _make_one(job: Job) -> None:
    """One slice: written, then counted, with nothing in between that Streamlit could cut."""
    try:
        with _session.changing() as (session, actor, now):
            made = (
                bulk.make(session, actor, job.todo[0], job.gesture, now=now)
                if job.undoes is None
                else bulk.take_back(session, actor, job.undoes, job.todo[0], now=now)
            )
    except FaqError as error:
        job.refused = french.sentence(error)
        return
    job.done.add(made)
    job.todo.pop(0)


def outcome(here: Work, rows: pd.DataFrame) -> None:
    """What the last gesture did, what it left, and how to take it back."""
    job = here.ended
    if job is None:
        return
    with st.container(border=True, key="bulk_outcome", gap="small"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f":material/check: **{_said(job)}**", width="content")
            if job.undoes is None and job.done.done:
                _button("Annuler", partial(_begin_back, here, job), icon=":material/undo:")
            _button("Fermer", partial(_close, here), icon=":material/close:", key="bulk_ended")
        if job.refused:
            st.error(job.refused, icon=":material/error:")
        _say_left(job.done.left, rows)


def _said(job: Job) -> str:
    count = len(job.done.done)
    if job.undoes is not None:
        return f"{french.count(count, 'article rétabli', 'articles rétablis')}."
    one, several = job.said.split("|")
    return f"{french.count(count, f'article {one}', f'articles {several}')}."


def _close(here: Work) -> None:
    here.ended = None


# -- exporting -----------------------------------------------------------------------------------


def _export(here: Work, rows: pd.DataFrame) -> None:
    """The chosen articles as a file, as the channel writes them."""
    chosen = rows[rows["article_id"].isin(here.chosen)]
    live = sorted(chosen.loc[chosen["state"] == "published", "article_id"].tolist())
    with st.popover("Exporter", icon=":material/download:", type="tertiary"):
        st.markdown(f"**{french.count(len(live), 'article')} dans le fichier.**")
        if others := len(chosen) - len(live):
            stay = french.count(others, "article n’y sera pas", "articles n’y seront pas")
            st.caption(f"{stay}\u00a0: {LEFT[Left.NOT_PUBLISHED]}.")
        st.download_button(
            exports.CHANNELS["csv"].label,
            data=partial(sheet, _session.actor(), live),
            file_name=f"faq-choix-{civil_day(dt.datetime.now(dt.UTC))}.csv",
            mime=exports.CHANNELS["csv"].media_type,
            icon=":material/download:",
            disabled=not live,
            on_click="ignore",
            key="bulk_export",
        )


def sheet(actor: people.Actor, article_ids: Sequence[int]) -> bytes:
    """The published ones of these articles, as the CSV channel writes them. Raises Forbidden."""
    here = settings.current()
    with db.reading() as session:
        people.authorize(session, actor, "export")
        chosen = articles.published(session, base_url=here.public_url, ids=article_ids)
    return exports.CHANNELS["csv"].write(chosen, Site(here.site_name, here.public_url))
