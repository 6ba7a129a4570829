from __future__ import annotations

import pytest

from bot.playground import Playground, SlackError
from bot.playground.sight import Sight
from tests.bot.playground.kettle import SECRET, SEED, TOKEN


@pytest.fixture
def ground() -> Playground:
    return Playground(SEED, bot_url="", signing_secret=SECRET, bot_token=TOKEN)


def test_one_sees_what_the_seed_describes(ground: Playground) -> None:
    state = Sight(ground, "alice").everything()
    assert (state["me"], state["team"]["name"], state["app"]["name"]) == ("U01", "Tea Club", "Kettle")
    assert [one["name"] for one in state["commands"]] == ["/tea", "/break"]
    assert {one["kind"] for one in state["shortcuts"]} == {"global", "message"}
    assert state["people"]["U04"]["isGuest"] is True
    assert [one["id"] for one in state["people"].values() if one["example"]] == ["U01", "U02", "U03", "U04"]


def test_mentions_call_and_other_words_do_not(ground: Playground) -> None:
    for text in ("hello", "<@U02> please", "<!channel> all"):
        ground.workspace.post("C01", "U01", text)
    (kitchen,) = [one for one in Sight(ground, "bob").everything()["places"] if one["id"] == "C01"]
    assert (kitchen["unread"], kitchen["calls"]) == (3, 2)
    (kitchen,) = [one for one in Sight(ground, "carol").everything()["places"] if one["id"] == "C01"]
    assert (kitchen["unread"], kitchen["calls"]) == (3, 1)
    assert Sight(ground, "alice").waiting() == {"U01": 0, "U02": 2, "U03": 1, "U04": 1}


def test_what_is_not_for_one_cannot_be_reached(ground: Playground) -> None:
    whisper = ground.workspace.post("C01", SEED.bot_user_id, "psst", ephemeral_to="U02")
    eyes = Sight(ground, "alice")
    assert eyes.messages("C01") == []
    with pytest.raises(SlackError, match="message_not_found"):
        eyes.message("C01", whisper.ts)
    with pytest.raises(SlackError, match="channel_not_found"):
        eyes.messages("C03")
    assert Sight(ground, "bob").messages("C01")[0]["ephemeral"] is True
