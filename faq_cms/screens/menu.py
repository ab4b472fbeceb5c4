"""The entry script: who is there, what is in their menu, then the screen they asked for.

Streamlit runs it at every interaction; the session is read again each time.
"""

from pathlib import Path

import streamlit as st

from faq_cms import french, people, settings
from faq_cms.people import Actor
from faq_cms.screens import _data, _find, _logo, _parts, _presence, _session
from faq_cms.screens.registry import HOME, SCREENS, Appears, Screen, home_of

HERE = Path(__file__).parent
COUNTED = {
    "to_correct.py": "to_correct",
    "remarks.py": "new_remarks",
    "searches.py": "missing",
    "set_aside.py": "set_aside",
}


def menu(actor: Actor, waiting: _data.Waiting) -> dict[str, list[st.Page]]:
    """The screens this person may use, by group; those with nothing to do yet are not shown."""
    groups: dict[str, list[st.Page]] = {}
    home = home_of(actor.role)
    for screen in SCREENS:
        if screen.action is None or people.may(actor.role, screen.action):
            groups.setdefault(screen.group, []).append(page(screen, waiting, home=screen is home))
    # The home answers at its own address too: a link sent by somebody who has another home.
    groups.setdefault("", []).append(
        st.Page(HERE / home.file, title=home.title, url_path=home.path, visibility="hidden")
    )
    return groups


def page(screen: Screen, waiting: _data.Waiting, *, home: bool) -> st.Page:
    """A screen as Streamlit's navigation wants it, with the number of things that wait there."""
    number = getattr(waiting, COUNTED[screen.file]) if screen.file in COUNTED else 0
    return st.Page(
        HERE / screen.file,
        title=f"{screen.title} ({french.number(number)})" if number else screen.title,
        icon=screen.icon,
        url_path=HOME if home else screen.path,
        default=home,
        visibility="visible" if home or is_in_menu(screen, waiting) else "hidden",
    )


def is_in_menu(screen: Screen, waiting: _data.Waiting) -> bool:
    """Whether there is anything to do on this screen yet."""
    return {
        Appears.ALWAYS: True,
        Appears.ONCE_PUBLISHED: waiting.has_published,
        Appears.ONCE_VOTED: waiting.has_votes,
        Appears.ONCE_LISTED: waiting.has_votes or waiting.to_correct > 0,
        Appears.ONCE_REMARKED: waiting.has_remarks,
        Appears.ONCE_SEARCHED: waiting.has_searches,
        Appears.ONCE_SET_ASIDE: waiting.has_set_aside,
        Appears.NEVER: False,
    }[screen.appears]


def foot(actor: Actor) -> None:
    """Who is signed in, the public pages, and the way out."""
    with st.sidebar:
        st.caption(f"{actor.name} · {french.label(actor.role)}")
        st.link_button(
            "Voir la page publique", "/aide", icon=":material/open_in_new:", type="tertiary"
        )
        st.button(
            "Se déconnecter", icon=":material/logout:", type="tertiary", on_click=_session.sign_out
        )


def signed_out() -> None:
    """What a browser sees whose session has ended."""
    st.title("Votre session est terminée", anchor=False)
    st.html('<p><a href="/connexion">Se reconnecter</a></p>')  # noqa: TID251 — fixed words; a link of st.markdown would open another tab


site_name = settings.current().site_name
st.set_page_config(page_title=site_name, page_icon=HERE / "assets" / "icon.png", layout="wide")
actor = _session.signed_in()
if actor is None:
    st.navigation(
        [st.Page(signed_out, title="Session terminée", default=True)], position="hidden"
    ).run()
    st.stop()

_session.enter(actor)
screen = st.navigation(menu(actor, _data.waiting(_data.revision())), expanded=True)
st.html(HERE / "assets" / "application.css")  # noqa: TID251 — our own style sheet
# On a telephone the bubble alone: the name would push the button of the menu out of the screen.
st.logo(_logo.named(site_name, is_dark=_parts.is_dark()), size="large", icon_image=_logo.bubble())
_find.show()
foot(actor)
_session.show_notice()
if screen.url_path != "article":
    _presence.leave()
screen.run()
