"""`dependency-gate`: other components that a release needs are there already.

A version that begins with an operator (`>=2.1,<3`, `~=1.4`) is a range as PEP 440 has it; pre-releases count. Any
other is the exact version, as text or as the same number (`v2.1` is `2.1.0`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, ClassVar

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version
from pydantic import AfterValidator, Field, model_validator

from core.gates.gate import GateContext, GateSettings, Part, Verdict
from core.gates.naming import PARTS_MAX, PartName, require_distinct

_OPERATORS = ("<", ">", "=", "!", "~")


def _wanted(text: str) -> str:
    version = _one_line(text)
    if version.startswith(_OPERATORS):
        try:
            SpecifierSet(version)
        except InvalidSpecifier as error:
            raise ValueError(f"is no range of versions such as >=2.1,<3: {error}") from error
    return version


def _one_line(text: str) -> str:
    version = text.strip()
    if not version or len(version) > 100 or not version.isprintable():
        raise ValueError("is no version, and no range such as >=2.1,<3")
    return version


class Dependency(Part):
    """A component, and which version of it has to be there."""

    component: PartName = Field(description="The component that has to be there.")
    version: Annotated[str, AfterValidator(_wanted)] = Field(
        description="Exactly that version, or a range such as >=2.1,<3 (PEP 440)."
    )


class DependencySettings(GateSettings):
    """What has to run in the target environment."""

    components: Annotated[tuple[Dependency, ...], Field(strict=False, min_length=1, max_length=PARTS_MAX)]

    @model_validator(mode="after")
    def _each_once(self) -> DependencySettings:
        require_distinct(each.component for each in self.components)
        return self


class DependencyGate:
    """Passes where every component named runs in the target environment in a version that fits."""

    name: ClassVar[str] = "dependency-gate"
    summary: ClassVar[str] = "Components that the release needs run in the target environment"
    settings_model = DependencySettings

    def inputs(self, context: GateContext, settings: DependencySettings) -> Mapping[str, Any]:
        """What the target runs of each component."""
        found = ((each.component, context.known.running(each.component)) for each in settings.components)
        return {
            "environmentName": context.target.name,
            "running": [
                {"component": component, "releaseId": str(run.id), "version": run.version}
                if run
                else {"component": component, "releaseId": None, "version": None}
                for component, run in found
            ],
        }

    def judge(self, inputs: Mapping[str, Any], settings: DependencySettings) -> Verdict:
        """Compare each version with the one that is wanted."""
        running = {each["component"]: each["version"] for each in inputs["running"]}
        rows = [
            {
                "component": each.component,
                "wanted": each.version,
                "version": running[each.component],
                "fits": fits(running[each.component], each.version),
            }
            for each in settings.components
        ]
        missing = [_missing(row, inputs["environmentName"]) for row in rows if not row["fits"]]
        there = ", ".join(f"{row['component']} {row['version']}" for row in rows)
        message = "; ".join(missing) or f"{inputs['environmentName']} runs {there}"
        return Verdict(not missing, message, {"components": rows})

    def follows(self, component: str, settings: DependencySettings) -> bool:
        """Whether that component is one of those that are needed."""
        return component in _names(settings.components)


def fits(version: str | None, wanted: str) -> bool:
    """Whether a version is the one that is wanted, or in its range; one that cannot be compared is not."""
    if version is None:
        return False
    if version == wanted:
        return True
    try:
        if wanted.startswith(_OPERATORS):
            return SpecifierSet(wanted).contains(Version(version), prereleases=True)
        return Version(version) == Version(wanted)
    except InvalidVersion:
        return False


def _names(components: Iterable[Dependency]) -> set[str]:
    return {each.component for each in components}


def _missing(row: Mapping[str, Any], environment: str) -> str:
    if row["version"] is None:
        return f"{row['component']} {row['wanted']} is needed, and {environment} runs no {row['component']}"
    return f"{row['component']} {row['wanted']} is needed, and {environment} runs {row['version']}"
