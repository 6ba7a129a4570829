"""The forms in which the evidence of a decision can be had."""

from __future__ import annotations

from enum import StrEnum


class ExportFormat(StrEnum):
    """A form of evidence, as it is asked for by name."""

    PACKET = "packet"
    """The signed packet itself."""
    DSSE = "dsse"
    """An in-toto statement with the whole decision, in a DSSE envelope."""
    INTOTO_SVR = "intoto-svr"
    """An in-toto Simple Verification Result in a DSSE envelope; only of decisions that allow."""
    SIGSTORE = "sigstore"
    """The same envelope as `dsse` in a Sigstore bundle."""
    TIMESTAMP = "timestamp"
    """The answer of a timestamp authority over the packet's content (RFC 3161); only where one is set."""
