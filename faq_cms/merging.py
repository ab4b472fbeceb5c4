"""Two texts that began as one: what each changed, joined where they agree, shown where they clash.

The common base is cut into passages; one that a single side touched is settled, one that both touched
differently waits for a person. Nothing is guessed: neighbouring changes that touch are one passage.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from faq_cms import rendering


class Choice(StrEnum):
    """What a person keeps of a passage both sides changed."""

    THEIRS = "theirs"
    MINE = "mine"
    BOTH = "both"


@dataclass(frozen=True)
class Passage:
    """A stretch of the base, and what each side made of it."""

    base: str
    theirs: str
    mine: str

    @property
    def is_clash(self) -> bool:
        """Whether both changed it, and not alike."""
        return self.theirs not in (self.base, self.mine) and self.mine != self.base

    def settled(self, choice: Choice | None = None) -> str:
        """The passage with both changes in it. ValueError for a clash nobody has settled."""
        if not self.is_clash:
            return self.mine if self.theirs == self.base else self.theirs
        if choice is None:
            raise ValueError("a clash needs a choice")
        return {
            Choice.THEIRS: self.theirs,
            Choice.MINE: self.mine,
            Choice.BOTH: self.theirs + self.mine,
        }[choice]


@dataclass(frozen=True)
class _Edit:
    """A stretch of the base that one side replaced; empty where it only added."""

    start: int
    end: int
    text: str


def passages(base: str, theirs: str, mine: str) -> list[Passage]:
    """The base cut where the two sides changed it.

    Joining the `base` of the passages gives the base, their `theirs` theirs, their `mine` mine.
    """
    edits = list(_edits(base, theirs)), list(_edits(base, mine))
    found: list[Passage] = []
    here = 0
    for start, end in _zones(edits[0] + edits[1]):
        if start > here:
            found.append(_untouched(base[here:start]))
        sides = (_applied(base, start, end, side) for side in edits)
        found.append(Passage(base[start:end], *sides))
        here = end
    if here < len(base):
        found.append(_untouched(base[here:]))
    return found


def joined(
    found: Sequence[Passage], choice: Callable[[Passage], Choice | None] = lambda _: None
) -> str:
    """The text both sides are in. ValueError when a clash has no choice."""
    return "".join(each.settled(choice(each)) for each in found)


def lines(base: Sequence[str], theirs: Sequence[str], mine: Sequence[str]) -> tuple[str, ...]:
    """Lists joined: what either added is there, what either removed is not. Each once, in order."""
    gone = {each for each in base if each not in theirs or each not in mine}
    return tuple(each for each in dict.fromkeys((*theirs, *mine)) if each not in gone)


def _edits(base: str, side: str) -> Iterator[_Edit]:
    start = end = 0
    text = ""
    for piece in rendering.word_diff(base, side):
        if piece.kind == "delete":
            end += len(piece.text)
        elif piece.kind == "insert":
            text += piece.text
        else:
            if end > start or text:
                yield _Edit(start, end, text)
            start = end = end + len(piece.text)
            text = ""
    if end > start or text:
        yield _Edit(start, end, text)


def _zones(edits: list[_Edit]) -> Iterator[tuple[int, int]]:
    """The stretches of the base that changes cover; those that touch are one."""
    zone: tuple[int, int] | None = None
    for edit in sorted(edits, key=lambda each: (each.start, each.end)):
        if zone and edit.start <= zone[1]:
            zone = (zone[0], max(zone[1], edit.end))
            continue
        if zone:
            yield zone
        zone = (edit.start, edit.end)
    if zone:
        yield zone


def _applied(base: str, start: int, end: int, edits: list[_Edit]) -> str:
    """What one side made of this stretch of the base."""
    text, here = "", start
    for edit in edits:
        if start <= edit.start and edit.end <= end:
            text += base[here : edit.start] + edit.text
            here = edit.end
    return text + base[here:end]


def _untouched(text: str) -> Passage:
    return Passage(text, text, text)
