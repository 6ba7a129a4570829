"""auth.*, team.*, bots.*, users.*, usergroups.*: who there is."""

from __future__ import annotations

from bot.playground.deeds.happenings import usergroup_shape
from bot.playground.errors import SlackError
from bot.playground.methods.call import Call, Method
from bot.playground.records import Json
from bot.playground.shapes import bot_profile


def _auth_test(call: Call) -> Json:
    seed = call.ground.seed
    return {
        "url": f"{call.ground.url}/",
        "team": seed.team_name,
        "user": seed.bot_name,
        "team_id": seed.team_id,
        "user_id": seed.bot_user_id,
        "bot_id": seed.bot_id,
        "is_enterprise_install": False,
    }


def _auth_revoke(call: Call) -> Json:
    call.ground.grants.revoke()
    return {"revoked": True}


def _api_test(call: Call) -> Json:
    return {"args": {name: value for name, value in call.arguments.items() if name != "token"}}


def _team_info(call: Call) -> Json:
    seed = call.ground.seed
    team = {
        "id": seed.team_id,
        "name": seed.team_name,
        "domain": seed.team_domain,
        "url": f"{call.ground.url}/",
        "email_domain": "",
        "icon": {"image_default": True},
    }
    return {"team": team}


def _bots_info(call: Call) -> Json:
    if call.text("bot", call.ground.seed.bot_id) != call.ground.seed.bot_id:
        raise SlackError("bot_not_found")
    return {"bot": bot_profile(call.workspace)}


def _users_info(call: Call) -> Json:
    return {"user": call.person().shape()}


def _users_list(call: Call) -> Json:
    # Slack lists Connect strangers to users.info only, by id.
    members = [one.shape() for one in call.workspace.people.values() if not one.is_stranger]
    page, metadata = call.page(members)
    return {"members": page, "cache_ts": call.workspace.now(), "response_metadata": metadata}


def _users_by_email(call: Call) -> Json:
    email = call.needed("email").lower()
    for person in call.workspace.people.values():
        if person.email.lower() == email and not person.deleted and not person.is_stranger:
            return {"user": person.shape()}
    raise SlackError("users_not_found")


def _usergroups_list(call: Call) -> Json:
    with_users = call.flag("include_users")
    groups = call.workspace.usergroups.values()
    return {"usergroups": [usergroup_shape(call.ground, one, with_users=with_users) for one in groups]}


def _usergroup_users(call: Call) -> Json:
    group = call.workspace.usergroups.get(call.needed("usergroup"))
    if group is None:
        raise SlackError("no_such_subteam")
    return {"users": list(group.members)}


def _no_socket_mode(_: Call) -> Json:
    # Socket Mode needs a real workspace; the playground sends HTTP.
    raise SlackError("not_allowed_token_type")


METHODS = {
    "auth.test": Method(_auth_test),
    "auth.revoke": Method(_auth_revoke),
    "api.test": Method(_api_test),
    "team.info": Method(_team_info, ("team:read",)),
    "bots.info": Method(_bots_info, ("users:read",)),
    "users.info": Method(_users_info, ("users:read",)),
    "users.list": Method(_users_list, ("users:read",)),
    "users.lookupByEmail": Method(_users_by_email, ("users:read.email",)),
    "usergroups.list": Method(_usergroups_list, ("usergroups:read",)),
    "usergroups.users.list": Method(_usergroup_users, ("usergroups:read",)),
    "apps.connections.open": Method(_no_socket_mode),
}
