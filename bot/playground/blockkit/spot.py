"""A place in a JSON document: its value, where it is, and the list that problems go to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Spot:
    """One value and its JSON pointer. Checks note what is wrong and never raise, so that all problems are found."""

    value: Any
    pointer: str
    problems: list[str]

    def wrong(self, message: str) -> None:
        """Note a problem in the words Slack uses."""
        self.problems.append(f"[ERROR] {message} [json-pointer:{self.pointer or '/'}]")

    def key(self, name: str) -> Spot:
        """The place of a field; its value is None where the field is missing."""
        return Spot(self.value.get(name), f"{self.pointer}/{name}", self.problems)

    def has(self, name: str) -> bool:
        """Whether the field is there and not null."""
        return self.value.get(name) is not None

    def items(self) -> Iterator[Spot]:
        """The places of a list's items."""
        for index, item in enumerate(self.value):
            yield Spot(item, f"{self.pointer}/{index}", self.problems)

    def is_object(self) -> bool:
        """Whether this is a JSON object; notes it where not."""
        if isinstance(self.value, dict):
            return True
        self.wrong("must be an object")
        return False

    def is_list(self, low: int, high: int) -> bool:
        """Whether this is a list with `low` to `high` items; notes it where not."""
        if not isinstance(self.value, list):
            self.wrong("must be an array")
            return False
        if len(self.value) < low:
            self.wrong(f"no fewer than {low} items are allowed")
        elif len(self.value) > high:
            self.wrong(f"no more than {high} items allowed [got {len(self.value)}]")
        return True

    def string(self, limit: int, *, low: int = 0) -> bool:
        """Check a string of `low` to `limit` characters."""
        if not isinstance(self.value, str):
            self.wrong("must be a string")
            return False
        if len(self.value) > limit:
            self.wrong(f"must be less than {limit + 1} characters")
        elif len(self.value) < low:
            self.wrong(f"must be more than {low - 1} characters")
        return True

    def optional_string(self, name: str, limit: int) -> None:
        """Check a field that may be missing."""
        if self.has(name):
            self.key(name).string(limit)

    def required(self, *names: str) -> bool:
        """Whether all fields are there; notes each that is missing."""
        missing = [name for name in names if not self.has(name)]
        for name in missing:
            self.wrong(f"missing required field: {name}")
        return not missing

    def boolean(self, name: str) -> None:
        """Check a field that may be missing and is true or false."""
        if self.has(name) and not isinstance(self.value[name], bool):
            self.key(name).wrong("must be a boolean")

    def integer(self, name: str, low: int, high: int) -> None:
        """Check a whole number that may be missing."""
        if not self.has(name):
            return
        number = self.value[name]
        if not isinstance(number, int) or isinstance(number, bool):
            self.key(name).wrong("must be an integer")
        elif not low <= number <= high:
            self.key(name).wrong(f"must be between {low} and {high}")
