"""What one text changes in another, word by word, as every screen shows it."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

import streamlit as st
from markupsafe import Markup

from faq_cms import rendering
from faq_cms.articles import Text

_STYLE: Final = Path(__file__).parent / "assets" / "changes.css"


def inline(before: Text, after: Text) -> None:
    """The two texts as one, what went struck and what came underlined."""
    if before == after:
        st.caption("Les deux textes sont identiques.")
        return
    _show(
        Markup('<p class="question">{}</p><div>{}</div>').format(
            rendering.diff_html(before.question, after.question),
            rendering.diff_html(before.answer, after.answer),
        )
    )
    _wordings(before, after)


def side_by_side(before: Text, after: Text, *, labels: tuple[str, str]) -> None:
    """The two texts facing each other, one row a line."""
    _show(rendering.diff_side_by_side(_whole(before), _whole(after), labels=labels))
    _wordings(before, after)


def passages(quoted: Iterable[tuple[str, str, str]]) -> None:
    """Passages of a text, the words they are about marked between what stands around them."""
    rows = (Markup("<li>{}<mark>{}</mark>{}</li>").format(*each) for each in quoted)
    _show(Markup('<ul class="passages">{}</ul>').format(Markup("").join(rows)))


def _whole(text: Text) -> str:
    return f"{text.question}\n\n{text.answer}"


def _wordings(before: Text, after: Text) -> None:
    if before.wordings != after.wordings:
        st.caption("Autres façons de poser la question")
        _show(rendering.diff_html("\n".join(before.wordings), "\n".join(after.wordings)))


def _show(changes: Markup) -> None:
    st.html(_STYLE)  # noqa: TID251 — our own style sheet
    st.html(Markup('<div class="changes">{}</div>').format(changes))  # noqa: TID251 — Markup of `rendering`, which escapes both texts
