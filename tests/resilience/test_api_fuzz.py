"""Whatever is sent to the running server, by schema or by malice, is answered as documented and harms nobody else.

The server is the real command in a process of its own; its memory is what the system says of it.
"""

from __future__ import annotations

import gzip
import json
import random
import socket
import time
import zlib
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from typing import Any
from uuid import UUID

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import FlakyStrategyDefinition, Unsatisfiable
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.generation.stateful import run_state_machine_as_test
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from tests.resilience.disputed_json import DISPUTED
from tests.resilience.program import HUGE, IDLE_S, MB, NOWHERE, Program, drip, program, send
from tests.support.figures import Figures

__all__ = ["program"]
SEED = 20_261_125
STEPS = 6


class Cases:
    """Counts what was asked and answered, and what schemathesis says of it."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.statuses: Counter[int] = Counter()
        self.wrong: list[str] = []
        self._tokens = [program.tokens[name] for name in ("all", "root", "bob")]

    def headers(self) -> dict[str, str]:
        """Turn by turn those of a program, an administrator and an approver."""
        return {"Authorization": f"Bearer {self._tokens[self.statuses.total() % len(self._tokens)]}"}

    def prepare(self, case: Any) -> None:
        """Put ids that exist where there is any UUID, and leave keys out that stand for another request by chance."""
        case.headers.pop("Idempotency-Key", None)
        kind = case.path.removeprefix("/api/v1/").partition("/")[0]
        if kind in self.program.known and _is_uuid(case.path_parameters.get("id")) and self.statuses.total() % 2:
            case.path_parameters["id"] = self.program.known[kind][-1]
        fields = {"releaseId": "releases", "targetEnvironmentId": "environments", "environmentId": "environments"}
        for field, known in fields.items():
            if isinstance(case.body, dict) and _is_uuid(case.body.get(field)):
                case.body[field] = self.program.known[known][0]

    def look(self, case: Any, answer: Any) -> None:
        """Check an answer against the document: no 5xx, and nothing that it does not say."""
        self.statuses[answer.status_code] += 1
        # What fits the schema may still name a group that is not there, or end before it starts.
        excluded: list[Any] = [positive_data_acceptance]
        if answer.status_code == 413:
            excluded.append(negative_data_rejection)  # refused it is, in a way that the check does not know
        try:
            case.validate_response(answer, excluded_checks=excluded, headers=self.headers())
        except FailureGroup as group:
            # Kept, not raised: played again, the server is another by then, and Hypothesis would call it flaky.
            self.wrong += [f"{case.method} {case.path}: {failure} {failure.message}" for failure in group.exceptions]

    def failures(self) -> int:
        return sum(count for status, count in self.statuses.items() if status >= 500)


def _is_uuid(value: object) -> bool:
    try:
        return isinstance(value, str) and str(UUID(value)) == value.lower()
    except ValueError:
        return False


def chosen(examples: int, **more: Any) -> settings:
    return settings(
        max_examples=examples,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        deadline=None,
        database=None,
        **more,
    )


@pytest.mark.timeout(1800)
def test_whatever_fits_the_document_or_does_not_is_answered_as_it_says(
    program: Program, figures: Figures, short: bool
) -> None:
    cases = Cases(program)
    schema: Any = schemathesis.openapi.from_url(f"{program.url}/api/v1/openapi.json")
    one_by_one(schema, cases, 100 if short else 6_000)
    in_sequences(schema, cases, 150 if short else 10_000)
    told = f"stateful, seed {SEED}, {len(cases.statuses)} different statuses"
    figures.exactly(f"5xx answers in {cases.statuses.total():,} cases", cases.failures(), 0, about=told)
    assert cases.statuses.total() >= (150 if short else 10_000)
    assert cases.wrong == []
    assert {200, 400, 401, 404} <= set(cases.statuses), "the cases got somewhere"
    assert program.errors() == []


def one_by_one(schema: Any, cases: Cases, wanted: int) -> None:
    """Every operation by itself, with what fits its schema and with what does not."""
    operations = [each.ok() for each in schema.get_all_operations()]
    modes = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    each_time = wanted // (2 * len(operations)) or 1
    rounds = [(operation, mode) for operation in operations for mode in modes]
    random.Random(SEED).shuffle(rounds)
    for operation, mode in rounds:
        if cases.statuses.total() >= wanted:
            return

        @seed(SEED)
        @chosen(each_time)
        @given(case=operation.as_strategy(generation_mode=mode))
        def look(case: Any) -> None:
            cases.prepare(case)
            cases.look(case, case.call(base_url=cases.program.url, headers=cases.headers()))

        with suppress(Unsatisfiable):  # nothing breaks the schema of an operation that takes nothing
            look()


def in_sequences(schema: Any, cases: Cases, wanted: int) -> None:
    """Operations after each other, with what one answered in the next, until so many cases were had in all."""
    usual: Any = schema.as_state_machine()

    class Machine(usual):  # type: ignore[misc]
        def get_call_kwargs(self, case: Any) -> dict[str, Any]:
            return {"headers": cases.headers()}

        def before_call(self, case: Any) -> None:
            case.headers.pop("Idempotency-Key", None)

        def validate_response(self, response: Any, case: Any, **_: Any) -> None:
            cases.look(case, response)

    number = SEED
    while cases.statuses.total() < wanted:
        number += 1
        runs = max(1, min(100, (wanted - cases.statuses.total()) // STEPS))
        # What is generated depends on what was answered before, and that is another thing each time.
        with suppress(FlakyStrategyDefinition):
            run_state_machine_as_test(seed(number)(Machine), settings=chosen(runs, stateful_step_count=STEPS))


def test_json_that_parsers_disagree_on_is_one_clear_400(program: Program, figures: Figures) -> None:
    """Three endpoints, because each has models of its own; the same bytes are malformed for all of them."""
    paths = ("/api/v1/promotions", f"/api/v1/promotions/{NOWHERE}/reject", "/api/v1/environments")
    others = []
    for what, (source, place) in DISPUTED.items():
        for path in paths:
            status, raw = send(program, path, source)
            problem = json.loads(raw)
            if (status, problem["code"]) != (400, "invalid_request"):
                others.append((what, path, status))
        _, raw = send(program, paths[0], source)
        problem = json.loads(raw)
        told = f"{problem['detail']} {[each['field'] for each in problem.get('errors', ())]}"
        assert place in told, (what, told)
    about = f"{len(DISPUTED)} kinds on {len(paths)} endpoints; each answer names the place"
    figures.exactly("disputed JSON that is not answered by 400", len(others), 0, about=about)
    assert program.errors() == []


@pytest.mark.timeout(300)
def test_large_bodies_are_refused_before_they_are_held(program: Program, figures: Figures, short: bool) -> None:
    before = program.peak()
    ok = {"name": "x", "reason": "y" * (MB - 100)}
    assert send(program, "/api/v1/promotions", json.dumps(ok).encode())[0] == 400, "it is read, and is no request"

    def announced(_: int) -> int:
        return send(program, "/api/v1/promotions", drip(HUGE), {"Content-Length": str(HUGE)})[0]

    def unannounced(_: int) -> int:
        chunked = {"Transfer-Encoding": "chunked"}
        return send(program, "/api/v1/promotions", drip(8 * MB if short else HUGE), chunked, chunked=True)[0]

    begun = time.monotonic()
    assert announced(0) == 413
    assert time.monotonic() - begun < 20, "not after 100 MB"
    with ThreadPoolExecutor(10) as pool:
        assert {*pool.map(announced, range(10)), *pool.map(unannounced, range(10))} == {413}
    grown = program.peak() - before
    figures.at_most("memory that 20 bodies of 100 MB take", grown, 64, "MiB", "ten at once, announced and not")
    assert program.readyz() < 5


def bombs() -> Iterator[tuple[str, bytes]]:
    """A little that unfolds to 100 MB."""
    packed = gzip.compress(b" " * HUGE, 9)
    yield "gzip", packed
    yield "deflate", zlib.compress(b" " * HUGE, 9)
    yield "gzip, gzip", gzip.compress(packed, 9)
    yield "br", b"\x5b\xff\xff\x07\x00\x8c\x25\xd9" * 100
    yield "zstd", b"\x28\xb5\x2f\xfd" + b"\x00" * 100
    yield "identity, gzip", packed
    yield "gzip", b"not packed at all"
    yield "gzip", packed[: len(packed) // 2]


def test_what_unfolds_is_measured_unfolded(program: Program, figures: Figures) -> None:
    before = program.peak()
    for encoding, packed in bombs():
        status, raw = send(program, "/api/v1/promotions", packed, {"Content-Encoding": encoding})
        assert status in {400, 413}, (encoding, status, raw)
    figures.at_most("memory that bodies unfolding to 100 MB take", program.peak() - before, 64, "MiB")
    assert program.errors() == []


def opened(program: Program, sent: bytes = b"") -> socket.socket:
    made = socket.create_connection(("127.0.0.1", program.port), timeout=60)
    made.sendall(sent)
    return made


def closes(connection: socket.socket) -> float:
    """The seconds until the server closes; what it answers before is read and left."""
    begun = time.monotonic()
    try:
        while connection.recv(65_536):
            assert time.monotonic() - begun < 60, "it goes on and on"
    except ConnectionResetError:
        return time.monotonic() - begun
    return time.monotonic() - begun


@pytest.mark.timeout(300)
@pytest.mark.parametrize("path", ["/api/v1/promotions", "/slack/events"])
def test_slow_clients_are_let_go_of_and_others_served_meanwhile(program: Program, figures: Figures, path: str) -> None:
    head = f"POST {path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {program.tokens['all']}\r\n".encode()
    body = head + b'Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"reason"'
    with ExitStack() as stack:
        slow = [opened(program, sent) for sent in (head + b"X-Slow: ", body) for _ in range(50)]
        for each in slow:
            stack.enter_context(each)
        longest = 0.0
        for _ in range(4):
            longest = max(longest, program.readyz())
            for each in slow:
                each.sendall(b"x")
            time.sleep(IDLE_S / 8)
        with ThreadPoolExecutor(len(slow)) as pool:
            waited = max(pool.map(closes, slow))
    about = "50 dripping headers and 50 dripping bodies"
    figures.at_most(f"/readyz beside slow clients of {path}", longest, 1, "s", about, noise=5)
    allowed = f"allowed are {IDLE_S} s"
    figures.at_most(f"slow clients of {path} are gone after", waited, 3 * IDLE_S, "s", allowed, noise=5)
    assert program.errors() == []


@pytest.mark.timeout(300)
def test_a_thousand_idle_connections_cost_little(program: Program, figures: Figures) -> None:
    before = program.memory()
    with ExitStack() as stack:
        for _ in range(1000):
            stack.enter_context(opened(program))
        ready = program.readyz()
        held = program.memory() - before
        figures.at_most("/readyz beside 1,000 idle connections", ready, 1, "s", noise=5)
        figures.at_most("memory under 1,000 idle connections", held, 64, "MiB", f"on top of {before:.0f} MiB")
    until = time.monotonic() + 60
    while program.connections() > 100:
        assert time.monotonic() < until, "they are never let go of"
        time.sleep(0.2)
