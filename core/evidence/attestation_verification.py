"""Checking an exported attestation offline: a DSSE envelope, or a Sigstore bundle around one.

The steps, in order; the first that fails ends the examination:

 1. The file is strict JSON: one meaning, no duplicate keys, no floats.
 2. It has exactly the fields of an envelope, or of a bundle of version 0.3 that holds one, with one signature.
 3. The key it names is in the key ring, and a bundle's hint names the same one.
 4. Payload and signature are strict base64.
 5. The signature over the payload with its type (DSSE's pre-authentication encoding) is valid under the key, by the
    key's own algorithm.
 6. The payload is an in-toto statement of a type known here, in its canonical bytes.
 7. The key was in its time of use when the statement was made, and has not been revoked.
 8. The subjects are those that the decision is about, and a decision names the key that signed it.

A verification result repeats little of the decision, so what it says of its subjects is as good as its signature; a
decision is checked against itself. A failure is a value in the report, never an exception.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from core.domain.moment import moment_of
from core.errors import InvalidError
from core.evidence.canonical import canonical, content_hash
from core.evidence.dsse import IN_TOTO, pre_authentication_encoding
from core.evidence.examining import Check, Finding, examined, failed, in_time_of_use, passed, read_strictly
from core.evidence.exports import BUNDLE_TYPE
from core.evidence.keyring import KeyRing
from core.evidence.public_key import PublicKeyRecord
from core.evidence.report import VerificationReport
from core.evidence.signing import signature_is_valid, strict_base64
from core.evidence.statement import PACKET_SUBJECT, RELEASE_DECISION, STATEMENT_TYPE, VERIFICATION_RESULT, subjects
from core.strict_json import strict_json

_STATEMENT_FIELDS = {"_type", "subject", "predicateType", "predicate"}


def is_attestation(source: bytes) -> bool:
    """Whether a file means to be an envelope or a bundle rather than a packet; that proves nothing yet."""
    try:
        document = strict_json(source)
    except InvalidError:
        return False
    return isinstance(document, dict) and bool({"payloadType", "mediaType", "dsseEnvelope"} & document.keys())


def verify_attestation(source: bytes, keys: KeyRing) -> VerificationReport:
    """Examine an exported file against `keys`. Never raises.

    `content` is the decision's content, or the predicate of a verification result.
    """
    examination = _Examination(source, keys)
    steps = examined(examination.checks())
    return VerificationReport(steps, examination.predicate if all(step.ok for step in steps) else None)


def attested_packet(source: bytes) -> tuple[UUID, str, datetime] | None:
    """Id, content hash and time of the packet that an exported file is about; None where it names none.

    They are as good as the file: only one that was verified is to be asked.
    """
    try:
        document = strict_json(source)
        statement = strict_json(strict_base64(document.get("dsseEnvelope", document)["payload"]))
        named, predicate = statement["subject"][-1], statement["predicate"]
        made = predicate["generatedAt" if statement["predicateType"] == RELEASE_DECISION else "timeCreated"]
        packet_id = UUID(named["name"].removeprefix(PACKET_SUBJECT))
        return packet_id, f"sha256:{named['digest']['sha256']}", moment_of(made)
    except (InvalidError, ValueError, LookupError, TypeError, AttributeError):
        return None


class _Examination:
    """One file under examination. Each check leaves behind what the later ones need."""

    envelope: dict[str, Any]
    hint: str | None = None
    key: PublicKeyRecord
    payload: bytes
    signature: bytes
    statement: dict[str, Any]
    predicate: dict[str, Any]

    def __init__(self, source: bytes, keys: KeyRing) -> None:
        self.source = source
        self.keys = keys

    def checks(self) -> tuple[Check, ...]:
        return (
            ("strict JSON", self.strict_json),
            ("known form", self.shape),
            ("known key", self.known_key),
            ("strict base64", self.base64),
            ("signature", self.valid_signature),
            ("known statement", self.known_statement),
            ("key in its time of use", self.time_of_use),
            ("subjects and signing key", self.subjects),
        )

    # 1. The file is strict JSON.
    def strict_json(self) -> Finding:
        self.envelope, finding = read_strictly(self.source)
        return finding

    # 2. It has exactly the fields of an envelope, or of a bundle that holds one, with one signature.
    def shape(self) -> Finding:
        form = "DSSE envelope"
        if isinstance(self.envelope, dict) and "mediaType" in self.envelope:
            form = "Sigstore bundle v0.3"
            if problem := self._unwrap(self.envelope):
                return failed(problem)
        if problem := _misshapen(self.envelope):
            return failed(problem)
        if self.envelope["payloadType"] != IN_TOTO:
            return failed(f"unknown payload type {self.envelope['payloadType']!r}")
        return passed(form)

    def _unwrap(self, bundle: dict[str, Any]) -> str:
        """Take the envelope and the hint out of a bundle; give what is wrong with it."""
        if bundle["mediaType"] != BUNDLE_TYPE:
            return f"unknown media type {bundle['mediaType']!r}"
        if problem := _fields(bundle, "the bundle", {"mediaType", "verificationMaterial", "dsseEnvelope"}):
            return problem
        material = bundle["verificationMaterial"]
        if problem := _fields(material, "verificationMaterial", {"publicKey", "tlogEntries"}):
            return problem
        if material["tlogEntries"] != []:
            return "verificationMaterial.tlogEntries names a log that is not ours"
        if problem := _fields(material["publicKey"], "publicKey", {"hint"}):
            return problem
        self.hint, self.envelope = material["publicKey"]["hint"], bundle["dsseEnvelope"]
        return "" if isinstance(self.hint, str) else "publicKey.hint is not text"

    # 3. The key it names is in the key ring, and a bundle's hint names the same one.
    def known_key(self) -> Finding:
        named = self.envelope["signatures"][0]["keyid"]
        if self.hint is not None and self.hint != named:
            return failed(f"the bundle's hint is {self.hint!r}, but the envelope was signed by {named!r}")
        key = self.keys.get(named)
        if key is None:
            return failed(f"no public key {named!r} among the {len(self.keys)} given")
        self.key = key
        return passed(key.key_ref)

    # 4. Payload and signature are strict base64.
    def base64(self) -> Finding:
        for name, text in (("payload", self.envelope["payload"]), ("signature", self.envelope["signatures"][0]["sig"])):
            try:
                setattr(self, name, strict_base64(text))
            except InvalidError as error:
                return failed(f"{name}: {error.message}")
        return passed(f"{len(self.payload)} bytes signed with {len(self.signature)} bytes of DER")

    # 5. The signature over the payload with its type is valid under the key.
    def valid_signature(self) -> Finding:
        signed = pre_authentication_encoding(self.envelope["payloadType"], self.payload)
        if not signature_is_valid(self.key.public_key, self.signature, signed):
            return failed(f"not made over this payload by {self.key.key_ref}")
        return passed(f"valid, by {self.key.key_ref}, {self.key.algorithm}")

    # 6. The payload is an in-toto statement of a type known here, in its canonical bytes.
    def known_statement(self) -> Finding:
        try:
            statement = strict_json(self.payload, allow_floats=False)
        except InvalidError as error:
            return failed(error.message)
        if problem := _fields(statement, "the statement", _STATEMENT_FIELDS):
            return failed(problem)
        kind = statement["predicateType"]
        if statement["_type"] != STATEMENT_TYPE or kind not in (RELEASE_DECISION, VERIFICATION_RESULT):
            return failed(f"unknown: {statement['_type']!r} about {kind!r}")
        if not isinstance(statement["predicate"], dict):
            return failed("the predicate is not an object")
        self.statement, self.predicate = statement, statement["predicate"]
        return passed(kind) if self._is_canonical() else failed("not in the canonical form of RFC 8785")

    def _is_canonical(self) -> bool:
        """Whether the payload is written as we write it: around the predicate, which may be nested as deep as any."""
        rest = {name: value for name, value in self.statement.items() if name != "predicate"}
        try:
            inner, outer = canonical(self.predicate), canonical({**rest, "predicate": 0})
        except InvalidError:
            return False
        return self.payload == outer.replace(b'"predicate":0', b'"predicate":' + inner, 1)

    # 7. The key was in its time of use when the statement was made, and has not been revoked.
    def time_of_use(self) -> Finding:
        field = "generatedAt" if self.statement["predicateType"] == RELEASE_DECISION else "timeCreated"
        made = self.predicate.get(field)
        return in_time_of_use(self.key, made, field) if isinstance(made, str) else failed(f"{field} is missing")

    # 8. The subjects are those that the decision is about, and a decision names the key that signed it.
    def subjects(self) -> Finding:
        named = self.statement["subject"]
        if not isinstance(named, list) or not named:
            return failed("there is no subject")
        if self.statement["predicateType"] == VERIFICATION_RESULT:
            return passed(f"{len(named)}, as signed")
        signed_by = self.predicate.get("signerKeyRef")
        if signed_by != self.key.key_ref:
            return failed(f"signed by {self.key.key_ref}, but the decision names {signed_by!r}")
        try:
            expected = subjects(self.predicate, content_hash(canonical(self.predicate)))
        except (KeyError, TypeError, AttributeError):
            return failed("the decision does not say which artifacts it is about")
        if named != expected:
            return failed("the subjects are not the artifacts and the packet of the decision")
        return passed(f"the packet and {len(named) - 1} of artifacts")


def _misshapen(envelope: Any) -> str:
    """What is wrong with the outline of an envelope; empty where nothing is."""
    if problem := _fields(envelope, "the envelope", {"payload", "payloadType", "signatures"}):
        return problem
    signatures = envelope["signatures"]
    if not isinstance(signatures, list) or len(signatures) != 1:
        return "there is not exactly one signature"
    if problem := _fields(signatures[0], "the signature", {"keyid", "sig"}):
        return problem
    texts = (envelope["payload"], envelope["payloadType"], *signatures[0].values())
    return "" if all(isinstance(text, str) for text in texts) else "a field of the envelope is not text"


def _fields(thing: Any, name: str, expected: set[str]) -> str:
    """What is wrong with the fields of an object; empty where it has exactly the expected ones."""
    if not isinstance(thing, dict):
        return f"{name} is not an object"
    if missing := sorted(expected - thing.keys()):
        return f"{name} has no {', '.join(missing)}"
    if unknown := sorted(thing.keys() - expected):
        return f"{name} has fields that nothing vouches for: {', '.join(map(repr, unknown))}"
    return ""
