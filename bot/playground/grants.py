"""The tokens that an app holds in one workspace: given at the start or by OAuth, rotated where that is switched on."""

from __future__ import annotations

import secrets

from bot.playground.errors import SlackError
from bot.playground.records import Json


class Grants:
    """Which tokens let the app in.

    With `lives` (seconds) tokens are rotated, as Slack does with `token_rotation_enabled`: each ends, and a refresh
    token gets the next one, once. Tokens do not end by themselves here; `revoke` ends them.
    """

    def __init__(self, token: str = "", *, lives: int | None = None) -> None:  # nosec B107
        self.lives = lives
        self._tokens = {token} if token else set[str]()
        self._refresh = ""

    def admit(self, token: str) -> bool:
        """Whether a token lets the app in."""
        return token in self._tokens

    def issue(self) -> Json:
        """A new token, as `oauth.v2.access` tells of it."""
        kind = "xoxe.xoxb" if self.lives else "xoxb"
        token = f"{kind}-playground-{secrets.token_hex(16)}"
        self._tokens.add(token)
        if self.lives is None:
            return {"access_token": token}
        # Slack's rotated tokens are long.
        self._refresh = f"xoxe-1-{secrets.token_hex(400)}"
        return {"access_token": token, "refresh_token": self._refresh, "expires_in": self.lives}

    def refresh(self, refresh_token: str) -> Json:
        """The next token, for a refresh token that was not used before."""
        if not self._refresh or not secrets.compare_digest(refresh_token.encode(), self._refresh.encode()):
            raise SlackError("invalid_refresh_token")
        return self.issue()

    def holds(self, refresh_token: str) -> bool:
        """Whether a refresh token is of this workspace."""
        return bool(self._refresh) and refresh_token == self._refresh

    def revoke(self) -> None:
        """Nothing lets the app in any more: it was uninstalled."""
        self._tokens.clear()
        self._refresh = ""
