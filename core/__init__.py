"""The rules of Countersign: no network, no database, no clock, no Slack, no HTTP."""
