"""The frame: who gets in, what is in their menu, what is said when something is refused."""

import datetime as dt

import pytest
from bs4 import BeautifulSoup
from streamlit.testing.v1 import AppTest

from faq_cms import db, errors, french, people
from faq_cms.models import Role
from faq_cms.screens import _data, _logo, _parts, _session, registry
from faq_cms.screens.registry import HOME, SCREENS, Appears
from tests import content, screens
from tests.servers import ROOT

FOLDER = ROOT / "faq_cms" / "screens"


@pytest.fixture
def secret(database: db.Database, monkeypatch: pytest.MonkeyPatch) -> str:
    return screens.signed_in(monkeypatch)


def titles(app: AppTest) -> list[str]:
    return [page["page_name"] for page in app._registered_pages.values()]


def test_every_screen_of_the_menu_has_its_file() -> None:
    missing = [screen.file for screen in SCREENS if not (FOLDER / screen.file).is_file()]
    assert not missing


def test_no_screen_shadows_a_module_of_python() -> None:
    import sys

    stems = {path.stem for path in FOLDER.glob("*.py")} - {"__init__"}
    assert not stems & set(sys.stdlib_module_names)


@pytest.mark.parametrize(
    "name", ["FAQ", "Aide", "DÉMONSTRATION — Aide à la facturation", "Questions & réponses " * 9]
)
def test_the_name_of_the_installation_stands_whole_on_two_lines_at_most(name: str) -> None:
    picture = BeautifulSoup(_logo.named(name, is_dark=False), "html.parser")
    _mark, *lines = [text.get_text() for text in picture.find_all("text")]
    assert " ".join(lines) == name.strip()
    assert len(lines) <= 2


def test_the_addresses_of_screens_differ_and_none_is_that_of_the_home() -> None:
    addresses = [screen.path for screen in SCREENS]
    assert len(addresses) == len(set(addresses))
    assert registry.paths() == set(addresses)
    assert HOME not in addresses


def test_the_registry_is_read_without_streamlit() -> None:
    import subprocess
    import sys

    script = "import sys, faq_cms.screens.registry; print('streamlit' in sys.modules)"
    answer = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, check=True, cwd=ROOT
    )
    assert answer.stdout.strip() == b"False"


def test_every_action_a_screen_needs_is_one_people_know() -> None:
    for screen in SCREENS:
        if screen.action is not None:
            people.may(Role.EDITOR, screen.action)


@pytest.mark.parametrize(
    ("role", "home"),
    [
        (Role.VIEWER, "Tableau de bord"),
        (Role.EDITOR, "Aujourd’hui"),
        (Role.REVIEWER, "Aujourd’hui"),
        (Role.MANAGER, "Tableau de bord"),
        (Role.ADMINISTRATOR, "Aujourd’hui"),
    ],
)
def test_who_writes_lands_on_the_work_and_who_steers_on_the_figures(
    secret: str, monkeypatch: pytest.MonkeyPatch, role: Role, home: str
) -> None:
    if role is not Role.ADMINISTRATOR:
        screens.signed_in(monkeypatch, name="Dominique", role=role)
    app = screens.application()
    assert app.title[0].value == home
    pages = app._registered_pages.values()
    at_root = [page["page_name"] for page in pages if page["url_pathname"] == HOME]
    assert at_root == [home]


def test_a_closed_session_sees_nothing_at_the_next_run(secret: str) -> None:
    article = content.published()
    app = screens.application()
    with db.transaction() as session:
        people.sign_out(session, secret, now=dt.datetime.now(dt.UTC))
    app.run()
    assert app.title[0].value == "Votre session est terminée"
    assert article.slug not in screens.words(app)
    assert content.QUESTION not in screens.words(app)


def test_signing_out_ends_the_session_in_the_database(secret: str) -> None:
    app = screens.application()
    next(button for button in app.button if button.label == "Se déconnecter").click().run()
    assert app.title[0].value == "Votre session est terminée"
    with db.reading() as session:
        assert people.actor_of(session, secret, now=dt.datetime.now(dt.UTC)) is None


def test_a_screen_with_nothing_to_do_yet_is_not_in_the_menu_but_answers(secret: str) -> None:
    content.published()
    waiting = _data.waiting(_data.revision())
    assert not waiting.has_votes
    assert not waiting.has_remarks
    assert "Rien à corriger" in screens.words(screens.application("to_correct.py"))


def test_the_menu_counts_what_waits(secret: str) -> None:
    article = content.published()
    content.remarked(article.id)
    content.remarked(article.id, "Une autre.")
    names = titles(screens.application())
    assert "À corriger (1)" in names
    assert "Remarques (2)" in names


@pytest.mark.parametrize("role", list(Role))
def test_each_role_gets_the_screens_it_may_use(
    secret: str, monkeypatch: pytest.MonkeyPatch, role: Role
) -> None:
    if role is not Role.ADMINISTRATOR:
        screens.signed_in(monkeypatch, name="Dominique", role=role)
    expected = {
        screen.path
        for screen in SCREENS
        if screen.action is None or people.may(role, screen.action)
    }
    app = screens.application()
    addresses = {page["url_pathname"] for page in app._registered_pages.values()}
    assert addresses == expected | {HOME}


def test_appearing_later_is_never_a_question_of_role() -> None:
    assert {screen.appears for screen in SCREENS} <= set(Appears)


def test_what_a_withdrawn_role_may_not_do_any_more_is_refused_in_french(secret: str) -> None:
    article = content.published()
    remark_id = content.remarked(article.id)
    app = screens.application()
    with db.transaction() as session:
        account = people.account_named(session, screens.ADMINISTRATOR)
        account.disabled_at = dt.datetime.now(dt.UTC)
    app.button(key=f"no_action_{remark_id}").click().run()
    assert app.title[0].value == "Votre session est terminée"
    with db.transaction() as session:
        people.account_named(session, screens.ADMINISTRATOR).disabled_at = None
    app.run()
    assert [error.value for error in app.error] == [french.sentence(errors.SignInRequired())]


def test_somebody_s_words_keep_the_spaces_of_french_punctuation() -> None:
    shown = _parts.plain("Que faire\u202f?\n Payer\u00a0:\tcomment").replace("\\", "")
    assert shown == "Que faire\u202f? Payer\u00a0: comment"


@pytest.mark.parametrize(
    "words",
    [
        "**gras** _ou_ non",
        "[lien](https://example.org)",
        ":material/home: :red[x]",
        "<b>$x^2$</b> `a`",
    ],
)
def test_somebodys_words_are_never_read_as_markdown(words: str) -> None:
    shown = _parts.plain(words)
    unescaped = [sign for sign in "*_[]()<>$`" if sign in shown.replace(f"\\{sign}", "")]
    assert not unescaped
    assert ":m" not in shown


def test_no_change_is_made_without_a_session(secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_session, "secret", lambda: "not a session")
    with pytest.raises(errors.SignInRequired), _session.changing():
        pytest.fail("a change began without anybody")


def test_what_was_written_before_a_refusal_is_undone(
    secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    remark_id = content.remarked(content.published().id)
    app = screens.application()

    def refused(*_: object, **__: object) -> None:
        raise errors.Conflict("not_listed")

    monkeypatch.setattr(people, "record", refused)
    app.button(key=f"no_action_{remark_id}").click().run()
    assert [error.value for error in app.error] == ["Cet article n’est plus à corriger."]
    assert len(app.text) == 1
