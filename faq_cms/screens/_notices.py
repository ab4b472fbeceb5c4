"""What this person is told: one line each, read or not, and the way to choose."""

import datetime as dt
from typing import Final

import streamlit as st
from sqlalchemy.orm import Session

from faq_cms import db, french, notices
from faq_cms.models import NoticeKind
from faq_cms.notices import News
from faq_cms.people import Actor
from faq_cms.screens import _parts, _session

SHOWN: Final = 8
ICONS: Final = {
    NoticeKind.CONFIRMED: ":material/error:",
    NoticeKind.ASSIGNED: ":material/assignment_ind:",
    NoticeKind.REVIEW: ":material/how_to_reg:",
    NoticeKind.LATE: ":material/alarm:",
    NoticeKind.BURST: ":material/inventory_2:",
    NoticeKind.MISSED: ":material/cable:",
}
_ELSEWHERE: Final = {NoticeKind.BURST: "set_aside.py", NoticeKind.MISSED: "channels.py"}


def show(now: dt.datetime, *, came_from: str) -> None:
    """On Aujourd’hui: what was not read yet, newest first; nothing when all is."""
    with db.reading() as session:
        news = notices.unread(session, _session.actor())
    if not news:
        _parts.link("notifications.py", "Mes notifications", icon=":material/notifications:")
        return
    st.subheader(f"Nouveautés pour vous ({french.number(len(news))})", anchor=False)
    with st.container(border=True, gap="xsmall"):
        for each in news[:SHOWN]:
            _line(each, now, came_from=came_from)
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.button(
                "Tout marquer comme lu",
                icon=":material/done_all:",
                type="tertiary",
                key="read_all",
                on_click=_read,
                args=([each.notice_id for each in news],),
            )
            _parts.link("notifications.py", "Mes notifications", icon=":material/tune:")


def _line(news: News, now: dt.datetime, *, came_from: str) -> None:
    said = _parts.plain(french.told(news.kind, news.detail))
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if news.kind in _ELSEWHERE:
            _parts.link(_ELSEWHERE[news.kind], said, icon=ICONS[news.kind], whole=said)
        else:
            _parts.link(
                "article.py",
                said,
                icon=ICONS[news.kind],
                whole=said,
                article=str(news.article_id),
                de=came_from,
            )
        st.button(
            "Lu",
            icon=":material/check:",
            type="tertiary",
            key=f"read_{news.notice_id}",
            help=f"Marquer comme lu ({french.ago(news.at, now)})",
            on_click=_read,
            args=([news.notice_id],),
        )


def _read(notice_ids: list[int]) -> None:
    def change(session: Session, actor: Actor, now: dt.datetime) -> None:
        notices.see(session, actor, notice_ids, now=now)

    def back(session: Session, actor: Actor, _: dt.datetime) -> None:
        notices.unsee(session, actor, notice_ids)

    several = len(notice_ids) > 1
    done = "Nouveautés marquées comme lues." if several else "Nouveauté marquée comme lue."
    _session.act(change, done=done, undo=back)
