"""A person's hands and eyes for tests, without a browser.

    ground = Playground(seed, bot_url="", signing_secret="s", bot_token="xoxb-1")
    async with serve(ground):
        ground.bot_url = await start_my_bot(slack_api_url=ground.api_url)
        slack = Driver(ground)

        await slack.command("alice", "#releases", "/promote", "shop-1.4 production")
        card = await slack.message("#releases", "shop-1.4")            # waits for a message with these words
        await slack.click("bob", card, "promotion.approve")
        await slack.until(lambda: "approved" in slack.now(card).words)

        await slack.click("carol", card, "promotion.reject")           # the app opens a modal
        await slack.modal_of("carol")                                  # waits for it
        await slack.submit_modal("carol", {"reason": "not on a Friday"})
        await slack.message(slack.dm("alice"), "rejected")

Who and where: people are named by id or handle (`"U01"`, `"alice"`), channels by id or name (`"C01"`,
`"#releases"`); `slack.dm("bob")` is Bob's direct message with the bot. A message is given as its `ts` or as the `Seen`
picture of it: pressing a button on an old picture presses what that person still had on the screen. A modal or App
Home is given as its `Screen` picture.

Deeds (`command, say, click, choose, fill, suggest, submit_modal, close_modal, open_home, shortcut, message_shortcut`)
return when the app has acknowledged; what the app does afterwards is waited for with `message`, `reply`, `whisper`,
`modal_of`, `home_of` or `until`. A deed that nobody could do raises `NoSuchControlError` and says what there is
instead.
"""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from bot.playground import forms
from bot.playground.deeds import controls, dialogs, happenings, words
from bot.playground.deeds.outcome import Outcome, Submission
from bot.playground.delivery import Reply, Sent
from bot.playground.errors import NoSuchControlError
from bot.playground.playground import Playground
from bot.playground.records import Json, Message, Person, View
from bot.playground.seed import PersonSeed
from bot.playground.seen import Screen, Seen
from bot.playground.storm import Storm
from bot.playground.workflow_runs import Run

Found = TypeVar("Found")
Where = str | Seen | Screen

PATIENCE = 30.0


class Driver:
    """Acts as anybody in the workspace of one served playground."""

    def __init__(self, ground: Playground, *, patience: float = PATIENCE) -> None:
        self.ground = ground
        self._patience = patience

    # Deeds

    async def command(self, user: str, channel: str, name: str, text: str = "") -> Outcome:
        """Type a slash command, `await slack.command("alice", "#releases", "/promote", "help")`."""
        return await words.command(self.ground, user, channel, name, text)

    async def say(self, user: str, channel: str, text: str, thread: Where | None = None) -> Seen:
        """Write a message, or a reply in the thread of the message `thread`."""
        thread_ts = None
        if thread is not None:
            parent = self._message(thread)
            thread_ts = parent.thread_ts or parent.ts
        return _picture(await words.say(self.ground, user, channel, text, thread_ts))

    async def click(
        self, user: str, where: Where, action_id: str, *, confirm: bool = True, block_id: str | None = None
    ) -> Outcome:
        """Press a button; `confirm=False` presses Cancel in its confirmation dialog, so nothing is sent."""
        place = self._place(where)
        _, element = forms.find_element(controls.blocks_of(place), action_id, block_id)
        if not confirm:
            if "confirm" not in element:
                raise NoSuchControlError(f"{action_id!r} asks for no confirmation")
            return Outcome("not confirmed")
        return await controls.act(self.ground, user, place, action_id, block_id=block_id)

    async def choose(
        self, user: str, where: Where, action_id: str, entry: Any, *, block_id: str | None = None
    ) -> Outcome:
        """Choose in a menu: an option's value or text, an option from `suggest`, a date, a user id, a list of them."""
        place = self._place(where)
        entry = await self._resolved(user, place, action_id, entry, block_id)
        return await controls.act(self.ground, user, place, action_id, entry, block_id=block_id)

    async def fill(self, user: str, where: Where, values: Mapping[str, Any]) -> None:
        """Fill fields without submitting; values as in `submit_modal`."""
        place = self._place(where)
        for name, entry in values.items():
            controls.enter(self.ground, user, place, name, await self._resolved(user, place, name, entry))

    async def suggest(
        self, user: str, where: Where, action_id: str, query: str = "", *, block_id: str | None = None
    ) -> list[Json]:
        """Type in a type-ahead menu; gives the options offered, groups flattened."""
        return await self._offered(user, self._place(where), action_id, query, block_id)

    async def submit_modal(self, user: str, values: Mapping[str, Any] | None = None) -> Submission:
        """Fill the modal on top and submit it.

        `values` by action id, or the id of the input block: text, an option's value or text, a date, a list. Plain text
        for a type-ahead menu is typed there and the option of that name, or the only one offered, is taken.
        """
        view = dialogs.top(self.ground, user)
        filled = {name: await self._resolved(user, view, name, entry) for name, entry in (values or {}).items()}
        return await dialogs.submit(self.ground, user, filled)

    async def close_modal(self, user: str, *, everything: bool = False) -> Outcome:
        """Press Cancel on the modal on top, or close the whole stack."""
        return await dialogs.close(self.ground, user, everything=everything)

    async def open_home(self, user: str) -> None:
        """Look at the App Home; wait for what the app publishes with `home_of`."""
        happenings.open_home(self.ground, user)
        await self.ground.delivery.settled()

    async def shortcut(self, user: str, callback_id: str) -> Outcome:
        """Choose a global shortcut."""
        return await happenings.shortcut(self.ground, user, callback_id)

    async def message_shortcut(self, user: str, message: Where, callback_id: str) -> Outcome:
        """Choose a shortcut in a message's menu."""
        return await happenings.message_shortcut(self.ground, user, self._message(message), callback_id)

    def start_workflow(self, user: str, workflow_id: str, values: Mapping[str, Any]) -> Run:
        """Use a workflow, with its form filled in; the run shows how it goes on."""
        if wrong := self.ground.workflows.complaints(workflow_id, values):
            raise NoSuchControlError(f"the form says: {wrong}")
        return self.ground.workflows.start(self.ground.workspace.person(user).id, workflow_id, values)

    # What happens to people and the line

    def uninstall(self) -> None:
        """The app is removed from the workspace (`app_uninstalled`)."""
        happenings.uninstall(self.ground)

    def join(self, newcomer: PersonSeed) -> Person:
        """Somebody joins the workspace (`team_join`)."""
        return happenings.join(self.ground, newcomer)

    def change_person(self, user: str, **changes: Any) -> Person:
        """Change somebody: `deleted=True`, `is_restricted=True`, `email="..."` (`user_change`)."""
        return happenings.change_person(self.ground, user, **changes)

    def change_usergroup(self, ref: str, *members: str) -> None:
        """Give a user group other members (`subteam_updated`, `subteam_members_changed`)."""
        happenings.change_usergroup(self.ground, ref, members)

    def archive(self, channel: str, archived: bool = True) -> None:
        """Archive a channel, or bring it back."""
        self.ground.workspace.alter_conversation(channel, is_archived=archived)

    def delete(self, message: Where) -> None:
        """A message is deleted, as an administrator may do with the bot's."""
        self.ground.workspace.remove(self.ground.workspace.find_anywhere(self._message(message).ts))

    def rate_limit(self, method: str = "*", seconds: int = 1, times: int = 1) -> None:
        """Answer the next `times` calls of `method` with 429 and `Retry-After: seconds`."""
        self.ground.weather.rate_limit(method, seconds, times)

    def outage(self, on: bool) -> None:
        """While on, the Web API answers 503 to everything."""
        self.ground.weather.outage(on)

    def storm(self, storm: Storm | None) -> None:
        """Let a share of the calls to the Web API go wrong, until None ends it."""
        self.ground.weather.storm(storm)

    @property
    def sent(self) -> list[Sent]:
        """The deliveries to the app so far, oldest first."""
        return list(self.ground.delivery.sent)

    async def deliver_again(self, sent: Sent) -> Reply:
        """Deliver something once more, freshly signed, as Slack does when in doubt."""
        return await self.ground.delivery.send(sent)

    # Sight

    def messages(self, channel: str, *, viewer: str | None = None) -> list[Seen]:
        """The lasting messages of a channel outside threads, oldest first; with `viewer` also those only they see."""
        place = self.ground.workspace.conversation(channel)
        eyes = self.ground.workspace.person(viewer).id if viewer else ""
        listed = self.ground.workspace.seen_by(eyes, place.id)
        return [_picture(one) for one in listed if one.thread_ts in (None, one.ts) or one.also_in_channel]

    def thread(self, message: Where) -> list[Seen]:
        """The replies to a message, oldest first."""
        parent = self._message(message)
        return [_picture(one) for one in self.ground.workspace.replies(parent.channel, parent.ts)]

    def dm(self, user: str) -> str:
        """The id of the person's direct message with the bot, to be used as a channel."""
        return self.ground.workspace.direct(user, self.ground.seed.bot_user_id).id

    def ephemerals(self, user: str, channel: str | None = None) -> list[Seen]:
        """The messages that only this person sees, everywhere or in one channel, oldest first."""
        person = self.ground.workspace.person(user)
        place = self.ground.workspace.conversation(channel).id if channel else None
        found = [
            one
            for listed in self.ground.workspace.messages.values()
            for one in listed
            if one.ephemeral_to == person.id and place in (None, one.channel)
        ]
        return [_picture(one) for one in sorted(found, key=lambda one: one.ts)]

    def now(self, message: Where) -> Seen:
        """A fresh picture of a message."""
        return _picture(self.ground.workspace.find_anywhere(self._message(message).ts))

    def modal(self, user: str) -> Screen | None:
        """The modal on top of the person's screen."""
        stack = self.modals(user)
        return stack[-1] if stack else None

    def modals(self, user: str) -> list[Screen]:
        """The person's modals, the one on top last."""
        return [_screen(one) for one in self.ground.screens.modals(self.ground.workspace.person(user).id)]

    def home(self, user: str) -> Screen | None:
        """The person's App Home, once the app has published one."""
        home = self.ground.screens.home(self.ground.workspace.person(user).id)
        return _screen(home) if home else None

    def file(self, file_id: str) -> bytes:
        """The content of a file."""
        return self.ground.workspace.files[file_id].content

    # Waiting

    async def until(self, look: Callable[[], Found | None], what: str = "") -> Found:
        """Wait until `look()` gives something true, and give that; raises TimeoutError that says what was missing."""
        deadline = asyncio.get_running_loop().time() + self._patience
        while not (found := look()):
            if asyncio.get_running_loop().time() > deadline:
                raise TimeoutError(f"not within {self._patience} s: {what or 'what the test waits for'}")
            await asyncio.sleep(0.01)
        return found

    async def message(self, channel: str, containing: str = "", *, viewer: str | None = None) -> Seen:
        """Wait for the newest message of a channel with these words in it."""

        def look() -> Seen | None:
            found = [one for one in self.messages(channel, viewer=viewer) if containing in one.words]
            return found[-1] if found else None

        return await self.until(look, f"a message with {containing!r} in {channel}")

    async def reply(self, message: Where, containing: str = "") -> Seen:
        """Wait for a reply in the message's thread with these words in it."""

        def look() -> Seen | None:
            found = [one for one in self.thread(message) if containing in one.words]
            return found[-1] if found else None

        return await self.until(look, f"a reply with {containing!r}")

    async def whisper(self, user: str, containing: str = "") -> Seen:
        """Wait for a message that only this person sees, with these words in it."""

        def look() -> Seen | None:
            found = [one for one in self.ephemerals(user) if containing in one.words]
            return found[-1] if found else None

        return await self.until(look, f"an ephemeral message with {containing!r} to {user}")

    async def modal_of(self, user: str, containing: str = "") -> Screen:
        """Wait for a modal with these words in it."""

        def look() -> Screen | None:
            shown = self.modal(user)
            return shown if shown is not None and containing in shown.words else None

        return await self.until(look, f"a modal with {containing!r} for {user}")

    async def home_of(self, user: str, containing: str = "") -> Screen:
        """Wait for an App Home with these words in it."""

        def look() -> Screen | None:
            shown = self.home(user)
            return shown if shown is not None and containing in shown.words else None

        return await self.until(look, f"an App Home with {containing!r} for {user}")

    async def settled(self) -> None:
        """Wait until all events under way have been taken by the app, or given up."""
        await self.ground.delivery.settled()

    # Finding

    def _message(self, where: Where) -> Message:
        if isinstance(where, Screen):
            raise NoSuchControlError("a modal or App Home is not a message")
        return where.message if isinstance(where, Seen) else self.ground.workspace.find_anywhere(where)

    def _place(self, where: Where) -> Message | View:
        if isinstance(where, Screen):
            return self.ground.screens.find(where.id)
        return self._message(where)

    async def _resolved(
        self, user: str, place: Message | View, name: str, entry: Any, block_id: str | None = None
    ) -> Any:
        """Words for a type-ahead menu become the option of that name."""
        _, element = forms.find_element(controls.blocks_of(place), name, block_id)
        if element["type"] == "multi_external_select":
            return [await self._option(user, place, name, one, block_id) for one in entry or []]
        if element["type"] == "external_select":
            return await self._option(user, place, name, entry, block_id)
        return entry

    async def _option(self, user: str, place: Message | View, name: str, entry: Any, block_id: str | None) -> Any:
        if not isinstance(entry, str):
            return entry
        options = await self._offered(user, place, name, entry, block_id)
        named = [one for one in options if entry in (one["value"], one["text"]["text"])] or options
        if len(named) == 1:
            return named[0]
        texts = [one["text"]["text"] for one in options]
        raise NoSuchControlError(f"typing {entry!r} in {name!r} offers {texts}; pass one of the options of suggest()")

    async def _offered(
        self, user: str, place: Message | View, name: str, query: str, block_id: str | None
    ) -> list[Json]:
        outcome, groups = await controls.suggest(self.ground, user, place, name, query, block_id=block_id)
        if not outcome.ok:
            raise NoSuchControlError(f"the app offered nothing in {name!r}: {outcome.error}")
        return [option for group in groups for option in group["options"]]


def _picture(message: Message) -> Seen:
    return Seen(copy.deepcopy(message))


def _screen(view: View) -> Screen:
    return Screen(copy.deepcopy(view))
