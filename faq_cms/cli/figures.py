"""`stats` and `review`: what the votes say, and what they ask to be corrected."""

import datetime as dt
import json
import math
from argparse import Namespace
from typing import Any

from faq_cms import analytics, db, flags, french, loop, people, votes
from faq_cms.cli import opening
from faq_cms.errors import Invalid
from faq_cms.helpfulness import Counts, Verdict
from faq_cms.models import FlagKind

DAYS_MAX = 36_500


def stats(given: Namespace) -> int:
    """Print the helpfulness of every published article, in the order of the public pages."""
    opening.installation()
    since = _since(given.days)
    with db.reading() as session:
        figures = analytics.usefulness(session, since=since).to_dict("records")
        listed = flags.open_kinds(session)
    kinds = {
        article_id: sorted(map(str, group["kind"]))
        for article_id, group in listed.groupby("article_id")
    }
    rows = [_as_json(row, kinds.get(row["article_id"], [])) for row in figures]
    if given.json:
        print(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        for row, figure in zip(rows, figures, strict=True):
            _tell(row, figure)
    return 0


def review(given: Namespace) -> int:
    """Make every article's flags say what its figures say."""
    opening.installation()
    with db.transaction() as session:
        judged = loop.review(session, people.SYSTEM, now=dt.datetime.now(dt.UTC))
        listed = flags.open_kinds(session)
    counts = {kind.value: int((listed["kind"] == kind).sum()) for kind in FlagKind}
    if given.json:
        print(json.dumps({"reviewed": judged, "open": counts}, indent=2))
    else:
        shown = [kind for kind in FlagKind if kind in flags.RULES or counts[kind.value]]
        open_ones = [f"{french.label(kind)}\u00a0: {counts[kind.value]}" for kind in shown]
        print(f"{french.count(len(judged), 'article rejugé', 'articles rejugés')}. ", end="")
        print(" · ".join(open_ones))
    return 0


def _since(days: int | None) -> dt.date | None:
    if days is None:
        return None
    if not 1 <= days <= DAYS_MAX:
        raise Invalid("days", "range", (1, DAYS_MAX))
    return votes.civil_day(dt.datetime.now(dt.UTC)) - dt.timedelta(days=days - 1)


def _as_json(row: dict[Any, Any], kinds: list[str]) -> dict[str, Any]:
    return {
        "slug": row["slug"],
        "question": row["question"],
        "version": int(row["version"]),
        "helpful": int(row["helpful"]),
        "unhelpful": int(row["unhelpful"]),
        "quarantined": int(row["set_aside"]),
        "ratio": _known(row["ratio"]),
        "low": _known(row["low"]),
        "high": _known(row["high"]),
        "verdict": str(row["verdict"]),
        "flags": kinds,
    }


def _known(share: float) -> float | None:
    """JSON has no NaN: what is unknown is null."""
    return None if math.isnan(share) else round(float(share), 6)


def _tell(row: dict[str, Any], figure: dict[Any, Any]) -> None:
    counts = Counts(row["helpful"], row["unhelpful"], int(figure["off_text"]))
    listed = ", ".join(french.label(FlagKind(kind)) for kind in row["flags"])
    print(row["question"])
    parts = [french.usefulness(counts).text, french.label(Verdict(row["verdict"])), listed]
    print("  " + " · ".join(part for part in parts if part))
