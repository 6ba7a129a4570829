from pathlib import Path

import pytest

from bot.settings import Address, Settings, SettingsError, is_loopback, listen_address, load_settings, networks_of


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for field in Settings.model_fields.values():
        monkeypatch.delenv(str(field.validation_alias), raising=False)
    monkeypatch.chdir(tmp_path)


def test_nothing_needs_to_be_set() -> None:
    settings = load_settings()
    assert settings.database_url == "sqlite:///countersign.db"
    assert settings.address == Address("127.0.0.1", 8080)
    assert not settings.uses_slack


def test_the_environment_and_a_dotenv_file_set_things(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("COUNTERSIGN_LISTEN=127.0.0.1:1\nCOUNTERSIGN_LOG_FORMAT=json\n")
    monkeypatch.setenv("COUNTERSIGN_LISTEN", "127.0.0.1:2")
    settings = load_settings()
    assert settings.address.port == 2
    assert settings.log_format == "json"


def test_what_the_caller_says_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTERSIGN_LISTEN", "127.0.0.1:2")
    assert load_settings(listen="127.0.0.1:3", database_url=None).address.port == 3


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("COUNTERSIGN_LISTEN", "8080", "HOST:PORT"),
        ("COUNTERSIGN_LISTEN", "localhost:99999", "HOST:PORT"),
        ("COUNTERSIGN_DATABASE_URL", "mysql://x/y", "not a database address"),
        ("COUNTERSIGN_LOG_LEVEL", "LOUD", "DEBUG"),
        ("COUNTERSIGN_RATE_LIMIT", "many", "integer"),
        ("SLACK_API_URL", "ftp://x", "http or https"),
        ("SLACK_BOT_TOKEN", "hello", "xoxb-"),
        ("SLACK_APP_TOKEN", "xoxb-1", "xapp-"),
        ("COUNTERSIGN_ENCRYPTION_KEY", "short", "Fernet"),
        ("COUNTERSIGN_SLACK_TEAMS", "T01, example", "'example' is not the id"),
        ("COUNTERSIGN_PUBLIC_URL", "example.com", "http or https"),
    ],
)
def test_a_wrong_value_stops_the_start_with_the_settings_name(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, problem: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as refused:
        load_settings()
    assert refused.value.setting == name
    assert problem in refused.value.problem
    assert refused.value.fix


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"SLACK_BOT_TOKEN": "xoxb-1"}, "SLACK_SIGNING_SECRET"),
        ({"SLACK_SIGNING_SECRET": "s"}, "SLACK_BOT_TOKEN"),
        ({"COUNTERSIGN_DEPLOY_WEBHOOK_URL": "https://example.com"}, "COUNTERSIGN_DEPLOY_WEBHOOK_SECRET"),
    ],
)
def test_settings_that_need_each_other_say_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], missing: str
) -> None:
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as refused:
        load_settings()
    assert refused.value.setting == missing


def test_secrets_are_not_shown() -> None:
    settings = load_settings(slack_bot_token="xoxb-canary", slack_signing_secret="canary")
    assert "canary" not in repr(settings)


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("127.0.0.1:8080", "127.0.0.1", 8080),
        (":9", "0.0.0.0", 9),
        ("[::1]:0", "::1", 0),
        ("localhost:1", "localhost", 1),
    ],
)
def test_addresses_are_read(text: str, host: str, port: int) -> None:
    assert listen_address(text) == Address(host, port)


@pytest.mark.parametrize(
    ("host", "expected"), [("127.0.0.1", True), ("localhost", True), ("::1", True), ("0.0.0.0", False), ("a.b", False)]
)
def test_loopback_hosts_are_told_from_others(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected


@pytest.mark.parametrize(
    ("url", "file"),
    [("sqlite:///a/b.db", Path("a/b.db")), ("sqlite:////a/b.db", Path("/a/b.db")), ("postgresql://h/n", None)],
)
def test_the_development_key_lies_beside_the_database(url: str, file: Path | None) -> None:
    settings = load_settings(database_url=url)
    assert settings.sqlite_file == file
    assert settings.development_key_file.parent == (file.parent if file else Path())


INSTALLING = {
    "slack_client_id": "1.2",
    "slack_client_secret": "secret",
    "encryption_key": "A" * 42 + "E=",
    "public_url": "https://countersign.example.com",
    "slack_signing_secret": "s",
}


def test_several_workspaces_take_five_settings_and_no_bot_token() -> None:
    settings = load_settings(**INSTALLING, slack_teams="T01, E02")
    assert settings.installs
    assert settings.uses_slack
    assert settings.trusted_teams == {"T01", "E02"}
    assert not load_settings().installs


@pytest.mark.parametrize("left_out", sorted(INSTALLING))
def test_what_installing_lacks_is_named(left_out: str) -> None:
    with pytest.raises(SettingsError) as refused:
        load_settings(**{name: value for name, value in INSTALLING.items() if name != left_out})
    assert refused.value.setting == str(Settings.model_fields[left_out].validation_alias)
    assert refused.value.fix


def test_networks_are_read_with_commas_between_them() -> None:
    assert [str(each) for each in networks_of("10.2.0.0/16, 127.0.0.1/32,fd00::/8,")] == [
        "10.2.0.0/16",
        "127.0.0.1/32",
        "fd00::/8",
    ]


@pytest.mark.parametrize("wrong", ["10.2.0.1/16", "everything", "10.2.0.0/33", "localhost"])
def test_what_is_no_network_is_refused_by_the_name_of_the_setting(wrong: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(outbound_networks=wrong)
    assert caught.value.setting == "COUNTERSIGN_OUTBOUND_NETWORKS"
