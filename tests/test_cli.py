"""The command line: what it prints, what it refuses, and that a refusal writes nothing."""

import datetime as dt
import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select

from faq_cms import (
    analytics,
    articles,
    cli,
    db,
    deliveries,
    exports,
    people,
    publishing,
    remarks,
    settings,
    votes,
)
from faq_cms.cli import parser
from faq_cms.exports import selection
from faq_cms.models import CounterSnapshot, FlagKind, Role, TallyVersion
from tests import help_desks, servers

SEED = servers.ROOT.parent / "shared" / "seed" / "faq_facturation.txt"
DOCUMENT = """\
Q : Comment payer ?
R : Par virement, ou par domiciliation.
Q : Où est ma facture ?
R : Écrivez à [email protected] pour la recevoir.
"""
PAY = "comment-payer"


def close() -> None:
    """Close the database the last command opened: the next one opens its own."""
    if db._current:
        db.current().dispose()


class Terminal:
    """Runs commands in this process, on a database of its own, and keeps what they said."""

    def __init__(self, capsys: pytest.CaptureFixture[str], folder: Path) -> None:
        self._capsys = capsys
        self.folder = folder

    def __call__(self, *words: str) -> str:
        """What a command that succeeds prints."""
        code, out, err = self.run(*words)
        assert (code, err) == (0, "")
        return out

    def json(self, *words: str) -> Any:
        """What a command prints for machines."""
        return json.loads(self(*words))

    def refusal(self, *words: str) -> str:
        """The one line of a command that is refused."""
        code, out, err = self.run(*words)
        assert (code, out) == (2, "")
        assert err.count("\n") == 1, err
        return err.strip()

    def run(self, *words: str) -> tuple[int, str, str]:
        self._capsys.readouterr()
        close()
        try:
            code = cli.main(words)
        except SystemExit as end:
            code = int(end.code or 0)
        said = self._capsys.readouterr()
        return code, said.out, said.err

    def file(self, name: str, content: str) -> str:
        path = self.folder / name
        path.write_text(content, encoding="utf-8")
        return str(path)


@pytest.fixture
def terminal(
    database_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Terminal]:
    """A terminal on a migrated, empty installation, on each engine."""
    monkeypatch.setenv("FAQ_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("FAQ_DATABASE_URL", database_url)
    monkeypatch.setattr(db, "_current", None)
    monkeypatch.setattr(settings, "_current", None)
    root, mask = logging.getLogger(), os.umask(0o022)
    handlers, level = root.handlers[:], root.level
    yield Terminal(capsys, tmp_path)
    close()
    root.handlers[:] = handlers
    root.setLevel(level)
    os.umask(mask)


@pytest.fixture
def filled(terminal: Terminal) -> Terminal:
    """The same with two published articles."""
    terminal("import", terminal.file("faq.txt", DOCUMENT), "--publish")
    return terminal


# -- the words -----------------------------------------------------------------------------------


def test_help_lists_every_command_in_french(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        cli.main(["--help"])
    shown = capsys.readouterr().out
    assert end.value.code == 0
    assert shown.startswith("usage\u00a0: ")
    commands = "serve import import-votes export push stats review check backup restore user token"
    for command in [*commands.split(), "duties", "demo", "migrate"]:
        assert f"\n    {command}" in shown


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys\nfrom faq_cms.cli import main\n"
        "try: main(['--help'])\nexcept SystemExit: pass\n"
        "heavy = {'sqlalchemy', 'pandas', 'streamlit', 'starlette'} & sys.modules.keys()\n"
        "sys.exit(repr(heavy) if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_roles_offered_are_the_roles_there_are() -> None:
    assert list(parser.ROLES) == list(Role)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "il manque\u00a0: COMMANDE"),
        (["imprt"], "'imprt' n’existe pas"),
        (["import"], "il manque\u00a0: FICHIER"),
        (["stats", "--days", "x"], "'x' n’est pas un nombre entier"),
        (["check", "--loud"], "argument inconnu\u00a0: --loud"),
        (["export", "--output"], "une valeur est attendue"),
    ],
)
def test_a_mistyped_command_is_refused_in_one_french_line(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        cli.main(words)
    err = capsys.readouterr().err
    assert end.value.code == 2
    assert said in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("FAQ_PORT", "huit", "FAQ_PORT"),
        ("FAQ_SECRET", "hunter2", "FAQ_SECRET"),
        ("FAQ_PUBLIC_URL", "ftp://intranet", "FAQ_PUBLIC_URL"),
        ("FAQ_LOG_LEVEL", "loud", "FAQ_LOG_LEVEL"),
        ("FAQ_COLOUR", "red", "FAQ_COLOUR"),
        ("FAQ_DATABASE_URL", "nowhere", "FAQ_DATABASE_URL"),
        ("FAQ_DATABASE_URL", "sqlite:////nowhere/at/all.db", "FAQ_DATABASE_URL"),
        ("FAQ_DATABASE_URL", "oracle://somewhere", "FAQ_DATABASE_URL"),
    ],
)
@pytest.mark.parametrize("engine", ["sqlite"])
def test_a_bad_setting_is_one_line_naming_the_variable_and_never_its_value(
    terminal: Terminal, name: str, value: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    line = terminal.refusal("stats")
    assert said in line
    assert value not in line


# -- import --------------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"], indirect=True)
def test_import_publishes_then_changes_nothing_the_second_time(terminal: Terminal) -> None:
    path = terminal.file("faq.txt", DOCUMENT)
    first = terminal.json("import", path, "--publish", "--json")
    second = terminal.json("import", path, "--publish", "--json")
    assert [first[name] for name in ("created", "updated", "unchanged", "skipped")] == [2, 0, 0, 0]
    assert [second[name] for name in ("created", "updated", "unchanged", "skipped")] == [0, 0, 2, 0]
    assert [row["slug"] for row in terminal.json("stats", "--json")] == [PAY, "ou-est-ma-facture"]


def test_import_json_has_the_shape_machines_were_promised(terminal: Terminal) -> None:
    said = terminal.json("import", terminal.file("faq.txt", DOCUMENT), "--dry-run", "--json")
    assert set(said) == {"entries", "created", "updated", "unchanged", "skipped", "warnings"}
    assert set(said["entries"][0]) == {"question", "answer", "category", "warnings"}
    assert [set(finding) for finding in said["entries"][1]["warnings"]] == [
        {"code", "message", "line"}
    ]
    assert said["entries"][1]["warnings"][0]["code"] == "masked_address"


def test_a_folder_is_one_import_and_is_undone_as_one(terminal: Terminal) -> None:
    folder = Path(terminal.file("faq.txt", DOCUMENT)).parent / "dossier"
    folder.mkdir()
    (folder / "un.txt").write_text("Q : Une ?\nR : a.\n")
    (folder / "deux.txt").write_text("Q : Deux ?\nR : b.\n")
    (folder / "lisez-moi.txt").write_text("Rien à lire ici.")
    said = terminal("import", str(folder), "--publish")
    assert "Nouveau\u00a0: 2" in said
    assert "lisez-moi.txt" in said
    assert "import-undo 1" in said
    again = terminal.json("import", str(folder), "--publish", "--json")
    assert (again["created"], again["unchanged"]) == (0, 2)
    assert "Retirés\u00a0: 2" in terminal("import-undo", "1")
    assert terminal.json("stats", "--json") == []
    assert "déjà été annulé" in terminal.refusal("import-undo", "1")


def test_a_dry_run_says_what_would_be_and_writes_nothing(terminal: Terminal) -> None:
    said = terminal.json("import", terminal.file("faq.txt", DOCUMENT), "--dry-run", "--json")
    assert said["created"] == 2
    assert terminal.json("stats", "--json") == []


def test_one_bad_document_among_several_writes_none(terminal: Terminal) -> None:
    good, bad = terminal.file("good.txt", DOCUMENT), terminal.file("bad.txt", "Bonjour.\n")
    line = terminal.refusal("import", good, bad, "--publish")
    assert line.startswith(bad)
    assert "ligne 1" in line
    assert terminal.json("stats", "--json") == []


def test_a_file_that_is_not_there_is_named(terminal: Terminal) -> None:
    assert "absent.txt" in terminal.refusal("import", str(terminal.folder / "absent.txt"))
    (terminal.folder / "vide").mkdir()
    assert "dossier" in terminal.refusal("import", str(terminal.folder / "vide"))


@pytest.mark.skipif(not SEED.exists(), reason="the real document is not beside this clone")
@pytest.mark.parametrize("engine", ["sqlite"])
def test_the_real_document_gives_its_ten_articles_and_its_findings(terminal: Terminal) -> None:
    said = terminal.json("import", str(SEED), "--dry-run", "--json")
    codes = [[finding["code"] for finding in entry["warnings"]] for entry in said["entries"]]
    assert said["created"] == len(said["entries"]) == 10
    assert sum(found.count("masked_address") for found in codes) == 6
    assert sum("masked_address" in found for found in codes) == 3
    assert sum(found.count("missing_answer_mark") for found in codes) == 1
    assert [finding["code"] for finding in said["warnings"]] == ["widget_text"]


# -- figures -------------------------------------------------------------------------------------


def test_without_a_vote_ratio_and_bounds_are_null(filled: Terminal) -> None:
    assert filled.json("stats", "--json")[0] == {
        "slug": PAY,
        "question": "Comment payer ?",
        "version": 1,
        "helpful": 0,
        "unhelpful": 0,
        "quarantined": 0,
        "ratio": None,
        "low": None,
        "high": None,
        "verdict": "too_few",
        "flags": [],
    }


@pytest.mark.parametrize("days", ["0", "-3", "1000000"])
def test_a_number_of_days_that_makes_no_sense_is_refused(filled: Terminal, days: str) -> None:
    filled.refusal("stats", f"--days={days}")


def test_stats_for_people_says_votes_before_shares(filled: Terminal) -> None:
    filled("import-votes", table(filled, f"{PAY};2026-01-02;oui", f"{PAY};2026-01-03;non"))
    assert "1 Oui, 1 Non · Trop peu de votes · Signalement isolé" in filled("stats")


# -- import-votes --------------------------------------------------------------------------------

HEADER = "article;cast_at;helpful;version;source;reason;remark;visitor"


def table(terminal: Terminal, *rows: str, header: str = HEADER, name: str = "votes.csv") -> str:
    """A CSV document of these rows."""
    return terminal.file(name, "\n".join([header, *rows]) + "\n")


def stats_of(terminal: Terminal, slug: str = PAY) -> dict[str, Any]:
    """The line of one article."""
    found: dict[str, Any] = next(r for r in terminal.json("stats", "--json") if r["slug"] == slug)
    return found


def test_dated_votes_count_flag_and_keep_their_remark(filled: Terminal) -> None:
    path = table(
        filled,
        f"{PAY};2026-01-02T10:00:00+01:00;oui",
        f'{PAY};2026-01-03T10:00:00Z;Non;1;intercom;unclear;"Pas clair ;\ndu tout.";v1',
        f"{PAY};2026-01-04;false;;;off_topic",
    )
    said = filled.json("import-votes", path, "--json")
    assert said == {"added": 3, "known": 0, "before_first_version": 3, "unknown": []}
    figures = stats_of(filled)
    assert (figures["helpful"], figures["unhelpful"]) == (1, 2)
    assert figures["flags"] == ["isolated"]
    with db.reading() as session:
        assert votes.is_balanced(session)
        assert list(remarks.listing(session)["text"]) == ["Pas clair ;\ndu tout."]
        assert set(analytics.by_source(session)["source"]) == {"import", "intercom"}


def test_the_same_document_twice_adds_nothing(filled: Terminal) -> None:
    path = table(filled, f"{PAY};2026-01-02;oui", f"{PAY};2026-01-02;oui")
    assert filled.json("import-votes", path, "--json")["added"] == 2
    said = filled.json("import-votes", path, "--json")
    assert (said["added"], said["known"]) == (0, 2)
    assert stats_of(filled)["helpful"] == 2


def test_one_visitor_counts_once_on_an_article(filled: Terminal) -> None:
    path = table(filled, *[f"{PAY};2026-01-02;oui;;;;;marie"] * 3)
    assert filled.json("import-votes", path, "--json")["added"] == 1


def test_a_dry_run_of_votes_leaves_the_ledger_as_it_was(filled: Terminal) -> None:
    path = table(filled, f"{PAY};2026-01-02;non")
    assert filled.json("import-votes", path, "--dry-run", "--json")["added"] == 1
    assert stats_of(filled)["unhelpful"] == 0
    assert stats_of(filled)["flags"] == []


def test_unknown_articles_stop_everything_unless_skipped(filled: Terminal) -> None:
    path = table(filled, f"{PAY};2026-01-02;oui", "ancien-article;2026-01-02;oui")
    line = filled.refusal("import-votes", path)
    assert "ancien-article" in line
    assert "--skip-unknown" in line
    assert stats_of(filled)["helpful"] == 0
    assert filled.json("import-votes", path, "--skip-unknown", "--json")["added"] == 1


def test_an_article_is_known_by_its_uid_too(filled: Terminal) -> None:
    filled("stats")
    with db.reading() as session:
        uid = articles.live(session, PAY).uid
    assert filled.json("import-votes", table(filled, f"{uid};2026-01-02;1"), "--json")["added"] == 1


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (";2026-01-02;oui", "article"),
        (f"{PAY};hier;oui", "cast_at"),
        (f"{PAY};2999-01-01;oui", "cast_at"),
        (f"{PAY};2026-01-02;peut-être", "helpful"),
        (f"{PAY};2026-01-02;", "helpful"),
        (f"{PAY};2026-01-02;oui;un", "version"),
        (f"{PAY};2026-01-02;oui;7", "version"),
        (f"{PAY};2026-01-02;non;1;a b c", "source"),
        (f"{PAY};2026-01-02;non;1;;parce-que", "reason"),
        (f"{PAY};2026-01-02;oui;1;;unclear", "reason"),
        (f'{PAY};2026-01-02;oui;1;;;"jamais fermé', "guillemet"),
    ],
)
def test_one_bad_row_refuses_the_whole_table(filled: Terminal, row: str, said: str) -> None:
    path = table(filled, f"{PAY};2026-01-01;oui", row)
    line = filled.refusal("import-votes", path)
    assert line.startswith(path)
    assert "ligne 3" in line
    assert said in line
    assert stats_of(filled)["helpful"] == 0


@pytest.mark.parametrize("header", ["article;helpful", "x", ""])
def test_a_table_without_its_columns_says_which(filled: Terminal, header: str) -> None:
    assert "colonne" in filled.refusal("import-votes", table(filled, header=header))


@pytest.mark.parametrize("separator", [";", ","])
def test_totals_are_kept_as_dated_snapshots_apart_from_votes(
    filled: Terminal, separator: str
) -> None:
    header = separator.join(["article", "taken_at", "helpful", "unhelpful"])
    path = table(filled, separator.join([PAY, "2026-02-01", "10", "3"]), header=header)
    assert filled.json("import-votes", path, "--json")["added"] == 1
    assert filled.json("import-votes", path, "--json") == {"added": 0, "known": 1, "unknown": []}
    assert stats_of(filled)["helpful"] == 0
    with db.reading() as session:
        kept = session.scalars(select(CounterSnapshot)).one()
        assert (kept.helpful, kept.unhelpful) == (10, 3)


# -- export --------------------------------------------------------------------------------------


def test_every_channel_is_listed_and_writes_a_file_others_may_read(filled: Terminal) -> None:
    listed = filled("export", "--list")
    for channel in exports.CHANNELS.values():
        path = filled.folder / f"out{channel.extension}"
        filled("export", channel.name, "--output", str(path))
        assert channel.name in listed
        assert path.stat().st_size > 0
        assert path.stat().st_mode & 0o777 == 0o644
    assert not list(filled.folder.glob(".out*"))


def test_a_filled_export_is_not_emptied_by_accident(filled: Terminal) -> None:
    path = filled.folder / "faq.json"
    filled("export", "json", "--output", str(path))
    before = path.read_bytes()
    with db.transaction() as session:
        for article in articles.published(session):
            publishing.withdraw(session, people.SYSTEM, article.id, now=article.updated_at)
    assert "--allow-empty" in filled.refusal("export", "json", "--output", str(path))
    assert path.read_bytes() == before
    filled("export", "json", "--output", str(path), "--allow-empty")
    assert path.read_bytes() != before


def test_a_nightly_job_is_written_down_whether_it_succeeds_or_not(filled: Terminal) -> None:
    path = filled.folder / "faq.json"
    filled("export", "json", "--output", str(path))
    filled.refusal("export", "json", "--output", str(filled.folder / "absent" / "faq.json"))
    with db.reading() as session:
        failed, done = deliveries.destinations(session).to_dict("records")
    assert (done["name"], done["outcome"], done["failure"]) == (str(path), "done", "")
    assert (failed["outcome"], failed["articles"]) == ("failed", 0)
    assert "absent" in failed["failure"]


def test_an_export_is_narrowed_and_spelled_as_asked(filled: Terminal) -> None:
    path = filled.folder / "faq.jsonl"

    def asked(*words: str) -> list[Any]:
        filled("export", "jsonl", "--output", str(path), "--allow-empty", *words)
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]

    assert len(asked()) == len(asked("--without-below")) == 2
    assert asked("--since", "01/01/2999") == asked("--tag", "inconnu") == []
    assert asked("--typography", "fix", "--spaces", "no-break")[0]["question"].endswith("\u00a0?")
    output = ["--output", str(path)]
    assert "catégorie" in filled.refusal("export", "jsonl", *output, "--category", "Minitel")
    assert "Comment payer ?" in filled.refusal("export", "jsonl", *output, "--typography", "refuse")
    assert "ISO 8601" in filled.refusal("export", "jsonl", *output, "--since", "hier")


def test_the_words_of_an_export_are_those_there_are() -> None:
    assert list(parser.TYPOGRAPHY) == list(selection.Typography)
    assert list(parser.SPACES) == list(selection.Spaces)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["minitel", "--output", "x"], "json"),
        (["json"], "--output"),
        (["json", "--output", "/nowhere/at/all/faq.json"], "/nowhere"),
    ],
)
def test_an_export_nobody_can_write_says_why(filled: Terminal, words: list[str], said: str) -> None:
    assert said in filled.refusal("export", *words)


# -- the archive ---------------------------------------------------------------------------------


def test_an_archive_goes_out_and_comes_into_an_empty_installation_only(
    filled: Terminal, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = filled.folder / "faq.zip"
    assert "2 articles" in filled("export", "archive", "--output", str(path))
    assert path.stat().st_mode & 0o777 == 0o600
    assert "installation vide" in filled.refusal("import", str(path))
    before = filled("stats")
    empty = filled.folder / "empty.db"
    empty.write_bytes(sqlite_template.read_bytes())
    monkeypatch.setenv("FAQ_DATABASE_URL", f"sqlite:///{empty}")
    assert "Rien n’est écrit" in filled("import", str(path), "--dry-run")
    assert "2 articles" in filled("import", str(path))
    assert filled("stats") == before
    again = filled.folder / "again.zip"
    filled("export", "archive", "--output", str(again))
    assert again.read_bytes() == path.read_bytes()


# -- push ----------------------------------------------------------------------------------------


def test_a_push_is_shown_then_made_then_leaves_alone_what_was_edited_there(
    filled: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "freshdesk" in filled.refusal("push", "freshdesk")
    with help_desks.serving("freshdesk") as desk:
        monkeypatch.setenv("FAQ_FRESHDESK_URL", desk.url)
        monkeypatch.setenv("FAQ_FRESHDESK_KEY", help_desks.KEY)
        monkeypatch.setenv("FAQ_FRESHDESK_FOLDER", str(help_desks.FOLDER))
        shown = filled("push", "freshdesk", "--dry-run")
        assert "Rien n’est écrit" in shown
        assert "2 ajoutés" in shown
        assert desk.writes() == []
        assert len(filled.json("push", "freshdesk", "--json")["added"]) == 2
        edited = next(iter(desk.articles.values()))
        edited["description"] = "<p>Par l’agent.</p>"
        code, said, _ = filled.run("push", "freshdesk")
        assert (code, "Laissé" in said, "--overwrite" in said) == (1, True, True)
        assert "- Par l’agent." in filled.run("push", "freshdesk", "--dry-run", "--overwrite")[1]
        filled("push", "freshdesk", "--overwrite")
        assert "agent" not in edited["description"]
        assert help_desks.KEY not in shown + said


# -- accounts and tokens -------------------------------------------------------------------------


def test_accounts_are_listed_moved_closed_and_reopened(terminal: Terminal) -> None:
    terminal("stats")
    now = dt.datetime.now(dt.UTC)
    with db.transaction() as session:
        for name, role in (("Zoé", Role.ADMINISTRATOR), ("Ali", Role.EDITOR)):
            link = people.invite(session, people.SYSTEM, role=role, now=now)
            people.use_link(session, link, name=name, password_digest="x", now=now)
    assert "Ali — Rédaction" in terminal("user", "list")
    terminal("user", "role", "ali", "manager")
    terminal("user", "disable", "Ali")
    assert "Ali — Pilotage (fermé)" in terminal("user", "list")
    terminal("user", "enable", "Ali")
    assert "/connexion/lien/" in terminal("user", "link", "zoé")
    assert "administ" in terminal.refusal("user", "disable", "Zoé").lower()
    terminal.refusal("user", "link", "Personne")


def test_an_invitation_is_a_link_to_the_sign_in_pages(terminal: Terminal) -> None:
    assert "http://127.0.0.1:8501/connexion/lien/" in terminal(
        "user", "invite", "--role", "manager"
    )


def test_a_token_is_shown_once_then_only_named(terminal: Terminal) -> None:
    token = terminal("token", "create", "Site", "--days", "10").rsplit(" ", 1)[1].strip()
    assert token.startswith("faq_")
    assert token not in terminal("token", "list")
    terminal("token", "revoke", "1")
    assert "retiré" in terminal("token", "list")
    terminal.refusal("token", "revoke", "12")
    terminal.refusal("token", "create", "Site", "--scope", "everything")


# -- the rest ------------------------------------------------------------------------------------


def test_review_judges_and_tells_machines(filled: Terminal) -> None:
    said = filled.json("review", "--json")
    # The document published an answer whose address is masked: that alone lists its article.
    listed = {kind.value: int(kind is FlagKind.CONTENT) for kind in FlagKind}
    assert said == {"reviewed": [], "open": listed}


def test_duties_are_done_once(terminal: Terminal) -> None:
    assert "review" in terminal("duties")
    assert "Rien à faire" in terminal("duties")


def test_migrate_is_safe_to_repeat(terminal: Terminal) -> None:
    assert terminal("migrate") == terminal("migrate")


def test_check_prints_one_line_a_check(filled: Terminal) -> None:
    lines = filled("check").splitlines()
    assert all(line[0] in "✓!" for line in lines)
    assert any("Les totaux correspondent aux votes" in line for line in lines)
    assert any("1 article publié" in line and "masquées" in line for line in lines)


def test_check_fails_on_tallies_that_do_not_add_up(filled: Terminal) -> None:
    filled("import-votes", table(filled, f"{PAY};2026-01-02;oui"))
    with db.transaction() as session:
        session.execute(delete(TallyVersion))
    code, out, _ = filled.run("check")
    assert code == 1
    assert "✗ Les totaux" in out
    with db.transaction() as session:
        votes.rebuild(session)
