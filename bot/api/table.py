"""The route table: everything that is served, in the order in which the docs page tells it."""

from __future__ import annotations

from bot.api.endpoint import Endpoint
from bot.api.routes import (
    about,
    decisions,
    environments,
    exports,
    freeze_windows,
    groups,
    log,
    people,
    policies,
    promotions,
    releases,
)

ENDPOINTS: tuple[Endpoint, ...] = (
    *promotions.ENDPOINTS,
    *decisions.ENDPOINTS,
    *exports.ENDPOINTS,
    *policies.ENDPOINTS,
    *releases.ENDPOINTS,
    *environments.ENDPOINTS,
    *freeze_windows.ENDPOINTS,
    *groups.ENDPOINTS,
    *people.ENDPOINTS,
    *log.ENDPOINTS,
    *about.ENDPOINTS,
)
