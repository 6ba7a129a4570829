"""The page in a real browser, against the tiny app."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.bot.playground.conftest import Kitchen
from tests.bot.playground.kettle import mrkdwn
from tests.support.browser import PHONE

if TYPE_CHECKING:
    from playwright.async_api import Page, ViewportSize

WIDE: ViewportSize = {"width": 1400, "height": 900}
NARROW: ViewportSize = {"width": 400, "height": 800}


@pytest.fixture
async def at_home(kitchen: Kitchen, page: Page) -> AsyncIterator[Page]:
    """The page as Alice in the kitchen; complaints of the browser and requests elsewhere fail the test."""
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    page.on("request", lambda one: None if one.url.startswith(kitchen.ground.url) else complaints.append(one.url))
    await page.goto(f"{kitchen.ground.url}/#/U01/C01")
    await page.get_by_label("Message #kitchen").wait_for()
    yield page
    assert complaints == []
    await page.goto("about:blank")


async def shown(page: Page, selector: str, text: str | re.Pattern[str]) -> None:
    await page.locator(selector, has_text=text).first.wait_for()


async def test_a_request_is_made_and_answered_with_the_keyboard_alone(at_home: Page) -> None:
    from playwright.async_api import expect

    keys = at_home.keyboard
    await at_home.get_by_label("Message #kitchen").focus()
    await keys.type("/t")
    await shown(at_home, "[role=option]", "Ask for tea")
    await keys.press("Tab")
    await keys.press("Enter")
    await at_home.get_by_role("dialog", name="Ask for tea").wait_for()
    await keys.type("oo")
    await keys.press("Enter")
    kind = at_home.get_by_role("combobox", name="Choose a tea")
    await expect(kind).to_have_value("Oolong")
    await keys.press("ArrowDown")
    await shown(at_home, "[role=option]", "Rooibos")
    await keys.press("Escape")
    await expect(kind).to_have_value("Oolong")
    await keys.press("Tab")
    await keys.type("it rains")
    await keys.press("Control+Enter")
    await shown(at_home, ".message", "Tea: Oolong")
    assert await at_home.get_by_role("dialog").count() == 0
    boil = at_home.get_by_role("button", name="Boil")
    await boil.focus()
    await keys.press("Enter")
    await at_home.get_by_role("alertdialog", name="Boil it?").wait_for()
    await keys.press("Escape")
    assert await at_home.get_by_role("alertdialog").count() == 0
    assert await boil.evaluate("one => one === document.activeElement")
    await keys.press("Enter")
    await keys.press("Enter")
    await shown(at_home, ".message", "boiled by @Alice Andersson")
    assert await boil.count() == 0


async def test_the_thread_opens_beside_and_its_file_can_be_kept(kitchen: Kitchen, at_home: Page) -> None:
    await kitchen.slack.command("alice", "#kitchen", "/tea", "Assam")
    card = await kitchen.slack.message("#kitchen", "Assam")
    await kitchen.slack.reply(card, "Wanted.")
    await kitchen.slack.click("bob", card, "tea.boil")
    await kitchen.slack.reply(card, "receipt")
    await at_home.get_by_role("button", name="2 replies").click()
    await at_home.get_by_label("Reply…").fill("thanks")
    await at_home.keyboard.press("Enter")
    await shown(at_home, "#replies .message", "thanks")
    assert (await kitchen.slack.reply(card, "thanks")).user == "U01"
    async with at_home.expect_download() as download:
        await at_home.get_by_role("link", name="Download receipt.json").click()
    assert (await (await download.value).path()).read_bytes() == b'{"tea": "Assam", "by": "U02"}'
    await at_home.get_by_label("Reply…").press("Escape")
    await at_home.locator("#thread").wait_for(state="hidden")


async def test_another_person_sees_what_waits_for_them(kitchen: Kitchen, at_home: Page) -> None:
    await kitchen.slack.command("alice", "#kitchen", "/tea", "Assam")
    bob = at_home.get_by_role("radio", name=re.compile("Bob Brown.*1 waiting"))
    await bob.wait_for()
    await at_home.keyboard.press("Alt+2")
    await at_home.get_by_role("button", name=re.compile("Kettle.*1 waiting|Kettle 1")).click()
    await shown(at_home, ".message", "@Alice Andersson wants Assam & biscuits")
    await at_home.get_by_role("radio", name="Bob Brown, keeper of the kettle", exact=True).wait_for()
    await at_home.keyboard.press("Alt+1")
    await at_home.get_by_role("radio", name="Alice Andersson, wants tea", checked=True).wait_for()
    await at_home.get_by_role("radio", checked=True).focus()
    await at_home.keyboard.press("ArrowRight")
    await at_home.get_by_role("radio", name="Bob Brown, keeper of the kettle", checked=True).wait_for()


async def test_a_whisper_is_for_one_person(kitchen: Kitchen, at_home: Page) -> None:
    await kitchen.slack.command("alice", "#kitchen", "/tea", "Assam")
    await at_home.get_by_role("button", name="Pour out").click()
    await shown(at_home, ".message.ephemeral", "Only visible to you")
    await at_home.keyboard.press("Alt+3")
    await at_home.get_by_role("radio", name=re.compile("Carol"), checked=True).wait_for()
    await shown(at_home, ".message", "Tea: Assam")
    assert await at_home.locator(".message.ephemeral").count() == 0


async def test_a_form_says_what_is_wrong_and_holds_the_focus(kitchen: Kitchen, at_home: Page) -> None:
    await kitchen.slack.command("alice", "#kitchen", "/tea")
    dialog = at_home.get_by_role("dialog", name="Ask for tea")
    await dialog.get_by_role("button", name="Ask", exact=True).click()
    await shown(at_home, ".block-input.wrong", "Please complete this required field.")
    await dialog.get_by_role("combobox").fill("assam")
    await at_home.get_by_role("option", name="Assam").click()
    await dialog.get_by_label("Why").fill("coffee")
    await dialog.get_by_role("button", name="Ask", exact=True).click()
    await shown(at_home, ".block-input.wrong", "Coffee is no reason for tea.")
    assert await dialog.get_by_role("combobox").input_value() == "Assam"
    for _ in range(12):
        await at_home.keyboard.press("Tab")
        assert await dialog.evaluate("one => one.contains(document.activeElement)")
    await dialog.get_by_role("button", name="About tea").click()
    await at_home.get_by_role("dialog", name="About tea").wait_for()
    await at_home.keyboard.press("Escape")
    await dialog.wait_for()
    assert await dialog.get_by_label("Why").input_value() == "coffee"
    await at_home.keyboard.press("Escape")
    await dialog.wait_for(state="detached")


async def test_what_fails_is_shown_where_it_failed(kitchen: Kitchen, at_home: Page) -> None:
    await at_home.get_by_label("Message #kitchen").fill("/break error")
    await at_home.keyboard.press("Enter")
    await shown(at_home, ".message.ephemeral", '/break failed with the error "dispatch_failed"')
    await kitchen.slack.command("alice", "#kitchen", "/tea", "Assam")
    kitchen.ground.bot_url = "http://127.0.0.1:9/"
    await at_home.get_by_role("button", name="Pour out").click()
    await at_home.get_by_role("img", name=re.compile("Failed: dispatch_failed")).wait_for()
    await shown(at_home, ".toast", "dispatch_failed")


async def test_the_home_tab_and_the_messages_of_the_app(at_home: Page) -> None:
    await at_home.get_by_role("button", name="Kettle", exact=True).click()
    await shown(at_home, ".home", "Good day, @Alice Andersson.")
    await at_home.get_by_role("tab", name="Messages").click()
    await at_home.get_by_label("Message Kettle").fill("boil")
    await at_home.keyboard.press("Enter")
    await shown(at_home, ".message", "It boils.")


async def test_the_weather_can_be_bad_and_good_again(kitchen: Kitchen, at_home: Page) -> None:
    await at_home.get_by_role("button", name="Weather: fair").click()
    await at_home.get_by_role("menuitemcheckbox", name=re.compile("Outage")).click()
    await at_home.get_by_role("button", name="Weather: Outage").click()
    assert kitchen.ground.weather.is_out
    await at_home.get_by_role("menuitem", name=re.compile("Fair weather")).click()
    await at_home.get_by_role("button", name="Weather: fair").wait_for()
    assert not kitchen.ground.weather.is_out


HOSTILE = [
    "<img src=x onerror=alert(1)> <script>alert(1)</script>",
    "<javascript:alert(1)|click> <data:text/html,x|me>",
    '<https://e.example/"onmouseover="alert(1)|*<b>bold</b>*>',
    "*_~`<@U01>`~_* ``` <script> ``` <!date^1^{evil}|<i>fallback</i>>",
]


async def test_nothing_that_is_written_becomes_markup(kitchen: Kitchen, at_home: Page) -> None:
    for text in HOSTILE:
        blocks = [
            {"type": "section", "text": mrkdwn(text)},
            {"type": "header", "text": {"type": "plain_text", "text": "<b>"}},
        ]
        await kitchen.client.chat_postMessage(channel="C01", text=text)
        await kitchen.client.chat_postMessage(channel="C01", text=text, blocks=blocks)
    await shown(at_home, ".message", "<script>alert(1)</script>")
    await at_home.locator(".message").nth(7).wait_for()
    assert await at_home.locator(".message :is(img, script, b, i)").count() == 0
    links = await at_home.locator(".message .text a").evaluate_all("all => all.map((one) => one.getAttribute('href'))")
    assert all(re.match(r"https://|#/", one) for one in links)


MRKDWN = {
    "*bold* _it_ ~gone~ `code`": "<strong>bold</strong> <em>it</em> <s>gone</s> <code>code</code>",
    "2*3*4 snake_case_name": "2*3*4 snake_case_name",
    "*a <https://e.example|_b_> c*": '<strong>a <a href="https://e.example">_b_</a> c</strong>',
    "&lt;b&gt; &amp;amp;": "&lt;b&gt; &amp;amp;",
    "> one\n&gt; two\nthree": "<blockquote>one<br>two</blockquote>three",
    "a\n```x *y*\nz```\nb": "a<br><pre>x *y*\nz</pre>b",
    "(*bold*), *not\nthis*": "(<strong>bold</strong>), *not<br>this*",
    "<!subteam^S01> <!here>": '<span class="mention">@keepers</span> <span class="mention mine">@here</span>',
    "<!date^0^{date_num} {time}|then>": "<time>1970-01-01 1:00 AM</time>",
    "<!date^0^{oddly}|then &amp; there>": "<time>then &amp; there</time>",
    "see https://e.example/a_b_c.": 'see <a href="https://e.example/a_b_c">https://e.example/a_b_c</a>.',
    "<mailto:a@e.example|write>": '<a href="mailto:a@e.example">write</a>',
    ":nosuchcode: 10:30:00": ":nosuchcode: 10:30:00",
    "``` open": "``` open",
}


async def test_mrkdwn_reads_as_slack_reads_it(at_home: Page) -> None:
    render = """async (text) => {
        const { mrkdwn } = await import('/static/js/mrkdwn.js');
        const box = document.createElement('div');
        box.append(...mrkdwn(text));
        for (const name of ['title', 'target', 'rel']) {
            for (const one of box.querySelectorAll(`[${name}]`)) one.removeAttribute(name);
        }
        return box.innerHTML;
    }"""
    rendered = {text: await at_home.evaluate(render, text) for text in MRKDWN}
    assert rendered == MRKDWN


async def test_verbatim_text_links_only_what_is_written_as_a_link(at_home: Page) -> None:
    render = """async (object) => {
        const { text } = await import('/static/js/elements.js');
        const box = document.createElement('div');
        box.append(...text(object));
        return [box.textContent, [...box.querySelectorAll('a')].map((one) => one.getAttribute('href'))];
    }"""
    bare, written = "https://bare.example/a", "https://written.example/b"
    object = {"type": "mrkdwn", "text": f"*{bare}*\n> {bare} <{written}|there>"}
    assert (await at_home.evaluate(render, object))[1] == [bare, bare, written]
    words, links = await at_home.evaluate(render, {**object, "verbatim": True})
    assert links == [written]
    assert words.count(bare) == 2


LONG = "Unbreakable" * 12


def crowded() -> list[dict[str, Any]]:
    return [
        {"type": "header", "text": {"type": "plain_text", "text": LONG[:150]}},
        {"type": "section", "text": mrkdwn(f"`{LONG}` https://e.example/{LONG}"), "fields": [mrkdwn(f"*{LONG}*")] * 4},
        {"type": "context", "elements": [mrkdwn(LONG)] * 3},
        {"type": "section", "text": mrkdwn("مرحبا بالعالم *שלום* " * 20)},
    ]


@pytest.mark.parametrize("viewport", [WIDE, NARROW, PHONE])
async def test_nothing_spills_over_the_window(kitchen: Kitchen, at_home: Page) -> None:
    await kitchen.client.chat_postMessage(channel="C01", text=LONG, blocks=crowded())
    await kitchen.slack.command("alice", "#kitchen", "/tea", LONG[:60])
    await shown(at_home, ".message", "Status")
    fits = """() => [document.scrollingElement, ...document.querySelectorAll('.pane')]
        .every((one) => one.scrollWidth <= one.clientWidth)"""
    assert await at_home.evaluate(fits)
    await at_home.get_by_role("button", name=re.compile("1 reply")).click()
    await shown(at_home, "#replies .message", "Wanted.")
    assert await at_home.evaluate(fits)
    await kitchen.slack.command("alice", "#kitchen", "/tea")
    await at_home.get_by_role("dialog").wait_for()
    assert await at_home.evaluate(fits)


@pytest.mark.parametrize("viewport", [NARROW])
async def test_on_a_phone_the_sidebar_is_a_drawer(at_home: Page) -> None:
    random = at_home.get_by_role("button", name="random")
    assert await random.count() == 0
    await at_home.get_by_role("button", name="Channels and messages").click()
    await random.click()
    await at_home.get_by_label("Message #random").wait_for()
    await at_home.get_by_role("button", name=re.compile("You are Alice")).click()
    await at_home.get_by_role("menuitemcheckbox", name=re.compile("Bob")).click()
    await at_home.get_by_role("button", name=re.compile("You are Bob")).wait_for()


async def test_a_permalink_leads_to_its_channel(kitchen: Kitchen, at_home: Page) -> None:
    sent = await kitchen.client.chat_postMessage(channel="C01", text="look here")
    link = (await kitchen.client.chat_getPermalink(channel="C01", message_ts=sent["ts"]))["permalink"]
    await at_home.goto(str(link))
    await shown(at_home, ".message.flash", "look here")


async def test_messages_are_walked_with_the_arrow_keys(kitchen: Kitchen, at_home: Page) -> None:
    for text in ("one", "two", "three"):
        await kitchen.slack.say("bob" if text == "two" else "carol", "#kitchen", text)
    await shown(at_home, ".message", "three")
    await at_home.get_by_role("log").focus()
    for key in ("ArrowUp", "ArrowUp", "ArrowUp", "ArrowDown", "Enter"):
        await at_home.keyboard.press(key)
    await shown(at_home, "#replies .message", "two")
    await at_home.keyboard.type("a reply")
    await at_home.keyboard.press("Enter")
    await shown(at_home, "#replies .message", "a reply")


async def test_typed_words_are_not_thrown_away_unasked(kitchen: Kitchen, at_home: Page) -> None:
    await kitchen.slack.command("alice", "#kitchen", "/tea")
    dialog = at_home.get_by_role("dialog", name="Ask for tea")
    await dialog.get_by_label("Why").fill("precious")
    await dialog.get_by_role("button", name="Close", exact=True).click()
    await at_home.get_by_role("alertdialog").get_by_role("button", name="Keep").click()
    assert await dialog.get_by_label("Why").input_value() == "precious"
    await dialog.get_by_role("button", name="Close", exact=True).click()
    await at_home.get_by_role("alertdialog").get_by_role("button", name="Discard").click()
    await dialog.wait_for(state="detached")
