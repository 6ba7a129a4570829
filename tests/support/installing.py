"""A browser that lets the product into workspaces of the playground."""

from __future__ import annotations

from aiohttp import ClientSession, CookieJar
from yarl import URL


class Browser:
    """Somebody's browser: it keeps cookies, and presses what a test says on the page that asks."""

    def __init__(self) -> None:
        self._session = ClientSession(cookie_jar=CookieJar(unsafe=True))

    async def __aenter__(self) -> Browser:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()

    async def begin(self, api_url: str, invite: str = "") -> URL:
        """Open the install page; gives the address of the page of Slack's that asks, or of ours that refuses."""
        async with self._session.get(f"{api_url}/slack/install", params={"invite": invite} if invite else {}) as page:
            return page.url

    async def answer(self, question: URL, team: str) -> URL:
        """Allow it in a workspace, or (without one) cancel; gives the address that Slack sends the browser to."""
        pressed = question.with_path("/oauth/v2/answer").with_query(question.query).update_query(team=team)
        async with self._session.get(pressed, allow_redirects=False) as sent:
            return URL(sent.headers["Location"])

    async def get(self, url: URL) -> tuple[int, str]:
        """Open a page."""
        async with self._session.get(url) as page:
            return page.status, await page.text()

    async def install(self, api_url: str, team: str, invite: str = "") -> tuple[int, str]:
        """The whole way; gives how the last page answers, and its text."""
        question = await self.begin(api_url, invite)
        if question.path != "/oauth/v2/authorize":
            return await self.get(question)
        return await self.get(await self.answer(question, team))
