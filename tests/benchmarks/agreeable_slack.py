"""A Slack that says yes to everything at once: no limits, no state.

python -m tests.benchmarks.agreeable_slack PORT
"""

from __future__ import annotations

import sys
from itertools import count

from aiohttp import web

TEAM = "T00000001"


def main(port: str) -> None:
    """Answer every method of the Web API, and every response URL."""
    numbers = count(1)

    async def agree(request: web.Request) -> web.Response:
        await request.read()
        answer = {
            "ok": True,
            "ts": f"1700000000.{next(numbers):06}",
            "channel": "C01",
            "channels": [{"id": "C01", "name": "releases", "is_member": True}],
            "team_id": TEAM,
            "user": {"id": "U01", "team_id": TEAM, "tz": "Europe/Berlin"},
            "permalink": "https://example.slack.com/archives/C01/p1",
            "view": {"id": "V1", "hash": "h"},
        }
        return web.json_response(answer)

    served = web.Application(client_max_size=2**24)
    served.router.add_route("*", "/{any:.*}", agree)
    web.run_app(served, host="127.0.0.1", port=int(port), print=None, access_log=None)


if __name__ == "__main__":
    main(*sys.argv[1:])
