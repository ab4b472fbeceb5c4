"""Words that mean the same to readers (domiciliation = prélèvement): what no stem can find.

People keep them as sets of words or expressions. `Lexicon` is the pure half: it knows in a query the
expressions of a set, and gives the others of that set. Nothing is stored in the search index: a set
counts from the moment it is saved.
"""

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeAlias

from sqlalchemy import select
from sqlalchemy.orm import Session

from faq_cms import db, people, rendering
from faq_cms.errors import Conflict, Invalid, NotFound
from faq_cms.models import SynonymSet
from faq_cms.people import Actor
from faq_cms.words import fold, meaningful, stem

LENGTH_MAX: Final = 60  # characters of an expression
WORDS_MAX: Final = 5  # that mean something in an expression: more is a sentence
SET_MAX: Final = 20  # expressions in a set
BEGINNING: Final = 4  # letters from which an unfinished word is taken for an expression's
# Offered one click away, never written by themselves.
SUGGESTED: Final = (
    ("domiciliation", "prélèvement"),
    ("courriel", "e-mail"),
    ("bon de commande", "numéro de commande"),
)

_NUMBER: Final = re.compile(r"\bn[°º]", re.IGNORECASE)

Expression: TypeAlias = tuple[str, ...]
"""Folded words, those that mean something: « bon de commande » is ("bon", "commande")."""


# -- what a query means --------------------------------------------------------------------------


@dataclass(frozen=True)
class Concept:
    """A stretch of a query: the words typed, and the other expressions of the same meaning."""

    typed: Expression
    others: tuple[Expression, ...] = ()


class Lexicon:
    """The sets, ready to be looked for in a query. Two expressions are the same when their stems are."""

    def __init__(self, sets: Iterable[Sequence[str]]) -> None:
        self._sets = [tuple(filter(None, map(expression, words))) for words in sets]
        self._by_stem: dict[str, list[tuple[Expression, int]]] = {}
        self._unfinished: dict[str, list[tuple[Expression, int]]] = {}
        for number, expressions in enumerate(self._sets):
            for each in expressions:
                self._by_stem.setdefault(stem(each[0]), []).append((each, number))
                if len(each) == 1:
                    self._unfinished.setdefault(each[0][:BEGINNING], []).append((each, number))

    def same(self, words: Expression) -> tuple[Expression, ...]:
        """The other expressions of the set these words belong to; none when they belong to none."""
        key = stems(words)
        for candidate, number in self._by_stem.get(key[0], ()) if key else ():
            if stems(candidate) == key:
                return tuple(each for each in self._sets[number] if stems(each) != key)
        return ()

    def concepts(self, terms: Sequence[str], *, unfinished: bool = False) -> list[Concept]:
        """A query's terms in order, cut into concepts: the longest expression wins.

        `unfinished`: the last term may be the beginning of a word.
        """
        cut: list[Concept] = []
        at = 0
        while at < len(terms):
            length = next(
                (n for n in range(WORDS_MAX, 0, -1) if self.same(tuple(terms[at : at + n]))), 1
            )
            typed = tuple(terms[at : at + length])
            others = self.same(typed)
            at += len(typed)
            if unfinished and at == len(terms) and len(typed) == 1 and not others:
                others = self._begun(typed[0])
            cut.append(Concept(typed, others))
        return cut

    def _begun(self, beginning: str) -> tuple[Expression, ...]:
        """What means the same as the words that begin so."""
        found: dict[Expression, None] = {}
        for candidate, number in self._unfinished.get(beginning[:BEGINNING], ()):
            if len(beginning) >= BEGINNING and candidate[0].startswith(beginning):
                found |= dict.fromkeys(each for each in self._sets[number] if each != candidate)
        return tuple(found)


@lru_cache(maxsize=20_000)
def expression(text: str) -> Expression:
    """An expression as it is looked for; empty when no word of it means anything."""
    # « n° » would fold to a letter that means nothing, and leave « commande » alone.
    return tuple(meaningful(_NUMBER.sub("numéro ", text)))


def stems(words: Expression) -> Expression:
    """What makes two expressions the same."""
    return tuple(stem(word) for word in words)


def lexicon(session: Session) -> Lexicon:
    """The sets as they stand; made again only when one of them changed."""
    rows = session.scalars(select(SynonymSet.words).order_by(SynonymSet.id))
    return _lexicon(tuple(tuple(words) for words in rows))


@lru_cache(maxsize=8)
def _lexicon(sets: tuple[tuple[str, ...], ...]) -> Lexicon:
    return Lexicon(sets)


# -- what people keep ----------------------------------------------------------------------------


def kept(session: Session) -> list[SynonymSet]:
    """Every set, in the order of the alphabet."""
    return sorted(session.scalars(select(SynonymSet)), key=lambda each: fold(each.words[0]))


def suggested(session: Session) -> list[tuple[str, ...]]:
    """The sets offered that nobody has taken up, not even in part."""
    taken = {stems(expression(word)) for each in kept(session) for word in each.words}
    return [
        words for words in SUGGESTED if not any(stems(expression(word)) in taken for word in words)
    ]


def save(
    session: Session,
    actor: Actor,
    *,
    words: Sequence[str],
    set_id: int | None = None,
    merge: bool = False,
    now: dt.datetime,
) -> SynonymSet:
    """Keep a set of words or expressions that mean the same; `set_id` names the one it replaces.

    A word may be in one set only: with `merge` the sets that hold one of these words become one with
    this, else Conflict("synonym_taken", word) is raised. Raises Invalid when a word cannot be kept.
    """
    people.authorize(session, actor, "synonym.edit")
    chosen = _checked(words)
    known = {each.id: each for each in session.scalars(select(SynonymSet).with_for_update())}
    if set_id is not None and set_id not in known:
        raise NotFound("synonym_set", set_id)
    holders = _holders(known.values(), chosen, but=set_id)
    if holders and not merge:
        raise Conflict("synonym_taken", next(iter(holders.values())))
    merged = [known[each] for each in sorted(holders)]
    chosen = _once([*chosen, *(word for each in merged for word in each.words)])
    if len(chosen) > SET_MAX:
        raise Invalid("synonyms", "too_many", SET_MAX)
    made = known[set_id] if set_id is not None else (merged.pop(0) if merged else None)
    before = list(made.words) if made else []
    if made is None:
        made = SynonymSet(words=chosen, updated_at=now)
        session.add(made)
    made.words, made.updated_at = chosen, now
    for each in merged:
        session.delete(each)
    session.flush()
    _tell(session, actor, "synonym.save", made.id, before=before, after=chosen, now=now)
    return made


def remove(session: Session, actor: Actor, *, set_id: int, now: dt.datetime) -> list[str]:
    """Forget a set; the words it held. Raises NotFound."""
    people.authorize(session, actor, "synonym.edit")
    gone = session.get(SynonymSet, set_id)
    if gone is None:
        raise NotFound("synonym_set", set_id)
    words = list(gone.words)
    session.delete(gone)
    session.flush()
    _tell(session, actor, "synonym.remove", set_id, before=words, after=[], now=now)
    return words


def _checked(words: Sequence[str]) -> list[str]:
    """The expressions as they will be kept, each once, at least two. Raises Invalid."""
    typed = [" ".join(rendering.clean(word, field="synonyms").split()) for word in words]
    for word in filter(None, typed):
        if len(word) > LENGTH_MAX or len(expression(word)) > WORDS_MAX:
            raise Invalid("synonyms", "too_long", LENGTH_MAX)
        if not expression(word):
            raise Invalid("synonyms", "meaningless", word)
    chosen = _once(filter(None, typed))
    if len(chosen) < 2:
        raise Invalid("synonyms", "too_few")
    if len(chosen) > SET_MAX:
        raise Invalid("synonyms", "too_many", SET_MAX)
    return chosen


def _once(words: Iterable[str]) -> list[str]:
    first: dict[Expression, str] = {}
    for word in words:
        first.setdefault(stems(expression(word)), word)
    return list(first.values())


def _holders(
    known: Iterable[SynonymSet], words: Sequence[str], *, but: int | None
) -> dict[int, str]:
    """The other sets that hold one of these words, each with that word."""
    wanted = {stems(expression(word)) for word in words}
    return {
        each.id: word
        for each in known
        if each.id != but
        for word in reversed(each.words)
        if stems(expression(word)) in wanted
    }


def _tell(
    session: Session,
    actor: Actor,
    action: str,
    set_id: int,
    *,
    before: Sequence[str],
    after: Sequence[str],
    now: dt.datetime,
) -> None:
    db.bump(session)
    people.record(
        session,
        actor,
        action,
        kind="synonym_set",
        object_id=set_id,
        now=now,
        before=" = ".join(before) or None,
        after=" = ".join(after) or None,
    )
