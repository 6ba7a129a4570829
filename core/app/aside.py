"""The port for work that takes long and needs nothing but a processor, such as reading a large document."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

T = TypeVar("T")


class Aside(Protocol):
    """Does long work without holding up everybody else."""

    async def __call__(self, work: Callable[[], T]) -> T:
        """Do the work and return what it returns."""
        ...


async def at_once(work: Callable[[], T]) -> T:
    """Do the work where one is, for whoever holds nobody up."""
    return work()
