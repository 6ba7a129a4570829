"""The scopes that the bot's token needs."""

BOT_SCOPES = (
    *("channels:history", "channels:read", "chat:write", "commands", "files:write", "groups:history", "groups:read"),
    *("im:history", "im:write", "usergroups:read", "users:read", "users:read.email"),
)
"""What `manifest.yml` asks for. They stand here as well because an installed program has no manifest beside it."""
