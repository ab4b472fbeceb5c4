"""A listed article in words: why it is there, since when, who has it, for when; and in which order.

Read by À corriger, as a list and as a board, and beside the text that answers.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, Final

import pandas as pd

from faq_cms import flags, french, helpfulness
from faq_cms.helpfulness import Change, Counts, Interval, Window
from faq_cms.models import CorrectionState, FlagKind, Reason
from faq_cms.screens import _data, _parts

Row = Mapping[Any, Any]

FOUND_SHOWN: Final = 3  # of what a text holds; the proofreading shows them all
# The strongest reason is said first.
STRENGTH: Final = (
    FlagKind.CONFIRMED,
    FlagKind.DROPPED,
    FlagKind.BY_HAND,
    FlagKind.CONTENT,
    FlagKind.OVERDUE,
    FlagKind.ISOLATED,
)
STOPPING: Final = {
    "masked_address": ("adresse masquée", "adresses masquées"),
    "dead_link": ("lien mort", "liens morts"),
}


@_data.shared
def ordered(revision: int, today: dt.date) -> pd.DataFrame:
    """À corriger with the figures of its articles: proven problems first, the costliest first.

    By readers failed a week where pages read are counted, then by Non about the text over twelve
    months. Columns: those of `corrections.queue`, those of `analytics.usefulness`, unhappy (readers a
    week; NaN unknown), noes.
    """
    listed = _data.queue(revision)
    figures = _data.usefulness(revision)
    year = _data.since(Window.MONTHS_12, today)
    lately = _data.usefulness(revision, year).set_index("article_id")
    noes = (lately["unhelpful"] - lately["off_text"]).rename("noes")
    frame = listed.merge(figures, on="article_id").join(noes, on="article_id")
    seen = _data.readership(revision, year, today).set_index("article_id")["views_per_week"]
    views = seen.reindex(frame["article_id"]).to_numpy(dtype=float)
    unhappy = helpfulness.unhappy_per_week(views, frame["helpful"], frame["evidence"])
    return (
        frame.assign(unhappy=unhappy, cost=pd.Series(unhappy, frame.index).fillna(0.0))
        .sort_values(["is_confirmed", "cost", "noes"], ascending=False, kind="stable")
        .drop(columns="cost")
    )


def row_of(revision: int, article_id: int) -> Row | None:
    """The listed article of this id, put off or not, with its figures; None when it is not listed."""
    rows = _data.listed(revision)
    rows = rows[rows["article_id"] == article_id]
    if rows.empty:
        return None
    found = rows.merge(_data.usefulness(revision), on="article_id").to_dict("records")
    return found[0] if found else None


def reasons(row: Row) -> list[str]:
    """Why the article is listed, the strongest reason first, a sentence each (Markdown)."""
    by_kind = {flag["kind"]: flag for flag in row["flags"]}
    if not flags.PROVEN.isdisjoint(by_kind):
        by_kind.pop(FlagKind.ISOLATED, None)  # the proof says more of the same votes
    return [_said(by_kind[kind], row) for kind in STRENGTH if kind in by_kind]


def _said(flag: Row, row: Row) -> str:
    evidence = flag["evidence"]
    match flag["kind"]:
        case FlagKind.CONFIRMED:
            share = french.percent(row["objective"])
            return f"Les votes le prouvent\u00a0: moins de {share} des lecteurs sont aidés par ce texte."
        case FlagKind.DROPPED:
            return f"Moins utile que le texte précédent\u00a0: {french.points(change(evidence))}."
        case FlagKind.BY_HAND:
            who = flag["raised_by"] if _parts.known(flag["raised_by"]) else "la rédaction"
            return f"Signalé par {_parts.plain(who)}\u00a0: {_parts.plain(evidence['reason'])}"
        case FlagKind.OVERDUE:
            day = dt.date.fromisoformat(evidence["review_on"])
            return f"La date de révision est passée\u00a0: le {french.date(day)}."
        case FlagKind.CONTENT:
            return _stopping(evidence["found"])
    on_text = int(row["unhelpful"]) - int(row["off_text"])
    readers = french.count(on_text, "lecteur n’a", "lecteurs n’ont")
    return f"{readers} pas trouvé ce texte utile. Cela ne prouve encore rien."


def _stopping(found: list[dict[str, str]]) -> str:
    counted: dict[str, int] = {}
    for each in found:
        counted[each["rule"]] = counted.get(each["rule"], 0) + 1
    said = " et ".join(french.count(n, *STOPPING[rule]) for rule, n in counted.items())
    words = list(dict.fromkeys(_parts.one_line(each["words"]) for each in found))
    shown = ", ".join(_parts.plain(each) for each in words[:FOUND_SHOWN])
    rest = "…" if len(words) > FOUND_SHOWN else "."
    return f"Le texte publié contient {said}\u00a0: {shown}{rest}"


def picked(revision: int, rows: Iterable[Row]) -> dict[int, str]:
    """The reasons readers picked in the measure of each article: « Raisons : … »; "" without any."""
    periods = {int(row["period_id"]): int(row["article_id"]) for row in rows}
    found = _data.reasons(revision, tuple(periods))
    return {article_id: _counted(found[period_id]) for period_id, article_id in periods.items()}


def _counted(reasons: Mapping[Reason, int]) -> str:
    said = [f"{french.label(reason)} ({french.number(n)})" for reason, n in reasons.items()]
    return "Raisons\u00a0: " + " · ".join(said) if said else ""


def change(evidence: Row) -> Change:
    """The difference that a flag, or a correction that ended, was decided with."""
    return Change(evidence["difference"], Interval(evidence["low"], evidence["high"]))


def standing(row: Row, now: dt.datetime) -> str:
    """Since when, in which version, and who has it."""
    parts = [since(row["opened_at"], now), f"version {row['version']}"]
    state = CorrectionState(row["state"])
    if _parts.known(row["taken_by"]):
        parts.append(f"{french.label(state)} par {row['taken_by']}")
    elif state is CorrectionState.IN_REVIEW:
        parts.append(french.label(state))
    return _parts.plain(" · ".join(parts))


def since(moment: dt.datetime, now: dt.datetime) -> str:
    """How long it has been listed."""
    said = french.ago(moment, now)
    if said == "à l’instant":
        return "À corriger depuis un instant"
    return "À corriger " + said.replace("il y a", "depuis").replace("hier", "depuis hier")


def due(row: Row, today: dt.date) -> tuple[str, bool] | None:
    """When it is due, in words, and whether it is late; None when nobody said."""
    if not _parts.known(row["due_on"]):
        return None
    said = french.due(row["due_on"], today)
    return said[0].upper() + said[1:], row["due_on"] < today


def cost(row: Row) -> str:
    """What it costs readers, where pages read are counted; "" elsewhere."""
    if not _parts.known(row["unhappy"]):
        return ""
    said = french.unhappy_readers(float(row["unhappy"]))
    return f"Déçoit {said}" if said else ""


def came_back(article_id: int, ended: pd.DataFrame) -> str:
    """That a correction was tried and did not suffice, with both measures; "" when none was."""
    mine = ended[ended["article_id"] == article_id]
    if mine.empty or mine.iloc[0]["state"] != CorrectionState.REOPENED:
        return ""
    last = mine.iloc[0]
    return (
        f"De retour\u00a0: la version {int(last['version'])} n’a pas suffi. "
        f"{before_and_after(last['evidence'])}"
    )


def before_and_after(evidence: Row) -> str:
    """Both measures of a correction that ended, with their intervals."""
    before, after = _parts.counts(evidence["before"]), _parts.counts(evidence["after"])
    return f"Avant\u00a0: {measured(before)}. Depuis\u00a0: {measured(after)}."


def measured(of: Counts) -> str:
    """A share, its votes and its interval, in one line."""
    shown = french.usefulness(of)
    return f"{shown.text} ({shown.aside})" if shown.aside else shown.text
