from __future__ import annotations

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from tests.bot.playground.conftest import Kitchen
from tests.bot.playground.kettle import TOKEN
from tests.bot.playground.test_web_api import error_of, post


async def test_a_file_goes_up_in_two_steps_and_is_shared(kitchen: Kitchen) -> None:
    done = await kitchen.client.files_upload_v2(channel="C01", filename="a.json", content="{}", initial_comment="see")
    message = kitchen.slack.messages("#kitchen")[0]
    assert (message.text, kitchen.slack.file(message.files[0])) == ("see", b"{}")
    file = (await kitchen.client.files_info(file=done["file"]["id"]))["file"]
    assert (file["size"], file["filetype"], file["mimetype"]) == (2, "json", "application/json")
    assert file["shares"]["public"]["C01"] == [{"ts": message.ts}]
    async with aiohttp.ClientSession() as session:
        async with session.get(file["url_private"]) as refused:
            assert refused.status == 403
        headers = {"Authorization": f"Bearer {TOKEN}"}
        async with session.get(file["url_private_download"], headers=headers) as got:
            assert await got.read() == b"{}"
            assert got.headers["Content-Disposition"].startswith("attachment")


async def test_what_is_not_uploaded_is_not_there(kitchen: Kitchen, client: AsyncWebClient) -> None:
    begun = await client.files_getUploadURLExternal(filename="../a\r\nb.txt", length=3)
    complete = client.files_completeUploadExternal(files=[{"id": begun["file_id"]}], channel_id="C01")
    assert await error_of(complete) == "file_not_found"
    assert kitchen.ground.workspace.files[begun["file_id"]].name == "..ab.txt"
    path = begun["upload_url"].removeprefix(kitchen.ground.url)
    assert (await post(kitchen, path, data=b"abc"))[:2] == (200, "OK - 3")
    assert (await post(kitchen, path, data=b"other"))[0] == 404
    assert (await post(kitchen, "/upload/v1/F9", data=b"x"))[0] == 404
    elsewhere = client.files_completeUploadExternal(files=[{"id": begun["file_id"]}], channel_id="C02")
    assert await error_of(elsewhere) == "not_in_channel"


async def test_a_file_may_go_up_as_a_form(kitchen: Kitchen, client: AsyncWebClient) -> None:
    begun = await client.files_getUploadURLExternal(filename="a.txt", length=3)
    form = aiohttp.FormData()
    form.add_field("file", b"abc", filename="a.txt")
    await post(kitchen, begun["upload_url"].removeprefix(kitchen.ground.url), data=form)
    assert kitchen.slack.file(begun["file_id"]) == b"abc"


async def test_sizes_and_lists_are_checked(client: AsyncWebClient) -> None:
    assert await error_of(client.files_getUploadURLExternal(filename="a", length=0)) == "invalid_arguments"
    bad = client.api_call("files.completeUploadExternal", params={"files": "[1]"})
    assert await error_of(bad) == "invalid_arguments"
    assert await error_of(client.files_info(file="F9")) == "file_not_found"
