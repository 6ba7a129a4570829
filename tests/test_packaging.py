"""What is shipped: the lock files, the wheel, the image, the compose file and the commands that the README names.

No container engine runs here: the image's recipe is read and held against what it names, not built.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from typer.main import get_command

from bot.cli.app import app
from bot.settings import Settings
from tests.support.shared_data import ROOT

PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())
DOCKERFILE = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
SETTINGS = {str(field.validation_alias) for field in Settings.model_fields.values()}


def locked(name: str) -> dict[str, str]:
    """Version by distribution, of what a lock file names."""
    pins = re.findall(r"^([a-z0-9-]+)==([^ ;]+)", (ROOT / name).read_text(), re.MULTILINE)
    return {canonicalize_name(distribution): version for distribution, version in pins}


def commands() -> set[str]:
    return set(getattr(get_command(app), "commands"))  # noqa: B009 - click's Group, whichever click typer carries


def instructions(word: str) -> list[str]:
    return re.findall(rf"^{word} (.+)$", DOCKERFILE, re.MULTILINE)


@pytest.mark.parametrize(("lock", "extras"), [("requirements.lock", []), ("requirements-dev.lock", ["dev"])])
def test_the_lock_names_everything_that_is_asked_for(lock: str, extras: list[str]) -> None:
    asked = PROJECT["project"]["dependencies"] + PROJECT["build-system"]["requires"]
    for extra in extras:
        asked = asked + PROJECT["project"]["optional-dependencies"][extra]
    pins = locked(lock)
    wrong = [text for text in asked if not fits(Requirement(text), pins)]
    assert not wrong, "run `./run lock`"


def fits(asked: Requirement, pins: dict[str, str]) -> bool:
    version = pins.get(canonicalize_name(asked.name))
    return version is not None and asked.specifier.contains(version, prereleases=True)


def test_both_locks_agree() -> None:
    everything = locked("requirements-dev.lock")
    assert locked("requirements.lock").items() <= everything.items()


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_each_pin_has_digests_and_nothing_says_where_from(lock: str) -> None:
    text = (ROOT / lock).read_text()
    pins = [block for block in re.split(r"\n(?=[a-z0-9])", text) if "==" in block]
    assert pins
    assert not [block.partition(" ")[0] for block in pins if "--hash=sha256:" not in block]
    assert "://" not in text
    assert "--index" not in text


def test_the_emulator_is_pinned_by_digest() -> None:
    packages = json.loads((ROOT / "tests/support/emulate/package-lock.json").read_text())["packages"]
    others = {name: package for name, package in packages.items() if name}
    assert others["node_modules/emulate"]["version"] == "0.12.2"
    assert all(package["integrity"].startswith("sha512-") and "resolved" not in package for package in others.values())


def test_the_wheel_holds_every_file_of_the_packages(tmp_path: Path) -> None:
    source = tmp_path / "source"
    unwanted = shutil.ignore_patterns("__pycache__", "*.egg-info")
    for package in ("core", "bot"):
        shutil.copytree(ROOT / package, source / package, ignore=unwanted)
    for file in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / file, source)
    command = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", str(tmp_path)]
    subprocess.run([*command, str(source)], check=True, capture_output=True, cwd=tmp_path)
    (wheel,) = tmp_path.glob("*.whl")
    shipped = {name for name in zipfile.ZipFile(wheel).namelist() if not name.partition("/")[0].endswith(".dist-info")}
    files = (path for package in ("core", "bot") for path in (ROOT / package).rglob("*") if path.is_file())
    assert shipped == {path.relative_to(ROOT).as_posix() for path in files if "__pycache__" not in path.parts}


def test_the_image_copies_only_what_exists_and_is_not_ignored() -> None:
    sent = {line[1:].rstrip("/") for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    copied = {name.rstrip("/") for line in instructions("COPY") if "--from" not in line for name in line.split()[:-1]}
    assert copied == sent
    assert all((ROOT / name).exists() for name in copied)


def test_the_image_starts_the_server_as_nobody_special() -> None:
    final = DOCKERFILE.rpartition("\nFROM ")[2]
    assert json.loads(instructions("ENTRYPOINT")[0])[0] in PROJECT["project"]["scripts"]
    assert json.loads(instructions("CMD")[0]) == ["serve"]
    assert re.search(r"^USER (?!root|0)\w+$", final, re.MULTILINE)
    assert "/healthz" in final
    assert not re.search(r"gcc|build-essential|apt-get", final)


def test_image_and_compose_set_only_settings_that_exist() -> None:
    environments = [service.get("environment", {}) for service in COMPOSE["services"].values()]
    named = re.findall(r"\b((?:COUNTERSIGN|SLACK)_\w+)=", DOCKERFILE)
    named += [name for environment in environments for name in environment if not name.startswith("POSTGRES_")]
    assert named
    assert set(named) <= SETTINGS


def test_image_and_compose_run_only_commands_that_exist() -> None:
    run = {service["command"][0] for service in COMPOSE["services"].values() if "command" in service}
    assert run == {"migrate", "serve"}
    assert run <= commands()


def test_compose_waits_for_a_healthy_database_and_its_schema() -> None:
    services = COMPOSE["services"]
    assert services["postgres"]["image"].startswith("postgres:17")
    assert services["postgres"]["healthcheck"]["test"]
    assert services["migrate"]["depends_on"]["postgres"]["condition"] == "service_healthy"
    assert services["countersign"]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
    mounted = {volume.partition(":")[0] for service in services.values() for volume in service.get("volumes", [])}
    assert mounted == set(COMPOSE["volumes"])


def test_compose_holds_no_secret() -> None:
    text = (ROOT / "compose.yaml").read_text()
    secrets = re.findall(r"^\s+\w*(?:PASSWORD|SECRET|TOKEN)\w*: (.+)$", text, re.MULTILINE)
    assert secrets
    assert all(secret.startswith("${") and ":?" in secret for secret in secrets)
    assert not re.search(r"://\w+:(?!\$\{)\w+@", text)


def test_the_readme_shows_the_two_commands() -> None:
    lines = (ROOT / "README.md").read_text().splitlines()
    assert "./run demo" in lines
    assert "./run test" in lines


def test_run_explains_itself_and_refuses_what_it_does_not_know() -> None:
    alone = subprocess.run([ROOT / "run"], capture_output=True, text=True, check=True)
    assert all(f"  {command} " in alone.stdout for command in ("demo", "test", "check", "lock"))
    wrong = subprocess.run([ROOT / "run", "deploy"], capture_output=True, text=True, check=False)
    assert wrong.returncode == 1
    assert "no command 'deploy'" in wrong.stderr
