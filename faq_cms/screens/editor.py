"""The answer editor: Python's half of `assets/editeur.js`.

The browser holds the text being typed; the database holds the saved one. Between the two, this module
keeps one thing per editor, `st.session_state[f"{key}.own"]`: which revisions are this editor's own
doing. A save leaves the browser before it has heard of the one before it, so it names an older
revision; that is our own hand, not a colleague's, and must not be refused as a conflict.

`st.session_state[…]` is a point where Streamlit drops what it runs to answer a newer gesture, inside a
callback too: between a save and the note of it, a click would make our own save look like a colleague's.
So these callbacks never use it: they note what they did on an object taken when the editor was drawn,
and read the push through `to_dict()`, which does not give way.

    def save(text, revision):            # runs before the script, may write
        try:
            with db.transaction() as session:
                return articles.save_draft(session, actor, …, text, revision=revision).revision
        except StaleDraft as stale:
            st.session_state["conflict"] = stale
            return None

    editor.answer(f"answer-{article.id}", label="Réponse", value=draft.answer, revision=draft.revision,
                  rescue_key=f"{actor.id}.{article.id}", saved_at="14:02", on_change=save,
                  on_publish=open_publication)

To replace the text whatever is being typed (restore, « Prendre l’autre texte »), change `key`: a new
editor starts from `value`. Changing `value` and `revision` alone is taken only when nothing is unsaved.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias, TypedDict

import streamlit as st

if TYPE_CHECKING:
    from streamlit.components.v2.types import ComponentRenderer

Revision: TypeAlias = int | str
"""Whatever the caller compares to refuse a stale save; kept as it is given."""

Save: TypeAlias = Callable[[str, Revision], Revision | None]
"""(text, revision it was based on) -> its new revision, or None when it was not saved."""


class Push(TypedDict):
    """What the browser sends: an id of its own, the text, the revision that text was based on."""

    id: str
    text: str
    revision: Revision


@dataclass
class Own:
    """The chain of saves made by one editor: its revisions, oldest first, and the last push saved."""

    revisions: list[Revision] = field(default_factory=list)
    accepted: str | None = None


def answer(
    key: str,
    *,
    value: str,
    revision: Revision,
    rescue_key: str,
    on_change: Save,
    on_publish: Callable[[], None] | None = None,
    label: str = "Réponse",
    saved_at: str | None = None,
    problem: str | None = None,
    disabled: bool = False,
    focus: bool = False,
) -> None:
    """Show the editor of `value`, saved at `revision`.

    `on_change(text, revision)` is called after 600 ms without a key, when focus leaves, and before
    `on_publish`; it saves, and returns the new revision or None when it refused. `on_publish()` is
    called on Ctrl+Entrée, only once the text is saved; both run as Streamlit callbacks, so they write and
    set session state, and draw nothing. `saved_at` is a time already in French (« Enregistré à … »);
    `problem` a sentence shown instead while the text is unsaved. `rescue_key` names the copy the browser
    keeps of an unsaved text: it must name the person too, browsers are shared. `focus` puts the cursor in
    the text when the editor first appears.
    """
    own: Own = st.session_state.setdefault(f"{key}.own", Own())
    _component()(
        key=key,
        data={
            "value": value,
            "revision": revision,
            "accepted": own.accepted,
            "acceptedRevision": own.revisions[-1] if own.revisions else None,
            "label": label,
            "savedAt": saved_at,
            "problem": problem,
            "disabled": disabled,
            "focus": focus,
            "rescueKey": rescue_key,
        },
        on_draft_change=lambda: _changed(key, own, on_change),
        on_publish_change=lambda: _publish(key, own, on_change, on_publish),
    )


@cache
def _component() -> "ComponentRenderer":
    """Declared at first use: its files are known only once Streamlit runs."""
    return st.components.v2.component("faq-cms.editeur", js="editeur.js", css="editeur.css")


def _event(key: str, event: str) -> object:
    """What the browser sent with this event, read without giving way to a newer gesture."""
    component: Any = st.session_state.to_dict().get(key, {})
    return component.get(event)


def _pushed(key: str, event: str) -> Push | None:
    """The push that caused this run, checked: what a browser sends is not ours until it has our shape."""
    push: Any = _event(key, event)
    is_push = (
        isinstance(push, dict)
        and isinstance(push.get("id"), str)
        and isinstance(push.get("text"), str)
        and isinstance(push.get("revision"), int | str)
    )
    return push if is_push else None


def _changed(key: str, own: Own, on_change: Save) -> None:
    _save(own, _pushed(key, "draft"), on_change)


def _save(own: Own, push: Push | None, on_change: Save) -> bool:
    """Hand one push to the caller; remember its revision as our own. True if it was saved."""
    if push is None:
        return False
    known = own.revisions if push["revision"] in own.revisions else [push["revision"]]
    saved = on_change(push["text"], known[-1])
    if saved is None:
        return False
    own.revisions = [*known[-_REMEMBERED:], saved]
    own.accepted = push["id"]
    return True


# A push names a revision a few saves old at most; a working day of typing need not be remembered.
_REMEMBERED = 20


def _publish(key: str, own: Own, on_change: Save, on_publish: Callable[[], None] | None) -> None:
    is_saved = _event(key, "publish") == {"saved": True}
    if (is_saved or _save(own, _pushed(key, "publish"), on_change)) and on_publish is not None:
        on_publish()
