"""The same page without its figures: the commands a screen gave Streamlit, given again as they were.

What remains is the time that Streamlit itself takes for these widgets, under which no page can be.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest
import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.testing.v1 import AppTest

# What places or draws something; each is a method of a container and a function of `st`.
COMMANDS: Final = tuple(
    name
    for name in dir(st)
    if not name.startswith("_")
    and isinstance(getattr(getattr(st, name), "__self__", None), DeltaGenerator)
)
_SCRIPT: Final = """
from benchmarks import widgets
widgets.current().give()
"""


@dataclass
class Page:
    """The commands of one run, in their order."""

    pages: list[tuple[tuple[Any, ...], dict[str, Any]]] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    commands: list[tuple[int, str, tuple[Any, ...], dict[str, Any]]] = field(default_factory=list)
    containers: list[DeltaGenerator] = field(default_factory=list)

    def give(self) -> None:
        """Give the same commands again, to the same containers."""
        made = [st.Page(*args, **named) for args, named in self.pages]
        menu: dict[str, list[Any]] = {}
        for group, page in zip(self.groups, made, strict=True):
            menu.setdefault(group, []).append(page)
        st.navigation(menu, expanded=True)
        files = {Path(args[0]).name: page for (args, _), page in zip(self.pages, made, strict=True)}
        containers = list(self.containers[: len(_roots())])
        for where, name, args, named in self.commands:
            given = (files[args[0]], *args[1:]) if name == "page_link" else args
            result = getattr(containers[where], name)(*given, **named)
            containers += _containers(result)

    def place(self, container: DeltaGenerator) -> int:
        """The number of a container, by which it is found again."""
        return next(n for n, each in enumerate(self.containers) if each is container)


_current: list[Page] = []


def current() -> Page:
    """The page to give."""
    return _current[-1]


def without_figures(app: AppTest, timeout: float) -> AppTest:
    """A page with the widgets of a run of `app`, ready to run beside it."""
    page = Page(containers=_roots())
    with _recorded(page):
        app.run()
    same = AppTest.from_string(_SCRIPT, default_timeout=timeout)
    run = same.run

    def alone(**named: Any) -> AppTest:
        _current[:] = [page]
        return run(**named)

    same.run = alone  # type: ignore[method-assign]
    return same


@contextmanager
def _recorded(page: Page) -> Iterator[None]:
    """Every command of the block is written down, but for those another one gives."""
    depth = 0

    def recording(name: str, command: Callable[..., Any]) -> Callable[..., Any]:
        def given(self: DeltaGenerator, *args: Any, **named: Any) -> Any:
            nonlocal depth
            where = page.place(self._active_dg) if depth == 0 else -1
            depth += 1
            try:
                result = command(self, *args, **named)
            finally:
                depth -= 1
            if depth == 0:
                page.commands.append((where, name, args, named))
                page.containers += _containers(result)
            return result

        return given

    with pytest.MonkeyPatch.context() as patch:
        for name in COMMANDS:
            bound = getattr(st, name)
            patch.setattr(DeltaGenerator, name, recording(name, bound.__func__))
            patch.setattr(st, name, getattr(bound.__self__, name))
        page_of, navigation = st.Page, st.navigation

        def making(*args: Any, **named: Any) -> Any:
            made = page_of(*args, **named)
            known[id(made)] = (args, named)
            return made

        def navigating(menu: dict[str, list[Any]], **named: Any) -> Any:
            for group, pages in menu.items():
                page.groups += [group] * len(pages)
                page.pages += [known[id(each)] for each in pages]
            return navigation(menu, **named)

        known: dict[int, tuple[tuple[Any, ...], dict[str, Any]]] = {}
        patch.setattr(st, "Page", making)
        patch.setattr(st, "navigation", navigating)
        yield


def _roots() -> list[DeltaGenerator]:
    return [st._main, st.sidebar, st.bottom]  # noqa: SLF001 — the container that `st` itself is


def _containers(result: Any) -> list[DeltaGenerator]:
    """The containers a command gave."""
    if isinstance(result, DeltaGenerator):
        return [result]
    if isinstance(result, list | tuple):
        return [each for each in result if isinstance(each, DeltaGenerator)]
    return []
