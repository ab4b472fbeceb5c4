"""What an article was: its versions with their votes, any two compared, any one put back."""

from functools import partial
from urllib.parse import quote

import streamlit as st

from faq_cms import french, gate, loop
from faq_cms.articles import Text
from faq_cms.errors import FaqError
from faq_cms.helpfulness import Counts
from faq_cms.models import ReviewState, Significance, Version
from faq_cms.screens import _changes, _data, _desk, _parts, _session
from faq_cms.screens._desk import Desk, Page

_PREVIEW_HEIGHT = 520


def running(revision: int, article_id: int, period_id: int | None) -> Counts:
    """The counted votes of one measuring period: that of the version being read."""
    versions = _data.by_version(revision, article_id)
    current = versions[versions["period_id"] == period_id]
    return _parts.counts(current[["helpful", "unhelpful", "off_text"]].sum())


def preview(article_id: int, stamp: str, *, height: int, version: int | None = None) -> None:
    """The public page of a text, in a frame; `stamp` changes with the text, so that it is read again."""
    which = f"&version={version}" if version else ""
    if words := st.query_params.get("cherche"):  # what this article was found by
        which += f"&cherche={quote(words)}"
    st.iframe(
        f"{gate.GESTION}/{gate.PREVIEW}{article_id}?r={stamp}{which}",
        height=height,
        alt="La page telle que les lecteurs la verront",
    )


def show(page: Page, desk: Desk, revision: int) -> None:
    """The versions at left; at right the chosen one, or two of them compared."""
    by_number = {version.number: version for version in page.versions if version.number}
    votes = _data.by_version(revision, page.article.id).set_index("version")
    listing, reading = st.columns([9, 11], gap="medium")
    with reading:
        asked = st.query_params.get("version", "")
        if _key(page) not in st.session_state and asked.isdecimal() and int(asked) in by_number:
            st.session_state[_key(page)] = int(asked)
        chosen = st.selectbox(
            "Version",
            list(by_number),
            format_func=lambda number: _named(by_number[number], page),
            key=_key(page),
            on_change=_address,
            args=(page,),
        )
        version = by_number[chosen or next(iter(by_number))]
        _read_or_compare(page, desk, version, by_number)
    with listing:
        for each in page.versions:
            _line(each, page, votes.loc[each.number])


def _line(version: Version, page: Page, row: object) -> None:
    """One version: number, date, author, what it changed, its note, its votes."""
    with st.container(border=True, gap="small"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                f"**Version {version.number}**",
                type="tertiary",
                key=f"open_version_{version.id}",
                on_click=_choose,
                args=(page, version.number),
            )
            if page.live and version.id == page.live.id:
                st.badge("En ligne", color="green")
            if version.id in page.taken_back:
                st.badge("Annulée aussitôt publiée", color="gray")
        parts = [french.datetime(version.published_at)] if version.published_at else []
        parts.append(_parts.plain(version.author))
        if version.significance:
            parts.append(french.label(version.significance))
        if reader := _reader(version, page):
            parts.append(f"Relu par {_parts.plain(reader)}")
        st.caption(" · ".join(parts))
        if version.note:
            st.text(version.note)
        _parts.figure(_parts.counts(row))


def _reader(version: Version, page: Page) -> str | None:
    """Who approved this very text before it was published."""
    for reading in page.readings:
        is_about = (reading.version_id, reading.revision) == (version.id, version.revision)
        if is_about and reading.state is ReviewState.APPROVED:
            return reading.decided_by
    return None


def _key(page: Page) -> str:
    return f"version_{page.article.id}"


def _choose(page: Page, number: int | None) -> None:
    st.session_state[_key(page)] = number
    _address(page)


def _address(page: Page) -> None:
    """The address of the page names the version: it can be sent to somebody."""
    st.query_params["version"] = str(st.session_state[_key(page)])


def _read_or_compare(
    page: Page, desk: Desk, version: Version, by_number: dict[int, Version]
) -> None:
    others = [number for number in by_number if number != version.number]
    before = st.selectbox(
        "Comparer avec",
        [None, *others],
        format_func=lambda n: _named(by_number[n], page) if n else "— (lire la version)",
        key=f"compared_{version.id}",
    )
    if before is None:
        preview(page.article.id, str(version.id), height=_PREVIEW_HEIGHT, version=version.number)
    else:
        older, newer = sorted((by_number[before], version), key=lambda each: each.number or 0)
        _compare(older, newer)
    is_new = page.live is None or _desk.text_of(page.live) != _desk.text_of(version)
    if is_new and _session.may("article.publish"):
        st.button(
            f"Restaurer la version {version.number}…",
            icon=":material/history:",
            on_click=_ask,
            args=(version.id,),
        )
    if st.session_state.get("restoring") == version.id:
        st.dialog(f"Restaurer la version {version.number}", width="large", on_dismiss=_forget)(
            partial(_restoring, page, desk, version)
        )()


def _compare(older: Version, newer: Version) -> None:
    way = st.segmented_control(
        "Présentation",
        ["Dans le texte", "Côte à côte"],
        default="Dans le texte",
        required=True,
        label_visibility="collapsed",
    )
    before, after = _desk.text_of(older), _desk.text_of(newer)
    with st.container(border=True):
        if way == "Côte à côte":
            labels = (f"Version {older.number}", f"Version {newer.number}")
            _changes.side_by_side(before, after, labels=labels)
        else:
            _changes.inline(before, after)


def _named(version: Version, page: Page) -> str:
    live = " (en ligne)" if page.live and version.id == page.live.id else ""
    when = french.date(version.published_at) if version.published_at else ""
    return f"Version {version.number}, {when}{live}"


# -- putting one back ----------------------------------------------------------------------------


def _ask(version_id: int) -> None:
    st.session_state["restoring"] = version_id


def _forget() -> None:
    st.session_state.pop("restoring", None)


def _restoring(page: Page, desk: Desk, version: Version) -> None:
    """What the readers' page would change, and the button that does it."""
    if "restoring" not in st.session_state:
        st.rerun()
    st.markdown(
        f"Le texte de la version {version.number} sera publié comme une nouvelle version. "
        "Rien n’est effacé de l’historique."
    )
    with st.container(border=True, height=320):
        _changes.inline(
            _desk.text_of(page.live) if page.live else Text("", ""), _desk.text_of(version)
        )
    st.radio(
        "Que change cette version\u202f?",
        [Significance.MAJOR, Significance.MINOR],
        format_func=french.label,
        key=desk.key("restored"),
    )
    with st.container(horizontal=True):
        st.button(
            "Restaurer",
            type="primary",
            icon=":material/history:",
            on_click=_restore,
            args=(page, desk, version),
        )
        st.button("Annuler", on_click=_forget, key="do_not_restore")


def _restore(page: Page, desk: Desk, version: Version) -> None:
    significance = st.session_state.get(desk.key("restored"), Significance.MAJOR)
    _forget()
    try:
        with _session.changing() as (session, actor, now):
            made = loop.restore(
                session,
                actor,
                desk.article_id,
                version_id=version.id,
                seen=desk.seen,
                significance=significance,
                note=f"Reprend la version {version.number}",
                now=now,
            )
    except FaqError as error:
        _session.refuse(error)
        return
    desk.published = made
    _choose(page, made.number)
