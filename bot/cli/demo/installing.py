"""Letting the app into another workspace of the playground, as a person with a browser does."""

from __future__ import annotations

from aiohttp import ClientSession, CookieJar


class NotInstalledError(Exception):
    """The way through the two programs' pages did not end well."""


async def install(api_url: str, team: str) -> None:
    """Open the install page, allow it for that workspace, and come back. Raises NotInstalledError.

    Both programs are on loopback, so nothing outside of this machine is met.
    """
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as browser:
        async with browser.get(f"{api_url}/slack/install") as question:
            asked, allow = question.url, question.url.with_path("/oauth/v2/answer").with_query(question.url.query)
            if question.status != 200 or asked.path != "/oauth/v2/authorize":
                raise NotInstalledError(f"the install page answers {question.status}")
        async with browser.get(allow.update_query(team=team)) as end:
            if end.status != 200:
                raise NotInstalledError(f"the app answers {end.status}")
