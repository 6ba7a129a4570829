"""`python -m bot` and the `countersign` command."""

from __future__ import annotations

from bot.cli.app import app


def main() -> None:
    """Run the command line."""
    app(prog_name="countersign")


if __name__ == "__main__":
    main()
