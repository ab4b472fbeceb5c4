"""Managers' figures over millions of votes: our readers beside pandas, SQL and DuckDB over the votes.

Every way answers the same questions, and the answers must be equal. The votes are made from a seed,
kept under var/figures for the day (the windows of a screen end today) and made again the next day.
"""

import datetime as dt
import itertools
import math
import secrets
import shutil
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import duckdb
import numpy as np
import pandas as pd
import pytest
import streamlit as st
from sqlalchemy import case, delete, func, insert, select, update
from sqlalchemy.orm import Session
from streamlit.runtime.scriptrunner.script_cache import ScriptCache
from streamlit.testing.v1 import AppTest, local_script_runner

from benchmarks import corpus, harness, widgets
from benchmarks.harness import Line, Target
from faq_cms import analytics, charts, db, helpfulness, imported_votes, migrate, people, windows
from faq_cms import votes as ledger
from faq_cms.imported_votes import DatedVote
from faq_cms.models import (
    Article,
    Correction,
    CorrectionState,
    Flag,
    FlagKind,
    Period,
    Significance,
    TallyDay,
    TallyVersion,
    Version,
    Vote,
)
from tests import screens, servers

SIZES: Final = [1_000_000, 10_000_000]
DAYS: Final = 730
SOURCES: Final = ("aide", "widget", "intercom", "zendesk")
SHARES: Final = (0.6, 0.25, 0.1, 0.05)
REVISED: Final = (
    300,
    550,
)  # days on which half of the articles change in form, a quarter in content
RANKED: Final = 90  # days of the ranking
LINE: Final = 365  # days of the line over time
PAGE: Final = 50
IMPORTED: Final = 100_000  # votes of one import
SLICE: Final = 0.5  # seconds that a question is asked for, each round
PATIENCE: Final = 600.0  # seconds: a round of the other ways takes more than one minute of it
CHUNK: Final = 200_000
_READER: Final = "bench"
SCREENS: Final = {
    "Tableau de bord": "dashboard.py",
    "Utilité": "usefulness.py",
    "À corriger": "to_correct.py",
    "Articles": "articles.py",
}
_COLUMNS: Final = ("article_id", "version_id", "period_id", "helpful", "off_text", "set_aside")
_BARE: Final = (*_COLUMNS, "source", "day", "cast_at")
_INSERT: Final = f"INSERT INTO vote ({', '.join(_BARE)}) VALUES ({', '.join('?' * len(_BARE))})"  # noqa: S608 — our own names
_COUNTS: Final = ["helpful", "unhelpful", "off_text"]
Frame = pd.DataFrame


def measure(folder: Path) -> list[Line]:
    """Lines of the questions at each of SIZES, of how they grow, of an import, and of the screens."""
    lines, medians = list[Line](), list[dict[str, float]]()
    for number in SIZES:
        with _installation(number) as path:
            found, median = _questions(number, path)
            lines += found
            medians.append(median)
            if number == SIZES[-1]:
                lines += _screens(number)
                lines += _rolls()
                lines += _imports(folder, path)
    return lines + (_growth(medians) if len(SIZES) > 1 else [])


# -- the same questions, four ways ---------------------------------------------------------------


def _questions(number: int, path: Path) -> tuple[list[Line], dict[str, float]]:
    name = f"{number // 1_000_000} M votes" if number >= 1_000_000 else f"{number:,} votes"
    all_ways = dict[str, Callable[[], Frame]]()
    for same in ways(path):
        require_equal(same)
        all_ways |= same
    measures = {each: _timed(answer) for each, answer in all_ways.items()}
    runs = harness.interleaved(measures, seconds=PATIENCE)
    own = runs["ranking"]
    targets = {
        "ranking: pandas, all votes": Target(">=", 900),
        "ranking: pandas, votes of the period": Target(">=", 500),
        "ranking: DuckDB over Parquet": Target(">=", 8),
    }
    lines = [harness.line(f"{name}: {each}", "ms", runs[each]) for each in all_ways]
    lines += [
        harness.line(f"{name}: {each} ÷ ours", "×", harness.ratios(runs[each], own), target)
        for each, target in targets.items()
    ]
    return lines, {each: statistics.median(values) for each, values in runs.items()}


def ways(path: Path) -> list[dict[str, Callable[[], Frame]]]:
    """For each question, our answer and those of others; the votes are at `path`, in both forms."""
    today, memory = _today(), analytics.Memory()
    _vote(lambda: True)  # as the votes were written
    with db.reading() as session:
        among = analytics.published(session, memory)
    since, year = _first(RANKED, today), _first(LINE, today)
    return [
        {
            "ranking": lambda: _ranking(memory, since),
            "ranking, nothing kept by the screen": lambda: _ranking(None, since),
            "ranking: pandas, all votes": lambda: _pandas(among, None, since),
            "ranking: pandas, votes of the period": lambda: _pandas(among, since, since),
            "ranking: SQL over the votes": lambda: _sql(among, since),
            "ranking: DuckDB over Parquet": lambda: _duckdb(among, path, since),
        },
        {
            "line over a year": lambda: _line(year),
            "line: SQL over the votes": lambda: _sql_line(year),
            "line: DuckDB over Parquet": lambda: _duckdb_line(path, year),
        },
    ]


def require_equal(same: dict[str, Callable[[], Frame]]) -> None:
    """All answers to a question are the first one's. RuntimeError names the one that is not."""
    answers = {which: answer() for which, answer in same.items()}
    first = next(iter(answers.values()))
    for which, answer in answers.items():
        if not answer.equals(first):
            raise RuntimeError(f"{which} gives another answer")


def _timed(answer: Callable[[], Frame]) -> harness.Measure:
    """Milliseconds of an answer after a vote: what no vote moves is all one may have kept.

    The median of as many as a short while allows, one for those that take longer: the first of a round
    finds the memory full of what the others read, which a person who looks again does not.
    """

    def run() -> float:
        taken, end = list[float](), time.perf_counter() + SLICE
        while not taken or time.perf_counter() < end:
            _vote()
            began = time.perf_counter()
            answer()
            taken.append((time.perf_counter() - began) * 1e3)
        return statistics.median(taken)

    return run


def _growth(medians: list[dict[str, float]]) -> list[Line]:
    """How cost follows the number of votes: 0 not at all, 1 in proportion."""
    span = math.log(SIZES[-1] / SIZES[0])
    return [
        harness.line(
            f"growth of « {each} »",
            "slope",
            [math.log(medians[-1][each] / medians[0][each]) / span],
            Target("<=", 0.1) if each == "ranking" else None,
        )
        for each in medians[0]
    ]


def _page(frame: Frame) -> Frame:
    """The page of a ranking: its least useful articles with their figures."""
    worst = charts.worst_first(frame, PAGE)
    return worst[["article_id", *_COUNTS, "ratio", "low", "high", "verdict"]]


def _ranking(memory: analytics.Memory | None, since: dt.date) -> Frame:
    with db.reading() as session:
        return _page(analytics.usefulness(session, since=since, memory=memory))


def _judged(among: analytics.Published, counts: Frame) -> Frame:
    """Counts by period as a page of the ranking, for the ways that are not ours."""
    frame = among.articles.join(counts.set_index("period_id"), on="period_id")
    frame[_COUNTS] = frame[_COUNTS].fillna(0).astype("int64")
    frame["objective"] = helpfulness.DEFAULT_OBJECTIVE
    with db.reading() as session:
        confirmed = session.scalars(
            select(Flag.article_id).where(Flag.kind == FlagKind.CONFIRMED)
        ).all()
    is_listed = frame["article_id"].isin(confirmed)
    frame["previous"] = is_listed.map({True: helpfulness.Verdict.BELOW.value, False: None})
    return _page(helpfulness.measured(frame))


def _pandas(among: analytics.Published, where: dt.date | None, since: dt.date) -> Frame:
    """Three columns of the votes and what keeps them in the figures, read then grouped."""
    columns = [getattr(Vote, name) for name in ("period_id", "helpful", "off_text", "set_aside")]
    query = select(*columns, Vote.day)
    query = query if where is None else query.where(Vote.day >= where)
    frame = pd.read_sql(query, db.current().read_engine)
    kept = frame[(frame["day"] >= since) & ~frame["set_aside"].astype(bool)]
    yes = kept["helpful"].astype(bool)
    kept = kept.assign(helpful=yes.astype(int), unhelpful=(~yes).astype(int))
    return _judged(among, kept.groupby("period_id")[_COUNTS].sum().reset_index())


def _sums() -> list[Any]:
    conditions = {"helpful": Vote.helpful, "unhelpful": ~Vote.helpful, "off_text": Vote.off_text}
    return [func.sum(case((each, 1), else_=0)).label(name) for name, each in conditions.items()]


def _sql(among: analytics.Published, since: dt.date) -> Frame:
    query = select(Vote.period_id, *_sums()).where(Vote.day >= since, Vote.set_aside.is_(False))
    with db.reading() as session:
        return _judged(among, db.columns(session, query.group_by(Vote.period_id)))


_DUCK: Final = (
    "count_if(helpful)::BIGINT AS helpful, count_if(NOT helpful)::BIGINT AS unhelpful,"
    " count_if(off_text)::BIGINT AS off_text FROM read_parquet(?) WHERE day >= ? AND NOT set_aside"
)


def _duckdb(among: analytics.Published, path: Path, since: dt.date) -> Frame:
    query = f"SELECT period_id, {_DUCK} GROUP BY period_id"
    return _judged(among, _duck(query, path, since))


def _line(since: dt.date) -> Frame:
    with db.reading() as session:
        return _by_day(analytics.by_day(session, since=since))


def _sql_line(since: dt.date) -> Frame:
    query = select(Vote.day, *_sums()).where(Vote.day >= since, Vote.set_aside.is_(False))
    with db.reading() as session:
        return _by_day(db.columns(session, query.group_by(Vote.day).order_by(Vote.day)))


def _duckdb_line(path: Path, since: dt.date) -> Frame:
    query = f"SELECT day, {_DUCK} GROUP BY day ORDER BY day"
    return _by_day(_duck(query, path, since))


def _duck(query: str, path: Path, since: dt.date) -> Frame:
    with duckdb.connect() as connection:
        return connection.execute(query, [str(path.with_suffix(".parquet")), since]).df()


def _by_day(frame: Frame) -> Frame:
    return pd.DataFrame(
        {"day": [pd.Timestamp(each).date() for each in frame["day"]]}
        | {name: frame[name].astype("int64") for name in _COUNTS}
    )


# -- screens -------------------------------------------------------------------------------------


def _screens(number: int) -> list[Line]:
    """Server time of a screen after a vote, and again; beside the same widgets without figures."""
    with pytest.MonkeyPatch.context() as patch:
        compiled = ScriptCache()  # a server keeps it, a test makes one at each run
        patch.setattr(local_script_runner, "ScriptCache", lambda: compiled)
        screens.signed_in(patch, name=f"Camille {secrets.token_hex(4)}")
        ours, bare = dict[str, harness.Measure](), dict[str, harness.Measure]()
        for name, file in SCREENS.items():
            app = screens.application(file)
            bare[name] = _run(widgets.without_figures(app, screens.RUN_SECONDS))
            ours[f"{name}, after a vote"] = _run(app, voted=True)
            ours[f"{name}, again"] = _run(app)
        runs = harness.interleaved(ours | bare)
        st.cache_data.clear()
        st.cache_resource.clear()
    size = f"{number:,} votes"
    lines = [
        harness.line(
            f"server time, {size}: {each}{'' if each in ours else ', its widgets'}", "ms", ms
        )
        for each, ms in runs.items()
    ]
    return lines + [
        harness.line(
            f"{each} ÷ the same widgets alone",
            "×",
            harness.ratios(runs[each], runs[each.rpartition(", ")[0]]),
            Target("<=", 1.5),
        )
        for each in ours
    ]


def _run(app: AppTest, *, voted: bool = False) -> harness.Measure:
    def run() -> float:
        if voted:
            _vote()
        began = time.perf_counter()
        app.run()
        taken = (time.perf_counter() - began) * 1e3
        if app.exception:
            raise RuntimeError(str(app.exception))
        return taken

    return run


_VERDICTS: Final = itertools.cycle((False, True))


def _vote(verdict: Callable[[], bool] = _VERDICTS.__next__) -> None:
    """One reader, who had said Oui, changes their mind to and fro: all who look must look again."""
    with db.transaction() as session:
        theirs = session.scalar(select(Vote).where(Vote.visitor == _READER))
        if theirs is None:
            newest = select(Vote).where(Vote.helpful).order_by(Vote.id.desc()).limit(1)
            theirs = session.scalars(newest).one()
            theirs.visitor = _READER
            session.flush()
        ledger.cast(
            session,
            version=session.get_one(Version, theirs.version_id),
            helpful=verdict(),
            visitor=_READER,
            source=theirs.source,
            now=dt.datetime.now(dt.UTC),
        )


# -- what keeps the sums -------------------------------------------------------------------------


def _rolls() -> list[Line]:
    """A day's roll and a rebuild, undone each time."""
    eve = _today() - dt.timedelta(days=1)

    def timed(work: Callable[[Session, dt.date], None], day: dt.date) -> harness.Measure:
        def run() -> float:
            with db.current().write_engine.connect() as connection, Session(connection) as session:
                if work is windows.roll:
                    windows.rebuild(session, day - dt.timedelta(days=1))
                began = time.perf_counter()
                work(session, day)
                return (time.perf_counter() - began) * 1e3

        return run

    runs = harness.interleaved(
        {"roll": timed(windows.roll, eve), "rebuild": timed(windows.rebuild, eve)},
        rounds=3,
        seconds=PATIENCE,
    )
    times = harness.ratios(runs["rebuild"], runs["roll"])
    return [
        harness.line("windows: roll of a day", "ms", runs["roll"]),
        harness.line("windows: rebuild", "ms", runs["rebuild"]),
        harness.line("rebuild ÷ roll", "×", times, Target(">=", 100)),
    ]


def _imports(folder: Path, path: Path) -> list[Line]:
    """Dated votes of another system through `imported_votes`, beside the bare driver; in a copy."""
    copy = folder / "import.db"
    shutil.copyfile(path, copy)
    kept, database = db.current(), db.Database(f"sqlite:///{copy}")
    db.use(database)
    numbers = itertools.count()
    chance = np.random.default_rng(corpus.SEED)
    now = dt.datetime.now(dt.UTC)

    def ours() -> float:
        ids, ages = (
            chance.integers(1, corpus.ARTICLES, IMPORTED),
            chance.integers(0, DAYS, IMPORTED),
        )
        dated = [
            DatedVote(
                row,
                int(article_id),
                now - dt.timedelta(days=int(age)),
                row % 4 > 0,
                None,
                "import",
                None,
                "",
                None,
            )
            for row, (article_id, age) in enumerate(zip(ids, ages, strict=True), start=1)
        ]
        began = time.perf_counter()
        with db.transaction() as session:
            imported_votes.add_dated(
                session, people.SYSTEM, dated, digest=f"{next(numbers):064}", now=now
            )
        return IMPORTED / (time.perf_counter() - began)

    def raw() -> float:
        with db.reading() as session:
            rows = next(_rows(_texts(session), IMPORTED, chance, _today()))
        began = time.perf_counter()
        _write(rows)
        return IMPORTED / (time.perf_counter() - began)

    try:
        runs = harness.interleaved({"votes imported/s": ours, "bare votes/s": raw}, rounds=3)
    finally:
        database.dispose()
        db.use(kept)
    own, bare = runs.values()
    return [
        harness.line(f"import of {IMPORTED:,} votes with tallies and windows", "votes/s", own),
        harness.line("bare driver, as durable, without tallies", "votes/s", bare),
        harness.line("bare driver ÷ import", "×", harness.ratios(bare, own), Target("<=", 2.5)),
    ]


# -- the votes -----------------------------------------------------------------------------------


@contextmanager
def _installation(number: int) -> Iterator[Path]:
    """A database of ARTICLES articles and so many votes, in use for the length of the block."""
    folder = servers.ROOT / "var" / "figures"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{_stamp()}{number}.db"
    for old in folder.iterdir():
        if not old.name.startswith(_stamp()):
            old.unlink()
    is_made = path.with_suffix(".parquet").exists()
    database = db.use(db.Database(f"sqlite:///{path}"))
    try:
        if not is_made:
            for left in folder.glob(f"{path.name}*"):
                left.unlink()
            make(database, number, path)
        yield path
    finally:
        database.dispose()


def make(database: db.Database, number: int, path: Path) -> None:
    """Write the articles and so many votes into a new database at `path`, and Parquet beside it."""
    today = _today()
    opened = dt.datetime.combine(_first(DAYS, today), dt.time(), dt.UTC)
    articles = path.with_name(f"{_stamp()}articles.db")
    if not articles.exists():
        _write_articles(database, opened)
        database.dispose()
        db.fold_journal(database)
        database.dispose()
        shutil.copyfile(path, articles)  # for the next size
    else:
        shutil.copyfile(articles, path)
    with db.reading() as session:
        texts = _texts(session)
    harness.say(f"writing {number:,} votes")
    for rows in _rows(texts, number, np.random.default_rng(corpus.SEED), today):
        _write(rows)
    harness.say("folding the tallies")
    with db.transaction() as session:
        ledger.rebuild(session)
    with db.transaction() as session:
        windows.roll(session, today - dt.timedelta(days=1))
        _flag(session, opened)
        session.connection().exec_driver_sql("ANALYZE")
    harness.say("writing the Parquet file")
    _parquet(path)


def _write_articles(database: db.Database, opened: dt.datetime) -> None:
    migrate.upgrade(database)
    harness.say(f"writing {corpus.ARTICLES:,} articles")
    with db.transaction() as session:
        corpus.fill(session, corpus.ARTICLES, now=opened)
        for table in (TallyDay, TallyVersion):
            session.execute(delete(table))  # days of votes that nobody cast
        _revise(session, opened)


def _revise(session: Session, opened: dt.datetime) -> None:
    """A *Forme* version of every other article, later a *Fond* one of every fourth."""
    ids = itertools.count(corpus.ARTICLES + 1)
    periods, versions, live = list[dict[str, Any]](), list[dict[str, Any]](), dict[int, int]()
    for step, day, number in ((2, REVISED[0], 2), (4, REVISED[1], 3)):
        at = opened + dt.timedelta(days=day)
        for article_id in range(step, corpus.ARTICLES + 1, step):
            row = dict(corpus._version(article_id, corpus.Entry("Question", "Réponse."), at))  # noqa: SLF001 — same package
            row |= {"id": next(ids), "number": number, "significance": Significance.MINOR}
            if number == 3:
                row |= {"period_id": row["id"], "significance": Significance.MAJOR}
                period = {"id": row["id"], "article_id": article_id, "number": 2, "opened_at": at}
                periods.append(period)
            versions.append(row)
            live[article_id] = row["id"]
    _insert(session, Period, periods)
    _insert(session, Version, versions)
    for article_id, version_id in live.items():
        moved = update(Article).where(Article.id == article_id)
        session.execute(moved.values(live_version_id=version_id))


def _insert(session: Session, table: type[Any], rows: list[dict[str, Any]]) -> None:
    session.execute(insert(table.__table__), rows)  # no objects: rows only


def _texts(session: Session) -> np.ndarray[Any, Any]:
    """For each article (from 0) and each of three stretches of its life: its version, its period."""
    query = select(Version.id, Version.article_id, Version.number, Version.period_id)
    found = np.zeros((corpus.ARTICLES, len(REVISED) + 1, 2), dtype=np.int64)
    for version_id, article_id, number, period_id in session.execute(
        query.where(Version.number.is_not(None)).order_by(Version.number)
    ):
        found[article_id - 1, (number or 1) - 1 :] = [version_id, period_id or 0]
    return found


def _rows(
    texts: np.ndarray[Any, Any], number: int, chance: np.random.Generator, today: dt.date
) -> Iterator[list[tuple[Any, ...]]]:
    """Votes in the order of their days, in chunks, as the driver takes them."""
    weight = 1 / np.arange(1, corpus.ARTICLES + 1) ** 0.9
    who = chance.permutation(corpus.ARTICLES)
    helped = chance.beta(6, 2, corpus.ARTICLES)
    dates = [(_first(DAYS, today) + dt.timedelta(days=day)).isoformat() for day in range(DAYS)]
    days = np.sort(chance.integers(0, DAYS, number))
    for start in range(0, number, CHUNK):
        day = days[start : start + CHUNK]
        article = who[chance.choice(corpus.ARTICLES, len(day), p=weight / weight.sum())]
        text = texts[article, np.searchsorted(REVISED, day, side="right")]
        helpful = chance.random(len(day)) < helped[article]
        off_text = ~helpful & (chance.random(len(day)) < 0.15)
        aside = (article % 500 == 0) & (chance.random(len(day)) < 0.2)  # bursts on a few articles
        columns = (article + 1, text[:, 0], text[:, 1], helpful, off_text, aside)
        sources = chance.choice(SOURCES, len(day), p=SHARES).tolist()
        said = [dates[each] for each in day]
        moments = [f"{each} 11:00:00.000000" for each in said]
        numbers = (each.astype(int).tolist() for each in columns)
        yield list(zip(*numbers, sources, said, moments, strict=True))


def _write(rows: list[tuple[Any, ...]]) -> None:
    """The bare driver, through the product's engine."""
    connection = db.current().write_engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute("BEGIN IMMEDIATE")
        cursor.executemany(_INSERT, rows)
        cursor.execute("COMMIT")
        cursor.close()
    finally:
        connection.close()


def _flag(session: Session, at: dt.datetime) -> None:
    """Every article the figures prove to be under its objective is listed, as a review would."""
    frame = analytics.usefulness(session)
    below = frame[frame["verdict"] == helpfulness.Verdict.BELOW.value].to_dict("records")
    for row in below:
        case_of = {"article_id": row["article_id"], "opened_at": at}
        listed = insert(Correction).values(**case_of, state=CorrectionState.NEW, reason="")
        correction_id = session.execute(listed.returning(Correction.id)).scalar_one()
        evidence = {name: row[name] for name in (*_COUNTS, "low", "high", "objective")}
        session.execute(
            insert(Flag).values(
                **case_of,
                period_id=row["period_id"],
                correction_id=correction_id,
                kind=FlagKind.CONFIRMED,
                evidence=evidence,
            )
        )


def _parquet(path: Path) -> None:
    """The same votes for DuckDB, written under another name until they are whole."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table, unfinished = Vote.__table__, path.with_suffix(".unfinished")
    query = select(*(table.c[name] for name in (*_COLUMNS, "source", "day"))).order_by(table.c.id)
    with db.current().read_engine.connect() as connection:
        result = connection.execution_options(yield_per=CHUNK).execute(query)
        names, writer = list(result.keys()), None
        for part in result.partitions():
            columns = dict(zip(names, map(list, zip(*part, strict=True)), strict=True))
            batch = pa.table(columns)
            writer = writer or pq.ParquetWriter(unfinished, batch.schema)
            writer.write_table(batch)
    if writer is not None:
        writer.close()
    unfinished.rename(path.with_suffix(".parquet"))


def _stamp() -> str:
    """What the files of this day and this schema are called by."""
    return f"{_today()}-{migrate.head()}-"


def _today() -> dt.date:
    return ledger.civil_day(dt.datetime.now(dt.UTC))


def _first(days: int, today: dt.date) -> dt.date:
    return today - dt.timedelta(days=days - 1)
