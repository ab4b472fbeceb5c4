"""The answer editor, in a real page: nothing typed is lost, overwritten or saved twice."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import streamlit as st
from streamlit.runtime.scriptrunner import RerunData, RerunException
from streamlit.runtime.state import SafeSessionState, SessionState, session_state_proxy

from faq_cms.screens import editor
from tests import screen

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Dialog, Locator, Page

NNBSP = "\u202f"

SCRIPT = """
import json
from functools import partial
from pathlib import Path
import streamlit as st
from faq_cms.screens import editor

STORE = Path(__file__).with_name("store.json")

def load():
    return json.loads(STORE.read_text())

def save(desk, text, revision):
    stored = load()
    refused = revision != stored["revision"]
    desk["problem"] = "Ana a modifié ce texte." if refused else None
    if not refused:
        stored |= {"text": text, "revision": revision + 1, "at": "14:02"}
    stored["saves"].append({"text": text, "refused": refused})
    STORE.write_text(json.dumps(stored))
    return None if refused else stored["revision"]

def publish(desk):
    desk["published"] = load()["text"]

def edit():
    stored = load()
    desk = st.session_state.setdefault("desk", {})
    editor.answer(
        "answer", value=stored["text"], revision=stored["revision"], rescue_key="1.1",
        saved_at=stored.get("at"), problem=desk.get("problem"),
        on_change=partial(save, desk), on_publish=partial(publish, desk), disabled=stored["disabled"], focus=True,
    )
    if st.button("Relancer"):
        st.session_state["seen"] = load()["text"]
    st.text(f"relances {st.session_state.setdefault('runs', 0)}")
    st.session_state["runs"] += 1
    st.text(f"vu : {st.session_state.get('seen')}")
    st.text(f"publié : {desk.get('published')}")

def two():
    st.title("Deux")

pages = [st.Page(edit, title="Modifier", default=True), st.Page(two, title="Deux", url_path="deux")]
st.navigation(pages).run()
"""


@dataclass
class Editing:
    """A page with the editor open, and what the server holds."""

    served: screen.Screen
    context: "BrowserContext"
    page: "Page"
    complaints: list[str] = field(default_factory=list)
    """Errors the page wrote on its console."""

    @property
    def field(self) -> "Locator":
        return self.page.get_by_label("Réponse")

    @property
    def text(self) -> str:
        return self.field.input_value()

    @property
    def stored(self) -> dict[str, Any]:
        stored: dict[str, Any] = json.loads((self.served.folder / "store.json").read_text())
        return stored

    def store(self, **changes: object) -> None:
        """Change what the server holds, as a colleague would."""
        stored = self.stored | changes
        (self.served.folder / "store.json").write_text(json.dumps(stored))

    def state(self, sentence: str) -> None:
        """Wait for the state line to say `sentence`."""
        self.page.locator(".etat").get_by_text(sentence, exact=False).wait_for()

    def says(self, sentence: str) -> None:
        """Wait for `sentence` on the page."""
        self.page.get_by_text(sentence, exact=True).wait_for()

    def end(self) -> None:
        """Put the caret after the last character."""
        self.field.click()
        self.field.press("Control+End")

    def write(self, text: str) -> None:
        """Replace the whole text by typing, and wait until it is saved."""
        self.field.click()
        self.field.press("Control+a")
        self.field.press_sequentially(text)
        self.state("Enregistré à")

    def open(self, path: str = "/gestion/") -> None:
        """Open the editor's screen anew."""
        self.page.goto(f"{self.served.url}{path}")
        self.field.wait_for()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[screen.Screen]:
    with screen.serving(SCRIPT, tmp_path_factory.mktemp("editor")) as served:
        yield served


@pytest.fixture(scope="module")
def context(chromium: "Browser", served: screen.Screen) -> Iterator["BrowserContext"]:
    context = chromium.new_context(viewport={"width": 1000, "height": 800}, locale="fr-FR")
    yield context
    context.close()


@pytest.fixture
def editing(context: "BrowserContext", served: screen.Screen) -> Iterator[Editing]:
    """The editor on « Payez par virement. », with a console that must stay clean."""
    with opened(context, served) as editing:
        yield editing


@pytest.fixture(scope="module")
def bench(context: "BrowserContext", served: screen.Screen) -> Iterator[Editing]:
    """One editor for all the tests that begin by replacing its text."""
    with opened(context, served) as editing:
        yield editing


@contextmanager
def opened(context: "BrowserContext", served: screen.Screen) -> Iterator[Editing]:
    editing = Editing(served, context, context.new_page())
    (served.folder / "store.json").write_text("{}")
    editing.store(text="Payez par virement.", revision=1, saves=[], disabled=False)
    editing.page.on(
        "console",
        lambda message: (
            editing.complaints.append(message.text) if message.type == "error" else None
        ),
    )
    editing.open("/entrer")
    yield editing
    editing.page.evaluate("localStorage.clear()")
    editing.page.close()
    assert editing.complaints == []


# ---------------------------------------------------------------- typing and saving


def test_typing_is_saved_once_after_a_pause(editing: Editing) -> None:
    editing.end()
    editing.field.press_sequentially(" Ou par prélèvement.", delay=5)
    editing.state("Modifications non enregistrées")
    editing.state("Enregistré à 14:02")
    assert editing.stored["saves"] == [
        {"text": "Payez par virement. Ou par prélèvement.", "refused": False}
    ]


def test_typing_through_saves_and_reruns_loses_neither_a_letter_nor_the_caret(
    editing: Editing,
) -> None:
    sentence = "Une longue phrase écrite pendant que la page se relance plusieurs fois de suite, sans fin. "
    editing.field.click()
    editing.field.press("Control+Home")
    for start in range(0, len(sentence), 15):
        editing.field.press_sequentially(sentence[start : start + 15], delay=20)
        editing.page.wait_for_timeout(
            650
        )  # longer than the pause: each part is saved while the next is typed
    editing.state("Enregistré à")
    assert editing.text == sentence + "Payez par virement."
    assert editing.field.evaluate("field => field.selectionStart") == len(sentence)
    assert editing.stored["text"] == editing.text
    assert not any(save["refused"] for save in editing.stored["saves"])
    assert len(editing.stored["saves"]) > 1


def test_leaving_the_text_saves_it_before_the_button_that_was_clicked(editing: Editing) -> None:
    editing.end()
    editing.field.press_sequentially(" Vite !")
    editing.page.get_by_role("button", name="Relancer").click()
    editing.says("vu : Payez par virement. Vite !")
    editing.state("Enregistré à")
    assert editing.text == "Payez par virement. Vite !"


def test_leaving_the_screen_within_the_pause_saves_the_text(editing: Editing) -> None:
    editing.end()
    editing.field.press_sequentially(" Vite !")
    editing.page.get_by_role("link", name="Deux").click(delay=80)  # as long as a person's press
    editing.page.get_by_role("heading", name="Deux").wait_for()
    editing.page.get_by_role("link", name="Modifier").click()
    editing.field.wait_for()
    assert editing.text == "Payez par virement. Vite !"
    assert editing.page.locator(".secours").is_hidden()


def test_an_unchanged_text_is_never_saved(editing: Editing) -> None:
    editing.end()
    editing.field.press_sequentially("x")
    editing.field.press("Backspace")
    editing.page.get_by_role("button", name="Relancer").click()
    editing.says("vu : Payez par virement.")
    assert editing.stored["saves"] == []


def test_control_enter_saves_then_publishes(editing: Editing) -> None:
    editing.end()
    editing.field.press_sequentially(" Fin.")
    editing.field.press("Control+Enter")
    editing.says("publié : Payez par virement. Fin.")
    assert len(editing.stored["saves"]) == 1
    assert editing.text == "Payez par virement. Fin."


def test_control_enter_on_a_saved_text_publishes_without_saving_again(editing: Editing) -> None:
    editing.field.press("Control+Enter")
    editing.says("publié : Payez par virement.")
    assert editing.stored["saves"] == []


def test_leaving_the_page_asks_only_while_something_is_unsaved(editing: Editing) -> None:
    asked: list[str] = []

    def accept(dialog: "Dialog") -> None:
        asked.append(dialog.type)
        dialog.accept()

    editing.page.on("dialog", accept)
    editing.end()
    editing.page.reload()
    editing.field.wait_for()
    assert asked == []
    editing.end()
    editing.field.press("x")
    editing.page.reload()
    editing.field.wait_for()
    assert asked == ["beforeunload"]


# ---------------------------------------------------------------- other hands


def test_a_change_made_elsewhere_is_taken_when_nothing_is_unsaved(editing: Editing) -> None:
    editing.store(text="Texte d’Ana.", revision=7)
    editing.page.get_by_role("button", name="Relancer").click()
    editing.says("vu : Texte d’Ana.")
    assert editing.text == "Texte d’Ana."
    editing.write("Suite.")
    assert editing.stored["revision"] == 8


def test_a_change_made_elsewhere_never_overwrites_what_is_typed(editing: Editing) -> None:
    editing.store(text="Texte d’Ana.", revision=7)
    editing.end()
    editing.field.press_sequentially(" Le mien.")
    editing.state("Ana a modifié ce texte.")
    assert editing.text == "Payez par virement. Le mien."
    assert editing.stored["text"] == "Texte d’Ana."
    assert editing.stored["saves"][-1]["refused"]


def test_a_text_may_not_be_changed_while_the_editor_is_disabled(editing: Editing) -> None:
    editing.store(disabled=True)
    editing.page.get_by_role("button", name="Relancer").click()
    editing.page.locator("textarea:disabled").wait_for()
    assert editing.page.get_by_role("button", name="Gras").is_disabled()


# ---------------------------------------------------------------- when the network fails


def test_a_text_typed_while_disconnected_is_kept_then_saved(editing: Editing) -> None:
    editing.served.stop()
    editing.page.locator(
        '[data-testid="stApp"]:not([data-test-connection-state="CONNECTED"])'
    ).wait_for()
    editing.field.focus()
    editing.field.press("Control+End")
    editing.field.press_sequentially(" Sans réseau.")
    editing.state("Hors connexion")
    assert "texte conservé dans ce navigateur" in editing.page.locator(".etat").inner_text()
    assert editing.stored["saves"] == []
    editing.served.start()
    editing.state("Enregistré à")
    assert editing.text == "Payez par virement. Sans réseau."
    assert editing.stored["text"] == editing.text
    editing.complaints.clear()  # the browser rightly complained of the server that was gone


@pytest.mark.parametrize(
    ("choice", "expected"),
    [("Le reprendre", "Payez par virement. Perdu ?"), ("L’effacer", "Payez par virement.")],
)
def test_an_unsaved_text_is_offered_when_the_editor_opens_again(
    editing: Editing, choice: str, expected: str
) -> None:
    editing.page.on("dialog", lambda dialog: dialog.accept())
    editing.end()
    editing.page.evaluate(
        "window.WebSocket.prototype.send = () => {}"
    )  # the tab dies before it saves
    editing.field.press_sequentially(" Perdu ?")
    editing.page.reload()
    editing.field.wait_for()
    assert editing.text == "Payez par virement.", "nothing is restored without being asked for"
    editing.page.get_by_role("button", name=choice).click()
    assert editing.text == expected
    assert editing.page.locator(".secours").is_hidden()
    if choice == "Le reprendre":
        editing.state("Enregistré à")
    editing.page.reload()
    editing.field.wait_for()
    assert editing.text == expected
    assert editing.page.locator(".secours").is_hidden()


def test_a_text_taken_back_does_not_silently_replace_a_newer_one(editing: Editing) -> None:
    editing.page.on("dialog", lambda dialog: dialog.accept())
    editing.end()
    editing.page.evaluate("window.WebSocket.prototype.send = () => {}")
    editing.field.press_sequentially(" Perdu ?")
    editing.store(text="Texte d’Ana.", revision=7)
    editing.page.reload()
    editing.field.wait_for()
    editing.page.get_by_role("button", name="Le reprendre").click()
    editing.state("Ana a modifié ce texte.")
    assert editing.stored["text"] == "Texte d’Ana."


# ---------------------------------------------------------------- tools


@pytest.mark.parametrize(
    ("tool", "keys", "before", "after"),
    [
        ("Gras", "Control+b", "mot", "**mot**"),
        ("Gras", "Control+b", "**mot**", "mot"),
        ("Italique", "Control+i", "mot", "*mot*"),
        ("Italique", "Control+i", "*mot*", "mot"),
        ("Italique", "Control+i", "**mot**", "***mot***"),
        ("Lien", "Control+k", "mot", "[mot](https://)"),
        ("Titre", None, "mot", "## mot"),
        ("Titre", None, "## mot", "mot"),
        ("Titre", None, "- mot", "## mot"),
        ("Liste", None, "un\ndeux", "- un\n- deux"),
        ("Liste", None, "- un\n- deux", "un\ndeux"),
        ("Liste", None, "- un\ndeux", "- un\n- deux"),
        ("Liste numérotée", None, "un\ndeux", "1. un\n2. deux"),
        ("Liste numérotée", None, "- un\n- deux", "1. un\n2. deux"),
        ("Liste numérotée", None, "1. un\n2. deux", "un\ndeux"),
    ],
)
def test_a_tool_its_shortcut_and_undo(
    bench: Editing, tool: str, keys: str | None, before: str, after: str
) -> None:
    ways: list[Callable[[], None]] = [
        lambda: bench.page.get_by_role("button", name=tool, exact=True).click()
    ]
    if keys is not None:
        ways.append(partial(bench.field.press, keys))
    for apply in ways:
        bench.field.fill(before)
        stars = len(before) - len(before.strip("*"))
        start, end = (stars // 2, len(before) - stars // 2) if stars else (0, len(before))
        bench.field.evaluate(
            f"field => {{ field.focus(); field.setSelectionRange({start}, {end}) }}"
        )
        apply()
        assert bench.text == after
        assert bench.field.evaluate("field => field.getRootNode().activeElement === field")
        bench.field.press("Control+z")
        assert bench.text == before


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("- un", "- un\n- "),
        ("1. un", "1. un\n2. "),
        ("- ", ""),
        ("un", "un\n"),
    ],
)
def test_enter_continues_a_list_and_ends_it(bench: Editing, before: str, after: str) -> None:
    bench.field.fill(before)
    bench.end()
    bench.field.press("Enter")
    assert bench.text == after


def test_a_pasted_address_becomes_a_link(bench: Editing) -> None:
    bench.field.fill("https://example.org/aide")
    bench.field.press("Control+a")
    bench.field.press("Control+k")
    assert bench.text == "[texte du lien](https://example.org/aide)"
    bench.field.press_sequentially("notre aide")
    assert bench.text == "[notre aide](https://example.org/aide)"


def test_a_narrow_space_may_be_typed(bench: Editing) -> None:
    bench.field.fill("Pourquoi")
    bench.end()
    bench.field.press("Control+Shift+Space")
    bench.field.press_sequentially("?")
    assert bench.text == f"Pourquoi{NNBSP}?"


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", "0 mot"),
        ("un", "1 mot"),
        ("l’été, c’est aujourd’hui !", "3 mots"),
        ("a " * 1234, f"1{NNBSP}234 mots"),
    ],
)
def test_words_are_counted_in_french(bench: Editing, text: str, count: str) -> None:
    bench.field.fill(text)
    assert bench.page.locator(".mots").inner_text().replace("\xa0", " ") == count


# ---------------------------------------------------------------- without a mouse


def test_the_toolbar_is_one_stop_and_arrows_move_inside(editing: Editing) -> None:
    editing.field.press("Shift+Tab")
    names = []
    for key in ("ArrowRight", "ArrowRight", "End", "ArrowRight", "Home"):
        editing.page.keyboard.press(key)
        names.append(editing.page.locator(".outils button:focus").get_attribute("aria-label"))
    assert names == ["Italique", "Titre", "Espace insécable", "Gras", "Gras"]
    editing.page.keyboard.press("Tab")
    assert editing.page.locator("textarea:focus").count() == 1


def test_the_field_is_named_described_and_focused(editing: Editing) -> None:
    assert editing.page.get_by_role("textbox", name="Réponse").count() == 1
    assert editing.page.get_by_role("toolbar", name="Mise en forme").count() == 1
    assert editing.page.locator("textarea:focus").count() == 1
    assert editing.field.get_attribute("aria-describedby") == "etat aide"
    for button in editing.page.get_by_role("toolbar").get_by_role("button").all():
        assert button.get_attribute("aria-label")
        assert button.get_attribute("title")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_and_state_are_readable_in_both_themes(editing: Editing, scheme: Any) -> None:
    editing.page.emulate_media(color_scheme=scheme)
    editing.page.reload()
    editing.field.wait_for()
    editing.write("Bonjour")
    background = editing.page.locator('[data-testid="stApp"]').evaluate(COLOUR, "backgroundColor")
    assert (sum(background) < 384) == (scheme == "dark")
    for selector in ("textarea", "label", ".etat", ".mots", ".outils button"):
        colour = editing.page.locator(selector).first.evaluate(COLOUR, "color")
        assert contrast(colour, background) >= 4.5, selector


COLOUR = """(element, name) => {
    const canvas = document.createElement("canvas").getContext("2d");
    canvas.fillStyle = getComputedStyle(element)[name];
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
}"""


def contrast(one: list[int], other: list[int]) -> float:
    """Contrast of two colours, as the accessibility guidelines define it: from 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: list[int]) -> float:
    """Relative luminance of an sRGB colour, from 0 to 1."""
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (channel / 255 for channel in colour)
    ]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


# ---------------------------------------------------------------- Python's half


def push(number: int, revision: editor.Revision) -> editor.Push:
    return editor.Push(id=f"tab:{number}", text=f"text {number}", revision=revision)


def test_a_push_older_than_our_own_saves_is_based_on_the_last_of_them() -> None:
    own = editor.Own()
    asked: list[editor.Revision] = []

    def save(text: str, revision: editor.Revision) -> editor.Revision:
        asked.append(revision)
        return f"r{len(asked)}"

    for number, revision in enumerate(["start", "start", "start", "r1", "r2", "r5"], start=1):
        assert editor._save(own, push(number, revision), save)
    assert asked == ["start", "r1", "r2", "r3", "r4", "r5"]
    assert own.revisions[-1] == "r6"
    assert own.accepted == "tab:6"


def test_a_push_based_on_someone_elses_save_is_handed_on_as_it_is() -> None:
    own = editor.Own()
    asked: list[editor.Revision] = []

    def save(text: str, revision: editor.Revision) -> editor.Revision:
        asked.append(revision)
        return 100 + len(asked)

    editor._save(own, push(1, 1), save)
    editor._save(own, push(2, 50), save)  # the editor took a colleague's text, revision 50
    editor._save(own, push(3, 50), save)
    assert asked == [1, 50, 102]


def test_a_refused_save_is_not_ours() -> None:
    def refuse(text: str, revision: editor.Revision) -> None:
        return None

    own = editor.Own()
    assert not editor._save(own, push(1, 1), refuse)
    assert own == editor.Own()


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> SessionState:
    """Streamlit's own session state, while a newer gesture waits at every point where it gives way."""

    def give_way() -> None:
        raise RerunException(RerunData())

    state = SessionState()
    safe = SafeSessionState(state, give_way)
    monkeypatch.setattr(session_state_proxy, "get_session_state", lambda: safe)
    with pytest.raises(RerunException):
        st.session_state["answer"] = {}
    return state


def test_a_newer_gesture_never_separates_a_save_from_the_note_of_it(hurried: SessionState) -> None:
    own = editor.Own()
    hurried["answer"] = {"draft": push(1, 1)}
    editor._changed("answer", own, lambda *_: 2)
    assert own == editor.Own(revisions=[1, 2], accepted="tab:1")


@pytest.mark.parametrize("sent", [push(1, 1), {"saved": True}])
def test_a_newer_gesture_never_loses_a_publication(hurried: SessionState, sent: object) -> None:
    published: list[str] = []
    hurried["answer"] = {"publish": sent}
    editor._publish("answer", editor.Own(), lambda *_: 2, lambda: published.append("yes"))
    assert published == ["yes"]


@pytest.mark.parametrize(
    "sent",
    [
        None,
        {},
        "text",
        [],
        {"id": "a", "text": 3, "revision": 1},
        {"id": "a", "text": "t"},
        {"saved": True},
    ],
)
def test_what_a_browser_invents_is_ignored(hurried: SessionState, sent: object) -> None:
    hurried["answer"] = {"draft": sent}
    assert editor._pushed("answer", "draft") is None


def test_assets_are_found_by_streamlit_in_the_installed_package() -> None:
    from streamlit.components.v2.manifest_scanner import scan_component_manifests

    roots = {
        component.name: component.resolve_asset_root(root)
        for manifest, root in scan_component_manifests()
        if manifest.name == "faq-cms"
        for component in manifest.components
    }
    assert roots["editeur"] is not None
    assert {path.name for path in Path(roots["editeur"]).iterdir()} >= {"editeur.js", "editeur.css"}
