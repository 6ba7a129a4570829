"""The two pages that somebody sees at the end of an installation, whole and without anything to load."""

from __future__ import annotations

from html import escape

from core.app.installations import Installation
from core.errors import DomainError

_STYLE = """
:root { color-scheme: light dark }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0; display: grid; place-items: center; min-height: 100vh;
  background: Canvas; color: CanvasText }
main { max-width: 32rem; padding: 2rem 1.5rem; box-sizing: border-box; width: 100% }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 1rem }
p { margin: 0 0 1rem; overflow-wrap: anywhere }
code { font-size: .95em }
"""


def installed_page(installation: Installation) -> str:
    """It has worked."""
    what = "organisation" if installation.is_org_wide else "workspace"
    return _page(
        f"Countersign is installed in {installation.name}",
        f"It is at work in this {what} from now on ({installation.team}).",
        "Invite it to the channels that environments name, and type /promote help there. Who may approve is for "
        "Countersign's administrators to say: nobody gains a vote by this.",
    )


def refused_page(error: DomainError) -> str:
    """It has not, and why, and what would work."""
    return _page("Nothing was changed", f"{error.message}.", error.hint)


def _page(title: str, *paragraphs: str) -> str:
    words = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs if paragraph)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>"
        f"<body><main><h1>{escape(title)}</h1>{words}</main></body></html>"
    )
