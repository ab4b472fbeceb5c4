"""`import`, `import-votes`, `export`: what comes in and what goes out."""

import contextlib
import datetime as dt
import json
import sys
import time
from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from faq_cms import (
    archive,
    articles,
    db,
    deliveries,
    exports,
    files,
    french,
    imported_votes,
    imports,
    loop,
    people,
    settings,
    votes,
)
from faq_cms.cli import archiving, opening
from faq_cms.deliveries import Target
from faq_cms.errors import BadRow, Conflict, Invalid, TooLarge
from faq_cms.exports import selection
from faq_cms.imports import apply, feedback, findings, gathering, undo, vote_tables
from faq_cms.imports.apply import State, Step
from faq_cms.imports.vote_tables import TotalRow, VoteRow, VoteTable
from faq_cms.models import Way

# -- documents in --------------------------------------------------------------------------------


def import_documents(given: Namespace) -> int:
    """Import files, folders and zips: all or, on any refusal, nothing. An archive is a whole FAQ."""
    whole = [path for path in map(Path, given.paths) if path.is_file() and archive.is_archive(path)]
    if whole:
        return archiving.bring_in(whole[0], given)
    now = dt.datetime.now(dt.UTC)
    with _progress("Lecture") as told:
        found = gathering.from_paths(Path(path) for path in given.paths)
        sources = gathering.read(found, format=given.format, told=told)
    opening.installation()
    report: feedback.Report | None = None
    batch_id: int | None = None
    if given.dry_run:
        with db.reading() as session:
            steps = apply.plan(session, *(source.document for source in sources))
    else:
        with _progress("Import") as told, db.transaction() as session:
            done = apply.write_all(
                session,
                people.SYSTEM,
                sources,
                publish=given.publish,
                category=given.category,
                told=told,
                now=now,
            )
        steps, report, batch_id = done.steps, done.feedback, done.batch_id
    if given.json:
        print(_json(_as_json(sources, steps)))
        return 0
    _tell_documents(sources, steps, dry_run=given.dry_run)
    _tell_feedback(report)
    if batch_id is not None:
        print(f"Pour annuler cet import\u00a0: import-undo {batch_id}")
    return 0


@contextlib.contextmanager
def _progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """One line that counts, on a terminal, for work that takes more than a moment."""
    shown = [0.0]

    def told(done: int, total: int) -> None:
        if sys.stderr.isatty() and (time.monotonic() - shown[0] > _SHOWN_EVERY or done == total):
            shown[0] = time.monotonic()
            sys.stderr.write(f"\r{what}\u00a0: {french.number(done)} sur {french.number(total)}")
            sys.stderr.flush()

    yield told
    if shown[0]:
        sys.stderr.write("\r\033[K")


_SHOWN_EVERY = 0.2  # seconds


def undo_import(given: Namespace) -> int:
    """Take an import back, and say what stays and why."""
    opening.installation()
    now = dt.datetime.now(dt.UTC)
    if given.dry_run:
        with db.reading() as session:
            done = undo.preview(session, given.number)
    else:
        with db.transaction() as session:
            done = undo.undo(session, people.SYSTEM, given.number, now=now)
    with db.reading() as session:
        kept = undo.questions(session, done.kept)
    for article_id, why in done.kept.items():
        print(f"Conservé\u00a0: {kept.get(article_id, '')} — {undo.WHY[why]}")
    lead = "Rien n’est écrit (--dry-run). " if given.dry_run else ""
    print(
        f"{lead}Supprimés\u00a0: {len(done.removed)} · Retirés\u00a0: {len(done.withdrawn)} · "
        f"Brouillons abandonnés\u00a0: {len(done.dropped)} · "
        f"Brouillons rétablis\u00a0: {len(done.restored)} · Conservés\u00a0: {len(done.kept)}"
    )
    return 0


def _tell_documents(
    sources: Sequence[imports.Source], steps: Sequence[Step], *, dry_run: bool
) -> None:
    for source in sources:
        document = source.document
        seen = [*document.warnings, *(f for e in document.entries for f in e.warnings)]
        for finding in sorted(seen, key=lambda finding: finding.line):
            print(f"{source.name}, ligne {french.number(finding.line)}\u00a0: {finding.message}")
    for step in steps:
        if step.reason:
            print(f"{apply.STATES[step.state]}\u00a0: {step.entry.question} — {_why(step)}")
        elif step.like:
            print(f"Doublon probable\u00a0: {step.entry.question} — {step.like[1]}")
    counts = [f"{apply.STATES[state]}\u00a0: {apply.count(steps, state)}" for state in State]
    print(("Rien n’est écrit (--dry-run). " if dry_run else "") + " · ".join(counts))


def _tell_feedback(report: feedback.Report | None) -> None:
    if report is None:
        return
    if report.votes or report.readings:
        print(
            f"Avis repris\u00a0: {french.count(report.votes, 'vote daté', 'votes datés')}, "
            f"{french.count(report.readings, 'relevé')} de totaux."
        )
    if report.before_first:
        print(
            f"{french.count(report.before_first, 'vote')} avant la première version publiée ici\u00a0: "
            "comptés dans la première période de mesure."
        )
    if report.waiting:
        print(
            f"{french.count(report.waiting, 'vote')} sur des articles pas encore publiés\u00a0: "
            "importez de nouveau après leur publication."
        )


def _why(step: Step) -> str:
    return apply.REASONS[step.reason] if step.reason else ""


def _as_json(sources: Sequence[imports.Source], steps: Sequence[Step]) -> dict[str, Any]:
    documents = [source.document for source in sources]
    like = {id(step.entry): step.like for step in steps if step.like}
    return {
        "entries": [
            {
                "question": entry.question,
                "answer": entry.answer,
                "category": entry.category,
                "warnings": [
                    asdict(finding)
                    for finding in (*entry.warnings, *_likely(entry, like.get(id(entry))))
                ],
            }
            for document in documents
            for entry in document.entries
        ],
        **{state.value: apply.count(steps, state) for state in State},
        "warnings": [asdict(finding) for document in documents for finding in document.warnings],
    }


def _likely(entry: imports.Entry, like: tuple[int, str] | None) -> Iterator[imports.Finding]:
    if like:
        yield findings.likely_duplicate(entry.line, like[1])


# -- votes in ------------------------------------------------------------------------------------


def import_votes(given: Namespace) -> int:
    """Import dated votes, or totals as dated snapshots; the same file twice changes nothing."""
    now = dt.datetime.now(dt.UTC)
    path = Path(given.path)
    table = vote_tables.read(_bytes(path, vote_tables.MAX_BYTES), name=str(path), now=now)
    opening.installation()
    with db.reading() as session:
        known = articles.measurable(session)
    unknown = [name for name in table.names if name not in known]
    if unknown and not given.skip_unknown:
        raise Conflict("unknown_articles", ", ".join(unknown))
    if table.totals:
        report = _import_totals(table, known, now=now, dry_run=given.dry_run)
    else:
        report = _import_dated(table, known, path, now=now, dry_run=given.dry_run)
    report["unknown"] = unknown
    if given.json:
        print(_json(report))
    else:
        what = "total" if table.totals else "vote"
        _tell_votes(report, what=what, dry_run=given.dry_run)
    return 0


class _TakenBack(Exception):
    """Ends a transaction without keeping what it did."""


def _import_dated(
    table: VoteTable, known: dict[str, int], path: Path, *, now: dt.datetime, dry_run: bool
) -> dict[str, Any]:
    """Count the votes of the table; a dry run counts them too, then takes everything back."""
    dated = [_dated(row, known[row.article]) for row in table.votes if row.article in known]
    done = imported_votes.Imported(0, 0, 0, frozenset())
    try:
        with contextlib.suppress(_TakenBack), db.transaction() as session:
            done = loop.votes_imported(session, people.SYSTEM, dated, digest=table.digest, now=now)
            if dry_run:
                raise _TakenBack
    except BadRow as error:
        error.name = str(path)
        raise
    return {"added": done.added, "known": done.known, "before_first_version": done.before_first}


def _dated(row: VoteRow, article_id: int) -> imported_votes.DatedVote:
    secret = settings.current().secret
    return imported_votes.DatedVote(
        row=row.line,
        article_id=article_id,
        cast_at=row.cast_at,
        helpful=row.helpful,
        number=row.version,
        source=row.source,
        reason=row.reason,
        remark=row.remark,
        visitor=votes.visitor(secret, f"import:{row.visitor}", article_id) if row.visitor else None,
    )


def _import_totals(
    table: VoteTable, known: dict[str, int], *, now: dt.datetime, dry_run: bool
) -> dict[str, Any]:
    totals = [_total(row, known[row.article]) for row in table.totals if row.article in known]
    written = 0
    with contextlib.suppress(_TakenBack), db.transaction() as session:
        written = imported_votes.add_totals(session, people.SYSTEM, totals, now=now)
        if dry_run:
            raise _TakenBack
    return {"added": written, "known": len(totals) - written}


def _total(row: TotalRow, article_id: int) -> imported_votes.Total:
    return imported_votes.Total(article_id, row.source, row.taken_at, row.helpful, row.unhelpful)


def _tell_votes(report: dict[str, Any], *, what: str, dry_run: bool) -> None:
    lead = "Rien n’est écrit (--dry-run). À ajouter" if dry_run else "Ajoutés"
    print(f"{lead}\u00a0: {french.count(report['added'], what)}. ", end="")
    print(f"Déjà connus\u00a0: {french.number(report['known'])}.")
    if early := report.get("before_first_version"):
        print(
            f"{french.count(early, 'vote')} avant la première version publiée ici\u00a0: "
            "comptés dans la première période de mesure."
        )
    if report["unknown"]:
        print(f"Articles inconnus, laissés de côté\u00a0: {', '.join(report['unknown'])}")


# -- articles out --------------------------------------------------------------------------------


def export(given: Namespace) -> int:
    """Write the published articles for one channel, or list the channels."""
    if given.list:
        for channel in exports.CHANNELS.values():
            print(f"{channel.name:<14}{channel.label}")
        print(f"{archiving.NAME:<14}{archiving.LABEL}")
        return 0
    if given.channel == archiving.NAME and given.output is not None:
        return archiving.take_out(Path(given.output))
    if given.channel not in exports.CHANNELS:
        raise Invalid("channel", "unknown", ", ".join(exports.CHANNELS))
    channel = exports.CHANNELS[given.channel]
    if given.output is None:
        raise Invalid("output", "missing")
    chosen, now = opening.installation(), dt.datetime.now(dt.UTC)
    path = Path(given.output)
    wanted = selection.Wanted(
        category=given.category or "",
        tag=given.tag or "",
        since=selection.instant(given.since, "since") if given.since else None,
        without_below=given.without_below,
        typography=selection.Typography(given.typography),
        spaces=selection.Spaces(given.spaces),
    )
    to = Target(channel.name, Way.JOB, str(path.absolute()), wanted.narrowed())
    with deliveries.telling(to, now=now):
        with db.reading() as session:
            published = selection.chosen(session, wanted, base_url=chosen.public_url)
        site = exports.Site(name=chosen.site_name, base_url=chosen.public_url)
        content = channel.write(selection.spelled(published, wanted), site)
        if not published and not given.allow_empty and _is_filled(path, content):
            raise Conflict("empty_export", str(path))
        with files.replacing(path, mode=_READABLE) as unfinished:
            unfinished.write_bytes(content)
    deliveries.note(to, published, withdrawn=() if wanted.since else None, now=now)
    print(f"{path}\u00a0: {french.count(len(published), 'article')}, {french.size(len(content))}.")
    return 0


_READABLE = 0o644  # published texts: the program that fetches them is another account


def _is_filled(path: Path, empty: bytes) -> bool:
    """Whether the file holds an export, other than one without any article."""
    return path.exists() and path.read_bytes() not in (b"", empty)


# -- both ----------------------------------------------------------------------------------------


def _bytes(path: Path, limit: int) -> bytes:
    """The whole file, unless it is larger than anything that would be read."""
    if path.stat().st_size > limit:
        raise TooLarge(limit)
    return path.read_bytes()


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
