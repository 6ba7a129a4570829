"""Modals and App Homes: what stands on each person's screen over the messages.

A person has one stack of at most three modals, and one App Home.
"""

from __future__ import annotations

from bot.playground.blockkit import completed, view_problems
from bot.playground.errors import SlackError
from bot.playground.forms import State, initial_state
from bot.playground.records import Json, View
from bot.playground.workspace import Workspace

STACK = 3


class Screens:
    """Every person's modal stack and App Home."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._stacks: dict[str, list[View]] = {}
        self._homes: dict[str, View] = {}
        # What people have entered in the fields of messages, by person and time stamp.
        self.typed: dict[tuple[str, str], State] = {}

    def modals(self, user: str) -> list[View]:
        """The person's modals, the one on top last."""
        return self._stacks.get(user, [])

    def home(self, user: str) -> View | None:
        """The person's App Home, once published."""
        return self._homes.get(user)

    def open(self, user: str, content: Json) -> View:
        """A modal as the person's only one."""
        view = self._made(user, content)
        self._stacks[user] = [view]
        self._tell(user)
        return view

    def push(self, user: str, content: Json) -> View:
        """A modal on top of the person's others."""
        stack = self._stacks.setdefault(user, [])
        if len(stack) >= STACK:
            raise SlackError("push_limit_reached")
        view = self._made(user, content, below=stack[-1] if stack else None)
        stack.append(view)
        self._tell(user)
        return view

    def update(self, view_id: str, external_id: str, content: Json, expected_hash: str = "") -> View:
        """Put other content into a modal or App Home; `expected_hash` guards against overwriting a newer one."""
        view = self.find(view_id, external_id)
        if expected_hash and expected_hash != view.hash:
            raise SlackError("hash_conflict")
        fresh = self._checked(content, str(view.content["type"]), besides=view)
        # What a person has typed into a field stays when the app sends the same field again.
        view.state = initial_state(fresh["blocks"], kept=view.state)
        view.content, view.hash = fresh, self._new_hash()
        self._tell(view.user)
        return view

    def publish(self, user: str, content: Json, expected_hash: str = "") -> View:
        """The person's App Home."""
        home = self._homes.get(user)
        if home is not None:
            return self.update(home.id, "", content, expected_hash)
        self._homes[user] = self._made(user, content, kind="home")
        self._tell(user)
        return self._homes[user]

    def close(self, user: str, *, everything: bool = False) -> list[View]:
        """Close the modal on top, or the whole stack; gives what was closed, from the top down."""
        stack = self._stacks.get(user, [])
        closed = stack[::-1] if everything else stack[-1:]
        self._stacks[user] = [] if everything else stack[:-1]
        self._tell(user)
        return closed

    def drop(self, view: View) -> None:
        """Close one modal, wherever in its stack."""
        self._stacks[view.user] = [one for one in self._stacks.get(view.user, []) if one is not view]
        self._tell(view.user)

    def find(self, view_id: str, external_id: str = "") -> View:
        """A view that stands on somebody's screen."""
        for view in self._all():
            if (view_id and view.id == view_id) or (external_id and view.external_id == external_id):
                return view
        raise SlackError("not_found")

    def _all(self) -> list[View]:
        return [view for stack in self._stacks.values() for view in stack] + list(self._homes.values())

    def _made(self, user: str, content: Json, *, kind: str = "modal", below: View | None = None) -> View:
        fresh = self._checked(content, kind)
        view_id = self._workspace.new_id("V")
        return View(
            view_id,
            user,
            fresh,
            self._new_hash(),
            root_id=below.root_id if below else view_id,
            previous_id=below.id if below else None,
            state=initial_state(fresh["blocks"]),
        )

    def check(self, content: Json, kind: str, besides: View | None = None) -> None:
        """Raise what Slack would say against this content."""
        problems = view_problems(content, kind)
        if problems:
            raise SlackError("invalid_arguments", *problems)
        external_id = content.get("external_id")
        if external_id and any(one.external_id == external_id for one in self._all() if one is not besides):
            raise SlackError("duplicate_external_id")

    def _checked(self, content: Json, kind: str, besides: View | None = None) -> Json:
        self.check(content, kind, besides)
        return content | {"blocks": completed(content["blocks"], lambda: self._workspace.new_id(""))}

    def _new_hash(self) -> str:
        return self._workspace.new_ts() + "." + self._workspace.new_id("h")

    def _tell(self, user: str) -> None:
        self._workspace.hub.publish("screen", user=user)
