from __future__ import annotations

import pytest

from bot.cli.failures import CommandError
from bot.cli.public_keys import keys_from
from bot.gateways.key_files import load_key_file
from tests.bot.cli.conftest import Terminal
from tests.core.evidence.samples import SIGNER, STRANGER


def test_files_are_all_used_and_no_database_is_opened(terminal: Terminal) -> None:
    files = [
        terminal.folder / terminal.write("a.pem", SIGNER.public_key_pem),
        terminal.folder / terminal.write("b.pem", STRANGER.public_key_pem + SIGNER.public_key_pem),
    ]
    source = keys_from([], files)
    assert [key.key_ref for key in source.keys] == [SIGNER.key_ref, STRANGER.key_ref]
    assert not (terminal.folder / "countersign.db").exists()


def test_without_files_the_registry_of_the_database_is_used(
    installed: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COUNTERSIGN_SIGNING_KEY", "key.pem")
    source = keys_from([], [])
    assert source.origin == "the key registry of sqlite:///countersign.db"
    assert [key.key_ref for key in source.keys] == [load_key_file(installed.folder / "key.pem").key_ref]


def test_without_either_it_says_where_keys_are_to_be_had(terminal: Terminal) -> None:
    with pytest.raises(CommandError) as refused:
        keys_from([], [])
    assert "countersign key export" in refused.value.hint
    assert list(terminal.folder.iterdir()) == []
