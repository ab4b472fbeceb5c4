"""Settings come from the environment, are refused by name, and are all in the README."""

import stat
from dataclasses import fields
from pathlib import Path

import pytest

from faq_cms import french, settings
from faq_cms.errors import BadSetting
from faq_cms.settings import Settings

README = Path(__file__).resolve().parent.parent / "README.md"
MARKS = ("<!-- settings: kept by tests/test_settings.py -->", "<!-- /settings -->")


def load(tmp_path: Path, **environment: str) -> Settings:
    return settings.load({"FAQ_VAR": str(tmp_path / "var"), **environment})


def test_nothing_set_gives_a_working_installation(tmp_path: Path) -> None:
    loaded = load(tmp_path)
    assert loaded.database_url == f"sqlite:///{tmp_path / 'var' / 'faq.db'}"
    assert loaded.public_url == "http://127.0.0.1:8501"
    assert len(loaded.secret) >= settings.SECRET_BYTES


def test_the_secret_is_made_once_and_read_by_its_owner_only(tmp_path: Path) -> None:
    first, second = load(tmp_path), load(tmp_path)
    assert first.secret == second.secret
    assert stat.S_IMODE((tmp_path / "var" / "secret").stat().st_mode) == 0o600
    assert first.secret not in repr(first)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("FAQ_DATABSE_URL", "sqlite://"),
        ("FAQ_PUBLIC_URL", "www.aide.test"),
        ("FAQ_PUBLIC_URL", "ftp://aide.example.org"),
        ("FAQ_PORT", "0"),
        ("FAQ_PORT", "quatre"),
        ("FAQ_SECRET", "hunter2"),
        ("FAQ_CANONICAL_URL", "https://www.example.org/faq"),
        ("FAQ_CANONICAL_URL", "javascript:{slug}"),
        ("FAQ_SUPPORT_URL", "javascript:alert(1)"),
        ("FAQ_TRUSTED_PROXIES", "10.0.0.0/33"),
        ("FAQ_WIDGET_ORIGINS", "*"),
        ("FAQ_WIDGET_ORIGINS", "aide.example.test"),
        ("FAQ_WIDGET_ORIGINS", "https://www.example.org/aide"),
        ("FAQ_WIDGET_ORIGINS", "https://www.example.org:x"),
        ("FAQ_WIDGET_ORIGINS", "https://moi@example.org"),
        ("FAQ_WIDGET_ORIGINS", "https://exämple.org"),
        ("FAQ_SMTP_URL", "mail.example.org:25"),
        ("FAQ_SMTP_URL", "smtp://"),
        ("FAQ_SMTP_URL", "smtp://mail.example.org:0"),
        ("FAQ_MAIL_FROM", "aide@example.test"),
        ("FAQ_LOG_LEVEL", "bavard"),
        ("FAQ_PEER_REVIEW", "parfois"),
        ("FAQ_VAR", "/proc/nowhere"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named_and_never_repeated(
    tmp_path: Path, name: str, value: str
) -> None:
    with pytest.raises(BadSetting) as refusal:
        load(tmp_path, **{name: value})
    assert name in french.sentence(refusal.value)
    assert value not in french.sentence(refusal.value)


ZENDESK = {
    "FAQ_ZENDESK_URL": "https://exemple.zendesk.com/",
    "FAQ_ZENDESK_EMAIL": "agent@example.org",
    "FAQ_ZENDESK_TOKEN": "jeton",
    "FAQ_ZENDESK_SECTION": "360001",
}


def test_a_help_desk_has_all_its_settings_and_none_of_its_secrets_is_shown(tmp_path: Path) -> None:
    loaded = load(tmp_path, **ZENDESK)
    assert (loaded.zendesk_url, loaded.zendesk_locale) == ("https://exemple.zendesk.com", "fr")
    assert "jeton" not in repr(loaded)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("FAQ_ZENDESK_TOKEN", ""),
        ("FAQ_ZENDESK_URL", "http://exemple.zendesk.com"),
        ("FAQ_ZENDESK_URL", "https://moi:mot@exemple.zendesk.com"),
        ("FAQ_ZENDESK_URL", "https://exemple.zendesk.com/hc/fr"),
        ("FAQ_ZENDESK_SECTION", "factures"),
        ("FAQ_ZENDESK_LOCALE", "../../x"),
    ],
)
def test_a_help_desk_that_cannot_be_written_to_is_refused_at_the_start(
    tmp_path: Path, name: str, value: str
) -> None:
    with pytest.raises(BadSetting) as refusal:
        load(tmp_path, **(ZENDESK | {name: value}))
    assert refusal.value.name == name
    assert name in french.sentence(refusal.value)


def test_https_is_known_from_the_public_address(tmp_path: Path) -> None:
    loaded = load(tmp_path, FAQ_PUBLIC_URL="https://aide.example.org/")
    assert loaded.https
    assert loaded.origin == "https://aide.example.org"


def test_sites_of_the_widget_are_written_as_browsers_name_them(tmp_path: Path) -> None:
    given = "https://WWW.Example.org/, http://localhost:8080 ,https://b.example.org:443"
    assert load(tmp_path, FAQ_WIDGET_ORIGINS=given).widget_origins == (
        "https://www.example.org",
        "http://localhost:8080",
        "https://b.example.org",
    )


def test_the_readme_lists_every_setting() -> None:
    """The table, as it must stand between the two marks of the README."""
    defaults = Settings()
    rows = ["| variable | default | what |", "|---|---|---|"]
    for field in fields(Settings):
        default = getattr(defaults, field.name)
        shown = f"`{default}`" if default not in ("", ()) else "—"
        rows.append(f"| `FAQ_{field.name.upper()}` | {shown} | {field.metadata['help']} |")
    text = README.read_text(encoding="utf-8")
    table = text.partition(MARKS[0])[2].partition(MARKS[1])[0].strip()
    assert table == "\n".join(rows)
