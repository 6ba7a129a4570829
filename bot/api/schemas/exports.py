"""Evidence in the forms that other tools read."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from bot.api.schemas.base import Shown, example
from bot.api.schemas.queries import Query
from core.domain.export_format import ExportFormat


class EvidenceQuery(Query):
    """In which form evidence is wanted."""

    format: ExportFormat = Field(
        default=ExportFormat.PACKET,
        description="`packet`: the signed packet. `dsse`: an in-toto statement with the decision, in a DSSE envelope. "
        "`intoto-svr`: an in-toto Simple Verification Result in a DSSE envelope, only of decisions that allow. "
        "`sigstore`: the same envelope as `dsse` in a Sigstore bundle v0.3 with the hint of our public key. "
        "`timestamp`: the answer of a timestamp authority (RFC 3161, DER) over the packet's content, where one is set.",
    )


class DsseSignature(Shown):
    """A signature; `keyid` is the `kid` of its key in `/.well-known/jwks.json`."""

    keyid: str
    sig: str = Field(description="Base64 of DER, over DSSE's pre-authentication encoding.")


class DsseEnvelope(Shown):
    """A DSSE envelope (v1) with an in-toto statement."""

    model_config = example(
        payload="eyJfdHlwZSI6...",
        payloadType="application/vnd.in-toto+json",
        signatures=[{"keyid": "p256-4cW4cXyM0bq1l2dYkq7k5Q", "sig": "MEUCIQDx0m..."}],
    )

    payload: str
    payload_type: Literal["application/vnd.in-toto+json"]
    signatures: list[DsseSignature]


class PublicKeyHint(Shown):
    """Which key to look for: its `kid` in `/.well-known/jwks.json`."""

    hint: str


class BundleMaterial(Shown):
    """What it takes to verify a bundle, beside the key itself."""

    public_key: PublicKeyHint
    tlog_entries: list[Any] = Field(max_length=0)


class SigstoreBundle(Shown):
    """A Sigstore bundle (v0.3) that holds a DSSE envelope. It is in no log of Sigstore's."""

    media_type: Literal["application/vnd.dev.sigstore.bundle.v0.3+json"]
    verification_material: BundleMaterial
    dsse_envelope: DsseEnvelope


class JsonSchema(BaseModel):
    """A JSON Schema (2020-12)."""

    model_config = ConfigDict(extra="allow")

    title: str
