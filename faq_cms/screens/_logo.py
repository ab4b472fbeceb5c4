"""The picture at the head of the menu: the bubble, and the name of the installation."""

import textwrap
from html import escape
from typing import Final

ONE_LINE: Final = 20  # letters of a name that stand on one line


def bubble(beside: str = "", width: int = 32) -> str:
    """The bubble as a picture, with what stands beside it."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} 32" height="32">'
        '<path d="M2 3h28v20H16l-8 7v-7H2z" fill="#0c8080"/>'
        '<text x="16" y="19" text-anchor="middle" font-family="sans-serif" font-weight="700"'
        f' font-size="16" fill="#fff">?</text>{beside}</svg>'
    )


def named(name: str, *, is_dark: bool) -> str:
    """The bubble and the site's name, a long one on two lines, legible on its background."""
    lines = next(
        found
        for width in range(ONE_LINE, max(len(name), ONE_LINE) + 1)
        if len(found := textwrap.wrap(name, width)) <= 2
    )
    one = len(lines) == 1
    size, heights = (18, (21,)) if one else (14, (13, 29))
    fill = "#5fbcbc" if is_dark else "#0b6e6e"
    beside = "".join(
        f'<text x="40" y="{y}" font-family="Source Sans, system-ui, sans-serif" font-weight="600"'
        f' font-size="{size}" fill="{fill}">{escape(line)}</text>'
        for line, y in zip(lines, heights, strict=False)
    )
    # No font is sure in a picture: room for the widest of those a browser may take.
    broadest = max((sum(0.85 if c.isupper() else 0.66 for c in line) for line in lines), default=0)
    return bubble(beside, 44 + round(size * broadest))
