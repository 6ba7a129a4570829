"""Everything that can be set, by environment variable or `.env`, checked before anything starts."""

from __future__ import annotations

import base64
import ipaddress
import re
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import AfterValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from core.domain.people import TEAM_ID

DATABASE_SCHEMES = ("sqlite", "sqlite+aiosqlite", "postgresql", "postgres", "postgresql+asyncpg")
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class SettingsError(Exception):
    """A setting is missing or wrong. `setting` is the environment variable, `fix` says what to write."""

    def __init__(self, setting: str, problem: str, fix: str) -> None:
        super().__init__(f"{setting}: {problem}")
        self.setting = setting
        self.problem = problem
        self.fix = fix


class Address(NamedTuple):
    """Where the server listens."""

    host: str
    port: int


def listen_address(text: str) -> Address:
    """Read `host:port`, `[v6]:port` or `:port`. Raises ValueError."""
    host, colon, port = text.rpartition(":")
    if not colon or not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise ValueError("is not HOST:PORT, such as 127.0.0.1:8080")
    return Address(host.strip("[]") or "0.0.0.0", int(port))  # noqa: S104 - `:8080` asks for all interfaces  # nosec B104


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches that host."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _listen(text: str) -> str:
    listen_address(text)
    return text


def _database_url(text: str) -> str:
    scheme, separator, _ = text.partition("://")
    if not separator or scheme not in DATABASE_SCHEMES:
        raise ValueError("is not a database address, such as sqlite:///countersign.db or postgresql://user@host/name")
    return text


def _http_url(text: str) -> str:
    if text and not text.startswith(("http://", "https://")):
        raise ValueError("is not an http or https address")
    return text


def _bot_token(token: SecretStr) -> SecretStr:
    return _prefixed(token, "xoxb-", "a bot token starts with xoxb- (OAuth & Permissions, Bot User OAuth Token)")


def _app_token(token: SecretStr) -> SecretStr:
    return _prefixed(token, "xapp-", "an app-level token starts with xapp- (Basic Information, App-Level Tokens)")


def _webhook_secret(secret: SecretStr) -> SecretStr:
    try:
        base64.b64decode(secret.get_secret_value().removeprefix("whsec_"), validate=True)
    except ValueError:
        raise ValueError("is no secret such as whsec_ and base64") from None
    return _prefixed(secret, "whsec_", "a secret of Standard Webhooks starts with whsec_")


def _prefixed(token: SecretStr, prefix: str, problem: str) -> SecretStr:
    if token.get_secret_value() and not token.get_secret_value().startswith(prefix):
        raise ValueError(problem)
    return token


def _teams(text: str) -> str:
    for team in split_list(text):
        if not re.fullmatch(TEAM_ID, team):
            raise ValueError(f"{team[:40]!r} is not the id of a Slack workspace (T...) or organisation (E...)")
    return text


def _encryption_key(keys: SecretStr) -> SecretStr:
    for key in split_list(keys.get_secret_value()):
        if not re.fullmatch(r"[A-Za-z0-9_-]{43}=", key):
            raise ValueError("is not one or more Fernet keys; `countersign workspaces key` makes one")
    return keys


def split_list(text: str) -> list[str]:
    """What a setting names with commas between."""
    return [each.strip() for each in text.split(",") if each.strip()]


def _networks(text: str) -> str:
    networks_of(text)
    return text


def networks_of(text: str) -> tuple[Network, ...]:
    """Read networks with commas between them. Raises ValueError for what is none, or has bits beyond its prefix."""
    return tuple(ipaddress.ip_network(each.strip()) for each in text.split(",") if each.strip())


HttpUrl = Annotated[str, AfterValidator(_http_url)]


def _setting(name: str, default: Any, description: str) -> Any:
    return Field(default=default, validation_alias=name, description=description)


class Settings(BaseSettings):
    """The settings, each with the environment variable that sets it and what it means."""

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True, hide_input_in_errors=True
    )

    database_url: Annotated[str, AfterValidator(_database_url)] = _setting(
        "COUNTERSIGN_DATABASE_URL",
        "sqlite:///countersign.db",
        "Where everything is kept: sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME.",
    )
    listen: Annotated[str, AfterValidator(_listen)] = _setting(
        "COUNTERSIGN_LISTEN", "127.0.0.1:8080", "HOST:PORT that the server listens on."
    )
    signing_key: str = _setting(
        "COUNTERSIGN_SIGNING_KEY",
        "",
        "The private key file (PEM, P-256) that signs evidence, or the address of a key elsewhere (hsm:, awskms:, "
        "gcpkms:, azurekms:, hv:). Empty: a development key is made, loudly.",
    )
    signing_key_public: str = _setting(
        "COUNTERSIGN_SIGNING_KEY_PUBLIC", "", "The public key file (PEM) of a signing key elsewhere."
    )
    signing_key_passphrase: SecretStr = _setting(
        "COUNTERSIGN_SIGNING_KEY_PASSPHRASE", SecretStr(""), "The passphrase of the signing key, or an HSM's PIN."
    )
    timestamp_url: HttpUrl = _setting(
        "COUNTERSIGN_TIMESTAMP_URL", "", "The timestamp authority (RFC 3161) that stamps decisions, if any."
    )
    slack_bot_token: Annotated[SecretStr, AfterValidator(_bot_token)] = _setting(
        "SLACK_BOT_TOKEN", SecretStr(""), "The bot token (xoxb-...). Empty: the REST API runs alone."
    )
    slack_client_id: str = _setting(
        "SLACK_CLIENT_ID", "", "The app's client id, for several workspaces (Basic Information, App Credentials)."
    )
    slack_client_secret: SecretStr = _setting("SLACK_CLIENT_SECRET", SecretStr(""), "The app's client secret.")
    encryption_key: Annotated[SecretStr, AfterValidator(_encryption_key)] = _setting(
        "COUNTERSIGN_ENCRYPTION_KEY",
        SecretStr(""),
        "Encrypts the tokens of installed workspaces. Older keys may follow after commas; they only decrypt.",
    )
    slack_teams: Annotated[str, AfterValidator(_teams)] = _setting(
        "COUNTERSIGN_SLACK_TEAMS",
        "",
        "Workspaces (T...) and organisations (E...) that may install the app without an invite, with commas between.",
    )
    public_url: HttpUrl = _setting(
        "COUNTERSIGN_PUBLIC_URL",
        "",
        "Where this server is reached from outside (https://...), by install links and by answers of webhook gates.",
    )
    slack_signing_secret: SecretStr = _setting(
        "SLACK_SIGNING_SECRET", SecretStr(""), "The signing secret, for Slack over HTTP (POST /slack/events)."
    )
    slack_app_token: Annotated[SecretStr, AfterValidator(_app_token)] = _setting(
        "SLACK_APP_TOKEN", SecretStr(""), "The app-level token (xapp-...), for Slack by Socket Mode."
    )
    slack_api_url: HttpUrl = _setting(
        "SLACK_API_URL", "https://slack.com/api/", "Another base of Slack's Web API, for tests."
    )
    slack_match_email: bool = _setting(
        "COUNTERSIGN_SLACK_MATCH_EMAIL",
        False,
        "Recognise a Slack user whose account is not listed by the verified e-mail address.",
    )
    usergroup_max_age: Annotated[int, Field(ge=0, le=1440)] = _setting(
        "COUNTERSIGN_USERGROUP_MAX_AGE",
        60,
        "Minutes: a vote never counts on members of a Slack user group that were read longer ago.",
    )
    deploy_webhook_url: HttpUrl = _setting(
        "COUNTERSIGN_DEPLOY_WEBHOOK_URL", "", "Where the pipeline that deploys is told of decisions."
    )
    deploy_webhook_secret: SecretStr = _setting(
        "COUNTERSIGN_DEPLOY_WEBHOOK_SECRET",
        SecretStr(""),
        "The secret (whsec_...) that signs those calls, as Standard Webhooks has it.",
    )
    gate_webhook_secret: Annotated[SecretStr, AfterValidator(_webhook_secret)] = _setting(
        "COUNTERSIGN_GATE_WEBHOOK_SECRET",
        SecretStr(""),
        "The secret (whsec_...) that signs the questions of webhook gates, as Standard Webhooks has it.",
    )
    outbound_networks: Annotated[str, AfterValidator(_networks)] = _setting(
        "COUNTERSIGN_OUTBOUND_NETWORKS",
        "",
        "Private networks that gates and calendars reach, also by http: such as 10.2.0.0/16,127.0.0.1/32. Empty: none.",
    )
    rate_limit: Annotated[int, Field(ge=0, le=100_000)] = _setting(
        "COUNTERSIGN_RATE_LIMIT",
        100,
        "REST requests a second and token, with bursts of twice that. Twice as many for whoever holds several tokens, "
        "a tenth for each person in Slack and each address without a good token. 0: no limit.",
    )
    idle_seconds: Annotated[int, Field(ge=1, le=3600)] = _setting(
        "COUNTERSIGN_IDLE_SECONDS",
        75,
        "Seconds that a connection may stay without a whole request. Longer than a proxy in front keeps its own.",
    )
    document_limit: Annotated[int, Field(ge=1, le=1024)] = _setting(
        "COUNTERSIGN_DOCUMENT_LIMIT", 32, "MiB that a scan report or VEX document may have."
    )
    log_origin: str = _setting(
        "COUNTERSIGN_LOG_ORIGIN",
        "",
        "The transparency log's name, such as countersign.example.com/log. Fixed at the first start.",
    )
    log_witnesses: str = _setting(
        "COUNTERSIGN_LOG_WITNESSES",
        "",
        "Public keys (NAME+ID+KEY) of witnesses whose cosignatures are taken, with blanks between them.",
    )
    log_channel: str = _setting(
        "COUNTERSIGN_LOG_CHANNEL", "", "The Slack channel where the log's checkpoint is posted once a day."
    )
    log_format: Literal["console", "json"] = _setting(
        "COUNTERSIGN_LOG_FORMAT", "console", "How log lines look: console or json."
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = _setting(
        "COUNTERSIGN_LOG_LEVEL", "INFO", "The least important log lines that are written."
    )

    @model_validator(mode="after")
    def _fits_together(self) -> Settings:
        token = bool(self.slack_bot_token.get_secret_value())
        entrance = bool(self.slack_signing_secret.get_secret_value() or self.slack_app_token.get_secret_value())
        if (token or self.installs) and not entrance:
            raise SettingsError(
                "SLACK_SIGNING_SECRET",
                "is missing, so nothing from Slack could be trusted",
                "Set it (Basic Information, App Credentials), or SLACK_APP_TOKEN for Socket Mode.",
            )
        if entrance and not token and not self.installs:
            raise SettingsError(
                "SLACK_BOT_TOKEN",
                "is missing, so nothing could be posted",
                "Set it, or SLACK_CLIENT_ID for several workspaces, or leave all of Slack unset.",
            )
        self._require_all_of_oauth()
        if self.deploy_webhook_url and not self.deploy_webhook_secret.get_secret_value():
            raise SettingsError(
                "COUNTERSIGN_DEPLOY_WEBHOOK_SECRET",
                "is missing, so the calls would not be signed",
                "Set a whsec_ secret.",
            )
        return self

    def _require_all_of_oauth(self) -> None:
        """Raise SettingsError where only some of what installing in several workspaces takes is there."""
        wanted = {
            "SLACK_CLIENT_ID": (self.slack_client_id, "Set it (Basic Information, App Credentials)."),
            "SLACK_CLIENT_SECRET": (self.slack_client_secret.get_secret_value(), "Set it (App Credentials)."),
            "COUNTERSIGN_ENCRYPTION_KEY": (
                self.encryption_key.get_secret_value(),
                "Set it to what `countersign workspaces key` prints.",
            ),
            "COUNTERSIGN_PUBLIC_URL": (self.public_url, "Set it to the address of this server, as browsers see it."),
        }
        missing = [name for name, (value, _) in wanted.items() if not value]
        if missing and self.installs:
            name = missing[0]
            raise SettingsError(name, "is missing, so no workspace could be installed", wanted[name][1])

    @property
    def installs(self) -> bool:
        """Whether workspaces may install the app (OAuth)."""
        return bool(self.slack_client_id or self.slack_client_secret.get_secret_value())

    @property
    def trusted_teams(self) -> frozenset[str]:
        """The workspaces and organisations of COUNTERSIGN_SLACK_TEAMS."""
        return frozenset(split_list(self.slack_teams))

    @property
    def address(self) -> Address:
        """Where to listen."""
        return listen_address(self.listen)

    @property
    def uses_slack(self) -> bool:
        """Whether there is a workspace to talk to, or may be one."""
        return bool(self.slack_bot_token.get_secret_value()) or self.installs

    @property
    def sqlite_file(self) -> Path | None:
        """The database file; None on PostgreSQL."""
        scheme, _, path = self.database_url.partition("://")
        return Path(path.removeprefix("/")) if scheme.startswith("sqlite") else None

    @property
    def development_key_file(self) -> Path:
        """Where the development key lies: beside the SQLite file, or here."""
        folder = self.sqlite_file.parent if self.sqlite_file else Path()
        return folder / "countersign-development-key.pem"


def load_settings(**overrides: Any) -> Settings:
    """Read environment and `.env`; `overrides` by attribute name win. Raises SettingsError with the setting's name."""
    aliases = {name: str(field.validation_alias) for name, field in Settings.model_fields.items()}
    try:
        return Settings(**{aliases[name]: value for name, value in overrides.items() if value is not None})
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        name = str(first["loc"][0]) if first["loc"] else "settings"
        fix = next((str(f.description) for f in Settings.model_fields.values() if f.validation_alias == name), "")
        raise SettingsError(name, first["msg"].removeprefix("Value error, "), fix) from error
