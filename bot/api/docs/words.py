"""The little Markdown that descriptions use: paragraphs and code."""

from __future__ import annotations

import re
from html import escape

_CODE = re.compile(r"`([^`]+)`")


def inline(text: str) -> str:
    """Text with its code marked."""
    return _CODE.sub(r"<code>\1</code>", escape(text, quote=False))


def paragraphs(text: str) -> str:
    """Text with its paragraphs marked."""
    return "".join(f"<p>{inline(' '.join(part.split()))}</p>" for part in text.split("\n\n") if part.strip())
