"""A clone and a wheel both work: the locks cover every machine, nothing shipped is left out."""

import ast
import importlib.metadata
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from streamlit import config as streamlit_config

from tools import environment

ROOT = Path(__file__).resolve().parent.parent
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCKS = ("requirements.txt", "requirements-dev.txt")

MACHINES = [
    pytest.param(
        {
            "python_version": version,
            "python_full_version": f"{version}.0",
            "sys_platform": platform,
            "platform_machine": machine,
            "platform_system": {"linux": "Linux", "darwin": "Darwin"}[platform],
            "implementation_name": "cpython",
            "platform_python_implementation": "CPython",
        },
        id=f"{version}-{platform}-{machine}",
    )
    for version in ("3.11", "3.12", "3.13")
    for platform, machine in (("linux", "x86_64"), ("linux", "aarch64"), ("darwin", "arm64"))
]


def pins(lock: str) -> list[Requirement]:
    """The requirements of a lock, hashes and comments left out."""
    lines = (ROOT / lock).read_text(encoding="utf-8").splitlines()
    return [
        Requirement(line.removesuffix("\\").strip())
        for line in lines
        if line and not line.startswith((" ", "#"))
    ]


def pinned(lock: str, machine: dict[str, str]) -> dict[str, str]:
    """Version the lock installs on a machine, by name."""
    versions: dict[str, str] = {}
    for pin in pins(lock):
        if pin.marker is None or pin.marker.evaluate(machine):
            name = canonicalize_name(pin.name)
            assert name not in versions, f"{name} is pinned twice for {machine}"
            versions[name] = next(iter(pin.specifier)).version
    return versions


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize(
    ("lock", "floors"),
    [
        ("requirements.txt", PROJECT["project"]["dependencies"]),
        ("requirements.txt", PROJECT["dependency-groups"]["build"]),
        ("requirements-dev.txt", PROJECT["dependency-groups"]["dev"]),
    ],
    ids=["runtime", "build", "dev"],
)
def test_every_dependency_is_pinned_once_above_its_floor_on_each_machine(
    lock: str, floors: list[str], machine: dict[str, str]
) -> None:
    versions = pinned(lock, machine)
    for floor in map(Requirement, floors):
        if floor.marker is None or floor.marker.evaluate(machine):
            assert versions[canonicalize_name(floor.name)] in floor.specifier


@pytest.mark.parametrize("machine", MACHINES)
def test_tests_run_on_the_versions_that_are_shipped(machine: dict[str, str]) -> None:
    shipped, tools = (pinned(lock, machine) for lock in LOCKS)
    assert {name: tools[name] for name in tools.keys() & shipped.keys()} == {
        name: shipped[name] for name in tools.keys() & shipped.keys()
    }


@pytest.mark.parametrize("machine", MACHINES)
def test_the_other_sqlite_is_asked_for_only_where_it_has_a_wheel(machine: dict[str, str]) -> None:
    has_wheel = (machine["sys_platform"], machine["platform_machine"]) == ("linux", "x86_64")
    assert ("pysqlite3" in pinned("requirements.txt", machine)) == has_wheel


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_carries_hashes_and_names_no_host(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    entries = re.split(r"^(?=[A-Za-z])", text, flags=re.MULTILINE)[1:]
    assert len(entries) == len(pins(lock))
    assert all("--hash=sha256:" in entry for entry in entries)
    assert "://" not in text
    assert not re.search(r"^\s*(-i|-f|--(extra-)?index-url|--find-links)", text, re.MULTILINE)


def test_everything_the_product_imports_is_declared() -> None:
    trees = [
        ast.parse(path.read_text(encoding="utf-8"))
        for path in [ROOT / "app.py", *(ROOT / "faq_cms").rglob("*.py")]
    ]
    imported = {
        name.split(".")[0]
        for tree in trees
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    declared = {
        canonicalize_name(Requirement(line).name) for line in PROJECT["project"]["dependencies"]
    }
    providers = importlib.metadata.packages_distributions()
    undeclared = {
        name
        for name in imported - sys.stdlib_module_names - {"faq_cms"}
        if not declared & {canonicalize_name(provider) for provider in providers.get(name, [name])}
    }
    assert undeclared == set()


def test_the_environment_holds_the_locked_versions() -> None:
    here = {
        name: (version, importlib.metadata.version(name))
        for lock in LOCKS
        for name, version in _pinned_here(lock).items()
    }
    assert {name: got for name, (want, got) in here.items() if want != got} == {}


def test_only_what_changed_since_the_last_time_is_installed_again(tmp_path: Path) -> None:
    locks = [tmp_path / name for name in LOCKS]
    for lock in locks:
        lock.write_text("first\n", encoding="utf-8")
    done = environment.late(locks, {})
    assert list(done) == [*LOCKS]
    assert environment.late(locks, done) == {}
    locks[1].write_text("second\n", encoding="utf-8")
    assert list(environment.late(locks, done)) == [LOCKS[1]]


def test_make_alone_says_what_each_target_does() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = {line.split(":")[0] for line in text.splitlines() if re.match(r"[a-z-]+:", line)}
    shown = subprocess.run(
        ["make"], cwd=ROOT, capture_output=True, encoding="utf-8", check=True
    ).stdout
    helped = dict(re.findall(r"^make (\S+) +(.+)$", shown, re.MULTILINE))
    assert set(helped) == targets - {"environment", "environment-dev"}
    assert {"run", "test", "test-deep", "demo", "lint", "bench", "lock"} <= set(helped)


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The content of our wheel, as an installation would lay it out."""
    folder = tmp_path_factory.mktemp("wheel")
    build = "import sys; from flit_core.buildapi import build_wheel; build_wheel(sys.argv[1])"
    subprocess.run([sys.executable, "-c", build, str(folder)], cwd=ROOT, check=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def test_the_wheel_carries_every_file_of_the_package(unpacked: Path) -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "faq_cms"], cwd=ROOT, capture_output=True, encoding="utf-8", check=False
    ).stdout.split()
    source = tracked or [
        str(path.relative_to(ROOT))
        for path in (ROOT / "faq_cms").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    ]
    assert [name for name in source if not (unpacked / name).exists()] == []


@pytest.mark.parametrize("installed", ["in place", "from a wheel"])
def test_streamlit_finds_the_editor_component(
    installed: str, unpacked: Path, tmp_path: Path
) -> None:
    home = ROOT if installed == "in place" else unpacked
    scan = (
        "from streamlit.components.v2.manifest_scanner import scan_component_manifests as scan\n"
        "for manifest, root in scan():\n"
        "    for component in manifest.components:\n"
        "        if manifest.name == 'faq-cms':\n"
        "            print(component.name, component.resolve_asset_root(root))\n"
    )
    found = subprocess.run(
        [sys.executable, "-c", scan],
        cwd=tmp_path,
        env={"PYTHONPATH": str(home)},
        capture_output=True,
        encoding="utf-8",
        check=True,
    ).stdout.splitlines()
    # Twice from a wheel: the installation in place that runs the tests is seen beside it.
    assets = home / "faq_cms" / "screens" / "assets"
    assert set(found) == {f"editeur {assets}", f"trouver {assets}"}


def test_the_command_is_installed_under_its_own_name() -> None:
    (command,) = importlib.metadata.entry_points(group="console_scripts", name="faq-cms")
    assert callable(command.load())


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("server.baseUrlPath", "gestion"),
        ("server.enableCORS", True),
        ("server.enableXsrfProtection", True),
        ("server.corsAllowedOrigins", []),
        ("server.enableStaticServing", False),
        ("server.enableAgentApi", False),
        ("server.unsafeMetricsUserAttributes", []),
        ("server.maxUploadSize", 10),
        ("client.showErrorDetails", "none"),
        ("client.toolbarMode", "viewer"),
        ("client.disableDataExport", True),
        ("browser.gatherUsageStats", False),
    ],
)
def test_streamlit_is_configured_for_safety(option: str, value: object) -> None:
    section, name = option.split(".")
    written = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert written[section][name] == value


def test_streamlit_knows_every_option_we_write() -> None:
    written = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    known = set(streamlit_config.get_config_options())
    assert set(_options(written)) - known == set()


def _options(table: dict[str, Any], prefix: str = "") -> list[str]:
    return [
        option
        for name, value in table.items()
        for option in (
            _options(value, f"{prefix}{name}.") if isinstance(value, dict) else [prefix + name]
        )
    ]


def _pinned_here(lock: str) -> dict[str, str]:
    return {
        canonicalize_name(pin.name): next(iter(pin.specifier)).version
        for pin in pins(lock)
        if pin.marker is None or pin.marker.evaluate()
    }
