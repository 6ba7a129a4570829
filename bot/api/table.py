"""The route table: everything that is served, in the order in which the docs page tells it."""

from __future__ import annotations

from bot.api.endpoint import Endpoint
from bot.api.routes import (
    about,
    calendars,
    decisions,
    emergencies,
    environments,
    exports,
    freeze_windows,
    gate_records,
    groups,
    known_exploited,
    log,
    people,
    policies,
    promotions,
    releases,
    scans,
    vex,
    waivers,
)

ENDPOINTS: tuple[Endpoint, ...] = (
    *promotions.ENDPOINTS,
    *emergencies.ENDPOINTS,
    *decisions.ENDPOINTS,
    *gate_records.ENDPOINTS,
    *exports.ENDPOINTS,
    *policies.ENDPOINTS,
    *releases.ENDPOINTS,
    *scans.ENDPOINTS,
    *vex.ENDPOINTS,
    *waivers.ENDPOINTS,
    *known_exploited.ENDPOINTS,
    *environments.ENDPOINTS,
    *freeze_windows.ENDPOINTS,
    *calendars.ENDPOINTS,
    *groups.ENDPOINTS,
    *people.ENDPOINTS,
    *log.ENDPOINTS,
    *about.ENDPOINTS,
)
