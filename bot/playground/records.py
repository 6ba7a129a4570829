"""The things in a workspace, each with the shape Slack shows it in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass
class Person:
    """A member of the workspace, human or bot."""

    id: str
    name: str
    real_name: str
    email: str
    role: str
    tz: str
    team_id: str
    is_admin: bool
    is_restricted: bool
    is_ultra_restricted: bool
    is_stranger: bool
    is_bot: bool
    deleted: bool
    example: bool
    updated: int = 0

    def shape(self) -> Json:
        """Slack's user object."""
        shape: Json = {
            "id": self.id,
            "team_id": self.team_id,
            "name": self.name,
            "deleted": self.deleted,
            "is_bot": self.is_bot,
            "is_app_user": False,
            "updated": self.updated,
            "profile": {
                "real_name": self.real_name,
                "real_name_normalized": self.real_name,
                "display_name": self.name,
                "display_name_normalized": self.name,
                "team": self.team_id,
            },
        }
        # Slack hides the address of strangers, and gives bots and deactivated people no time zone or flags.
        if self.email and not self.is_stranger:
            shape["profile"]["email"] = self.email
        if not self.deleted:
            shape |= {
                "real_name": self.real_name,
                "tz": self.tz,
                "is_admin": self.is_admin,
                "is_owner": False,
                "is_primary_owner": False,
                "is_restricted": self.is_restricted,
                "is_ultra_restricted": self.is_ultra_restricted,
                "is_email_confirmed": bool(self.email),
            }
        if self.is_stranger:
            shape["is_stranger"] = True
        return shape


@dataclass
class Conversation:
    """A channel or a direct message; `members` holds user ids, the bot's too."""

    id: str
    name: str
    members: set[str]
    created: int
    topic: str = ""
    is_private: bool = False
    is_archived: bool = False
    is_im: bool = False
    is_mpim: bool = False

    @property
    def payload_name(self) -> str:
        """The name that interaction payloads carry, which hides those of private conversations."""
        if self.is_im:
            return "directmessage"
        return "privategroup" if self.is_private else self.name

    def shape(self, viewer: str, team_id: str) -> Json:
        """Slack's conversation object as `viewer` sees it."""
        shape: Json = {
            "id": self.id,
            "created": self.created,
            "is_archived": self.is_archived,
            "is_im": self.is_im,
            "is_mpim": self.is_mpim,
            "is_org_shared": False,
            "context_team_id": team_id,
        }
        if self.is_im:
            other = sorted(self.members - {viewer})
            return shape | {"user": other[0] if other else viewer, "is_user_deleted": False}
        return shape | {
            "name": self.name,
            "name_normalized": self.name,
            "is_channel": not self.is_private,
            "is_group": self.is_private,
            "is_private": self.is_private,
            "is_member": viewer in self.members,
            "is_general": False,
            "num_members": len(self.members),
            "topic": {"value": self.topic, "creator": "", "last_set": 0},
            "purpose": {"value": "", "creator": "", "last_set": 0},
        }


@dataclass
class File:
    """An uploaded file; it can be seen where it has been shared."""

    id: str
    name: str
    title: str
    user: str
    created: int
    content: bytes = b""
    mimetype: str = "application/octet-stream"
    shares: dict[str, list[str]] = field(default_factory=dict)

    def shape(self, base_url: str, team_id: str) -> Json:
        """Slack's file object."""
        place = f"{base_url}/files-pri/{team_id}-{self.id}"
        suffix = self.name.rsplit(".", 1)[-1].lower() if "." in self.name else "binary"
        return {
            "id": self.id,
            "created": self.created,
            "timestamp": self.created,
            "name": self.name,
            "title": self.title or self.name,
            "mimetype": self.mimetype,
            "filetype": suffix,
            "pretty_type": suffix.upper(),
            "user": self.user,
            "size": len(self.content),
            "mode": "hosted",
            "is_external": False,
            "is_public": False,
            "url_private": f"{place}/{self.name}",
            "url_private_download": f"{place}/download/{self.name}",
            "channels": sorted(self.shares),
        }


@dataclass
class Message:
    """A message; `ephemeral_to` names the only person who sees it."""

    ts: str
    channel: str
    user: str
    text: str
    from_bot: bool
    blocks: list[Json] = field(default_factory=list)
    thread_ts: str | None = None
    also_in_channel: bool = False
    metadata: Json | None = None
    ephemeral_to: str | None = None
    edited_ts: str | None = None
    files: list[str] = field(default_factory=list)


@dataclass
class View:
    """A modal or an App Home as Slack keeps it: the app's own fields in `content`, the rest is Slack's."""

    id: str
    user: str
    content: Json
    hash: str
    root_id: str
    previous_id: str | None = None
    state: Json = field(default_factory=dict)

    @property
    def external_id(self) -> str:
        """The app's own id for the view, empty where it has none."""
        return str(self.content.get("external_id") or "")
