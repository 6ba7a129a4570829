#!/usr/bin/env python3
"""Verify Countersign evidence with nothing but this file, Python 3.11 or newer, and the `cryptography` package.

    python3 verify_evidence.py FILE... --keys jwks.json

FILE is an evidence packet, a DSSE envelope with an in-toto statement, or a Sigstore bundle. The keys are a JWKS (what
/.well-known/jwks.json serves, with times of use and revocations) or public keys in PEM (without). Exit code 0: every
file holds; 1: one does not, and why is said. What a file says of itself chooses no algorithm and no key but by name.
"""

import base64
import hashlib
import json
import re
from argparse import ArgumentParser
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key

Keys = dict[str, tuple[ec.EllipticCurvePublicKey, dict[str, Any]]]
OUTER = ("id", "type", "version", "signerKeyRef", "generatedAt")
STATEMENT, IN_TOTO = "https://in-toto.io/Statement/v1", "application/vnd.in-toto+json"
DECISION, RESULT = "urn:countersign:release-decision/v1", "https://in-toto.io/attestation/svr/v0.1"
BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json"
MOMENT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z"


class RefusedError(Exception):
    """Why a file is not believed."""


def require(holds: object, reason: str) -> None:
    if not holds:
        raise RefusedError(reason)


def strict_json(source: bytes) -> Any:
    """Read JSON that has one meaning: UTF-8, no key twice, integers within 2^53 as the only numbers."""

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        require(len(dict(pairs)) == len(pairs), "a key is there twice")
        return dict(pairs)

    def number(text: str) -> int:
        require(re.fullmatch(r"-?\d{1,16}", text) and abs(int(text)) < 2**53, f"{text[:20]} is no integer within 2^53")
        return int(text)

    hooks: Any = {"parse_int": number, "parse_float": number, "parse_constant": number}
    try:
        tree = json.loads(source.decode(), object_pairs_hook=members, **hooks)
        json.dumps(tree, ensure_ascii=False).encode()  # half a surrogate pair cannot be written
    except (ValueError, RecursionError) as error:
        raise RefusedError(f"not JSON: {error}") from None
    return tree


def canonical(value: object) -> bytes:
    """Write JSON as RFC 8785 does: keys by UTF-16 code units, no blanks, the shortest escapes."""

    def ordered(part: Any) -> Any:
        if isinstance(part, dict):
            return {key: ordered(part[key]) for key in sorted(part, key=lambda key: key.encode("utf-16-be"))}
        return [ordered(item) for item in part] if isinstance(part, list) else part

    return json.dumps(ordered(value), ensure_ascii=False, separators=(",", ":")).encode()


def unbase64(text: str) -> bytes:
    """Decode standard base64 in its one spelling."""
    try:
        decoded = base64.b64decode(text, validate=True)
    except ValueError:
        raise RefusedError("not base64") from None
    require(base64.b64encode(decoded).decode() == text, "not strict base64")
    return decoded


def shaped(thing: Any, *fields: str) -> list[Any]:
    """Require an object with exactly these fields, and give their values."""
    require(isinstance(thing, dict) and thing.keys() == set(fields), f"not exactly the fields {', '.join(fields)}")
    return [thing[field] for field in fields]


def key_name(key: Any) -> str:
    """Name a P-256 key by the beginning of its RFC 7638 thumbprint."""
    require(isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name == "secp256r1", "a key is not on P-256")
    point = key.public_numbers()
    x, y = (base64.urlsafe_b64encode(each.to_bytes(32)).rstrip(b"=").decode() for each in (point.x, point.y))
    thumbprint = hashlib.sha256(f'{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}'.encode()).digest()
    return "p256-" + base64.urlsafe_b64encode(thumbprint).decode()[:22]


def load_keys(source: bytes) -> Keys:
    """Read a JWKS or PEM: keys by their own name, each with what the JWKS says of its use."""
    keys: Keys = {}
    if not source.lstrip().startswith(b"{"):
        blocks = re.findall(rb"-----BEGIN PUBLIC KEY-----.*?-----END PUBLIC KEY-----", source, re.DOTALL)
        found: Any = map(load_pem_public_key, blocks)
        return {key_name(key): (key, {}) for key in found}
    for jwk in strict_json(source)["keys"]:
        x, y = (int.from_bytes(base64.urlsafe_b64decode(jwk[name] + "=")) for name in ("x", "y"))
        key = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
        require(jwk["kid"] == key_name(key) and jwk["kid"] not in keys, "a key stands under a name not its own")
        keys[jwk["kid"]] = (key, jwk)
    return keys


def check_signature(keys: Keys, name: str, made: str, signature: str, signed: bytes) -> None:
    """Check strict DER of ECDSA P-256 with SHA-256, by a key in its time of use that has not been revoked since."""
    require(name in keys, f"there is no public key {str(name)[:60]!r}")
    require(re.fullmatch(MOMENT, made, re.ASCII), "the time is not as it is signed")
    (key, use), made_at = keys[name], datetime.fromisoformat(made)
    require("revoked" not in use, f"the key {name} was revoked")
    require(made_at >= datetime.fromtimestamp(use.get("nbf", 0), UTC), f"made before the use of key {name} began")
    require(made_at < datetime.fromtimestamp(use.get("exp", 2**37), UTC), f"made after the use of key {name} ended")
    try:
        key.verify(unbase64(signature), signed, ec.ECDSA(SHA256()))
    except InvalidSignature:
        raise RefusedError("the signature does not hold") from None


def verify_packet(packet: Any, keys: Keys) -> dict[str, Any]:
    """Check an evidence packet; gives its content."""
    shaped(packet, *OUTER, "content", "contentHash", "signature", "signatureAlgorithm")
    content: dict[str, Any] = packet["content"]
    require(packet["signatureAlgorithm"] == "ECDSA-P256-SHA256", "another algorithm than the key is for")
    require((packet["type"], packet["version"]) == ("release_decision", "1.0"), "an unknown type or version")
    signed = canonical(content)
    require(packet["contentHash"] == "sha256:" + hashlib.sha256(signed).hexdigest(), "the content hash does not hold")
    check_signature(keys, packet["signerKeyRef"], packet["generatedAt"], packet["signature"], signed)
    for name in OUTER:
        require(packet[name] == content.get("packetId" if name == "id" else name), f"{name} is not as it was signed")
    return content


def verify_envelope(envelope: Any, keys: Keys, hint: str | None = None) -> dict[str, Any]:
    """Check a DSSE envelope with an in-toto statement; gives the decision, or the verification result."""
    encoded, kind, signatures = shaped(envelope, "payload", "payloadType", "signatures")
    require(kind == IN_TOTO and isinstance(signatures, list) and len(signatures) == 1, "not one signed statement")
    name, signature = shaped(signatures[0], "keyid", "sig")
    require(hint in (None, name), "the bundle's hint is not the key that signed")
    payload = unbase64(encoded)
    statement = strict_json(payload)
    form, subject, about, said = shaped(statement, "_type", "subject", "predicateType", "predicate")
    require(form == STATEMENT and about in (DECISION, RESULT), "an unknown statement")
    require(canonical(statement) == payload, "not in the form of RFC 8785")
    signed = b"DSSEv1 %d %b %d %b" % (len(kind), kind.encode(), len(payload), payload)
    check_signature(keys, name, said["generatedAt" if about == DECISION else "timeCreated"], signature, signed)
    if about == DECISION:
        require(said["signerKeyRef"] == name, "the decision names another key")
        named = [(artifact["name"], artifact["digest"]) for artifact in said["release"]["artifacts"]]
        named.append((f"evidence-packet/{said['packetId']}", "sha256:" + hashlib.sha256(canonical(said)).hexdigest()))
        expected = [{"name": each, "digest": dict([value.split(":")])} for each, value in named]
        require(subject == expected, "the subjects are not those of the decision")
    return dict(said)


def verify(source: bytes, keys: Keys) -> dict[str, Any]:
    """Check a file of whichever kind; gives what was signed. Raises RefusedError."""
    document = strict_json(source)
    try:
        if "mediaType" in document:
            media, material, envelope = shaped(document, "mediaType", "verificationMaterial", "dsseEnvelope")
            public_key, entries = shaped(material, "publicKey", "tlogEntries")
            (hint,) = shaped(public_key, "hint")
            require(media == BUNDLE and entries == [] and isinstance(hint, str), "not a bundle v0.3 with a key's hint")
            return verify_envelope(envelope, keys, hint)
        return verify_envelope(document, keys) if "payloadType" in document else verify_packet(document, keys)
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError) as error:
        raise RefusedError(f"not made as a file of its kind is: {error!r}") from None


def main() -> None:
    parser = ArgumentParser(description="Verify Countersign evidence.")
    parser.add_argument("files", nargs="+", metavar="FILE", type=Path)
    parser.add_argument("--keys", required=True, metavar="FILE", type=Path, help="a JWKS, or public keys in PEM")
    asked = parser.parse_args()
    keys, failed = load_keys(asked.keys.read_bytes()), False
    for file in asked.files:
        try:
            said = verify(file.read_bytes(), keys)
            what = said.get("properties") or [said["promotion"]["decision"], said["release"]["name"]]
            print("VALID", file, *what, *(["to", said["environments"]["target"]["name"]] if "release" in said else []))
        except RefusedError as error:
            failed = True
            print("NOT VALID", file, error)
    raise SystemExit(failed)


if __name__ == "__main__":
    main()
