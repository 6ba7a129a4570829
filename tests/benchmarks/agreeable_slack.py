"""A Slack that says yes at once, as often as Slack does: beyond that it answers 429, and what is asked waits its turn.

python -m tests.benchmarks.agreeable_slack PORT
"""

from __future__ import annotations

import sys
import time
from itertools import count

from aiohttp import web

TEAM = "T00000001"
SECONDS = {"chat.postMessage": 1.0, "chat.update": 1.2, "conversations.open": 1.2, "views.publish": 0.6}
"""Between two calls of a method: "one message per second per channel", and 50 or 100 a minute by the method's tier.
https://docs.slack.dev/apis/web-api/rate-limits
"""


def main(port: str) -> None:
    """Answer every method of the Web API, and every response URL."""
    numbers = count(1)
    free_at: dict[str, float] = {}

    async def agree(request: web.Request) -> web.Response:
        await request.read()
        method, now = request.path.rpartition("/")[2], time.monotonic()
        if now < free_at.get(method, 0.0):
            return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": "1"})
        free_at[method] = now + SECONDS.get(method, 0.0)
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
