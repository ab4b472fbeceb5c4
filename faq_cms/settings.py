"""The environment, read once into one frozen `Settings`. Nothing else looks at `os.environ`.

Each field below is one variable `FAQ_<NAME>`; the README's table is kept equal to it by a test.
"""

import ipaddress
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Final, TypeAlias
from urllib.parse import urlsplit

from faq_cms.errors import BadSetting

PREFIX = "FAQ_"
SECRET_BYTES = 32

# An address of e-mail as people have them: no quotes, no comment, nothing a header could split on.
ADDRESS_FORM = (
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@"
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
)
ADDRESS = re.compile(rf"(?=.{{3,254}}\Z){ADDRESS_FORM}")

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True)
class Settings:
    """How this installation runs. Immutable; tests build their own."""

    database_url: str = field(
        default="",
        metadata={"help": "SQLAlchemy address of the database; SQLite under var/ if empty"},
    )
    public_url: str = field(
        default="http://127.0.0.1:8501",
        metadata={"help": "address readers and editors use; https turns Secure cookies on"},
    )
    host: str = field(default="127.0.0.1", metadata={"help": "address the server listens on"})
    port: int = field(default=8501, metadata={"help": "port the server listens on"})
    var: Path = field(
        default=Path("var"), metadata={"help": "folder of the database, the secret and the backups"}
    )
    secret: str = field(
        default="",
        repr=False,
        metadata={
            "help": "key of visitor digests and vote tokens; generated in var/secret if empty"
        },
    )
    site_name: str = field(
        default="Aide à la facturation", metadata={"help": "title of the public help centre"}
    )
    canonical_url: str = field(
        default="",
        metadata={
            "help": "address of the articles on your own site, with {slug}; search engines then leave /aide out"
        },
    )
    support_url: str = field(
        default="", metadata={"help": "where « Contacter l’assistance » leads (https: or mailto:)"}
    )
    trusted_proxies: tuple[Network, ...] = field(
        default=(), metadata={"help": "networks whose X-Forwarded-For is believed, comma-separated"}
    )
    webhook_networks: tuple[Network, ...] = field(
        default=(),
        metadata={
            "help": "private networks webhooks may also call, http included (127.0.0.0/8), comma-separated"
        },
    )
    widget_origins: tuple[str, ...] = field(
        default=(),
        metadata={
            "help": "sites whose pages may carry the widget (https://www.example.org), comma-separated"
        },
    )
    peer_review: bool = field(
        default=False,
        metadata={"help": "on: nothing is published before another person has approved it"},
    )
    smtp_url: str = field(
        default="",
        repr=False,
        metadata={
            "help": "mail server: smtp://name:password@host:587 (STARTTLS, asked of all but loopback) or smtps://…:465; no mail leaves if empty"
        },
    )
    mail_from: str = field(
        default="", metadata={"help": "sender of the mails, an address; goes with FAQ_SMTP_URL"}
    )
    freshdesk_url: str = field(
        default="",
        metadata={
            "help": "your Freshdesk (https://example.freshdesk.com), to write articles straight into it; goes with the two below"
        },
    )
    freshdesk_key: str = field(
        default="", repr=False, metadata={"help": "API key of the Freshdesk agent who writes them"}
    )
    freshdesk_folder: str = field(
        default="", metadata={"help": "number of the Freshdesk folder that receives them"}
    )
    zendesk_url: str = field(
        default="",
        metadata={
            "help": "your Zendesk (https://example.zendesk.com), to write articles straight into it; goes with the three below"
        },
    )
    zendesk_email: str = field(
        default="", metadata={"help": "address of the Zendesk agent who writes them"}
    )
    zendesk_token: str = field(default="", repr=False, metadata={"help": "API token of that agent"})
    zendesk_section: str = field(
        default="", metadata={"help": "number of the Zendesk section that receives them"}
    )
    zendesk_locale: str = field(
        default="fr", metadata={"help": "language of the articles in Zendesk (fr, fr-be…)"}
    )
    log_level: str = field(default="info", metadata={"help": "debug, info, warning or error"})

    @property
    def https(self) -> bool:
        """Whether people reach the product over TLS."""
        return self.public_url.startswith("https://")

    @property
    def origin(self) -> str:
        """Scheme, host and port of the public address: the only origin allowed to write."""
        parts = urlsplit(self.public_url)
        return f"{parts.scheme}://{parts.netloc}"

    def article_url(self, slug: str) -> str:
        """Where search engines should find an article: your own site if it has one, else /aide."""
        return (self.canonical_url or f"{self.public_url}/aide/{{slug}}").replace("{slug}", slug)


def load(environment: Mapping[str, str] | None = None, **chosen: object) -> Settings:
    """Read the environment; create `var/` and the secret if missing (the only writes).

    `chosen` are fields given otherwise (`port=8600`); None leaves them to the environment. Raises
    BadSetting naming the variable for an unknown `FAQ_` name or a value of the wrong form.
    """
    source = os.environ if environment is None else environment
    known = {PREFIX + f.name.upper(): f.name for f in fields(Settings)}
    given: dict[str, str] = {}
    for name, value in source.items():
        if not name.startswith(PREFIX):
            continue
        if name not in known:
            raise BadSetting(name, "unknown")
        if value.strip():
            given[known[name]] = value.strip()
    given |= {name: str(value) for name, value in chosen.items() if value is not None}
    var = Path(given.get("var", "var")).absolute()
    try:
        var.mkdir(parents=True, exist_ok=True)
        secret = given.get("secret") or _stored_secret(var / "secret")
    except OSError as error:
        raise BadSetting(PREFIX + "VAR", "unwritable") from error
    if len(secret) < SECRET_BYTES:
        raise BadSetting(PREFIX + "SECRET", "too_short")
    defaults = Settings()
    return Settings(
        database_url=given.get("database_url", f"sqlite:///{var / 'faq.db'}"),
        public_url=_url(given.get("public_url", _own_url(given, defaults))),
        host=given.get("host", defaults.host),
        port=_port(given.get("port", str(defaults.port))),
        var=var,
        secret=secret,
        site_name=given.get("site_name", defaults.site_name),
        canonical_url=_canonical(given.get("canonical_url", "")),
        support_url=_support(given.get("support_url", "")),
        trusted_proxies=_networks("TRUSTED_PROXIES", given.get("trusted_proxies", "")),
        webhook_networks=_networks("WEBHOOK_NETWORKS", given.get("webhook_networks", "")),
        widget_origins=_origins(given.get("widget_origins", "")),
        smtp_url=_smtp(given.get("smtp_url", "")),
        mail_from=_sender(given.get("mail_from", ""), given.get("smtp_url", "")),
        peer_review=_switch("PEER_REVIEW", given.get("peer_review", "off")),
        **_desks(given),
        log_level=_level(given.get("log_level", defaults.log_level)),
    )


_current: Settings | None = None


def use(settings: Settings) -> Settings:
    """Make `settings` the ones `current` gives, in every thread."""
    global _current  # noqa: PLW0603 — one process is one installation: routes and screens share it
    _current = settings
    return settings


def current() -> Settings:
    """The settings in use. RuntimeError before the first `use`."""
    if _current is None:
        raise RuntimeError("no settings are in use: call settings.use(settings.load()) first")
    return _current


def _stored_secret(path: Path) -> str:
    """The installation's secret: a file only its owner reads, outside the database and backups."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(SECRET_BYTES))
    return path.read_text(encoding="ascii").strip()


def _own_url(given: Mapping[str, str], defaults: Settings) -> str:
    host, port = given.get("host", defaults.host), given.get("port", str(defaults.port))
    return f"http://{'127.0.0.1' if host in ('0.0.0.0', '::') else host}:{port}"  # noqa: S104 — compared, not bound


def _url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise BadSetting(PREFIX + "PUBLIC_URL", "not_a_url")
    return value.rstrip("/")


def _canonical(value: str) -> str:
    parts = urlsplit(value)
    if value and (
        parts.scheme not in ("http", "https") or "{slug}" not in parts.path + parts.query
    ):
        raise BadSetting(PREFIX + "CANONICAL_URL", "not_a_pattern")
    return value


def _support(value: str) -> str:
    if value and urlsplit(value).scheme not in ("http", "https", "mailto"):
        raise BadSetting(PREFIX + "SUPPORT_URL", "not_a_url")
    return value


def _port(value: str) -> int:
    if not value.isdecimal() or not 0 < int(value) < 65536:
        raise BadSetting(PREFIX + "PORT", "not_a_port")
    return int(value)


def _networks(name: str, value: str) -> tuple[Network, ...]:
    try:
        return tuple(
            ipaddress.ip_network(part.strip()) for part in value.split(",") if part.strip()
        )
    except ValueError as error:
        raise BadSetting(PREFIX + name, "not_networks") from error


def _origins(value: str) -> tuple[str, ...]:
    """As browsers write them: lower case, no path, no port that goes without saying."""
    return tuple(_origin(part.strip()) for part in value.split(",") if part.strip())


def _origin(value: str) -> str:
    refusal = BadSetting(PREFIX + "WIDGET_ORIGINS", "not_origins")
    try:
        parts = urlsplit(value.lower())
        port = parts.port
    except ValueError as error:
        raise refusal from error
    extra = parts.path.rstrip("/") or parts.query or parts.fragment or "@" in parts.netloc
    if parts.scheme not in ("http", "https") or not parts.hostname or extra or not value.isascii():
        raise refusal
    usual = {"http": 80, "https": 443}[parts.scheme] == port
    return f"{parts.scheme}://{parts.netloc.rpartition(':')[0] if usual else parts.netloc}"


def _switch(name: str, value: str) -> bool:
    known = {"on": True, "true": True, "1": True, "off": False, "false": False, "0": False}
    if value.lower() not in known:
        raise BadSetting(PREFIX + name, "not_a_switch")
    return known[value.lower()]


def _smtp(value: str) -> str:
    refusal = BadSetting(PREFIX + "SMTP_URL", "not_a_mail_server")
    try:
        parts = urlsplit(value)
        bad_port = parts.port == 0
    except ValueError as error:
        raise refusal from error
    extra = parts.path.rstrip("/") or parts.query or parts.fragment
    if value and (parts.scheme not in ("smtp", "smtps") or not parts.hostname or extra or bad_port):
        raise refusal
    return value


def _sender(value: str, server: str) -> str:
    if bool(value) is not bool(server):
        raise BadSetting(PREFIX + ("SMTP_URL" if value else "MAIL_FROM"), "goes_with_the_other")
    if value and not ADDRESS.fullmatch(value):
        raise BadSetting(PREFIX + "MAIL_FROM", "not_an_address_of_mail")
    return value


_DESKS: Final = {
    "freshdesk": ("url", "key", "folder"),
    "zendesk": ("url", "email", "token", "section"),
}


def _desks(given: Mapping[str, str]) -> dict[str, str]:
    """The settings of each help desk: all of them, or none. Raises BadSetting."""
    found = {"zendesk_locale": given.get("zendesk_locale", "fr")}
    if not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})?", found["zendesk_locale"]):
        raise BadSetting(PREFIX + "ZENDESK_LOCALE", "not_a_language")
    for desk, parts in _DESKS.items():
        names = [f"{desk}_{part}" for part in parts]
        missing = [name for name in names if name not in given]
        if len(missing) < len(names):
            if missing:
                raise BadSetting(PREFIX + missing[0].upper(), "incomplete_desk")
            if not given[names[-1]].isdecimal():
                raise BadSetting(PREFIX + names[-1].upper(), "not_a_number")
            found |= {name: given[name] for name in names}
            found[names[0]] = _desk_url(PREFIX + names[0].upper(), given[names[0]])
    return found


def _desk_url(name: str, value: str) -> str:
    """https, or this machine's own address: credentials go there."""
    parts = urlsplit(value)
    is_ours = parts.hostname in ("127.0.0.1", "::1", "localhost")
    extra = parts.path.rstrip("/") or parts.query or parts.fragment or "@" in parts.netloc
    if not parts.hostname or extra or not (parts.scheme == "https" or is_ours):
        raise BadSetting(name, "not_https")
    return value.rstrip("/")


def _level(value: str) -> str:
    if value.lower() not in ("debug", "info", "warning", "error"):
        raise BadSetting(PREFIX + "LOG_LEVEL", "not_a_level")
    return value.lower()
