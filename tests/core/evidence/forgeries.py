"""What a forger, or a careless copy, may make of evidence: one table that every verifier is held against.

Each case is a file, the keys that a verifier has, and whether it holds.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from core.domain.export_format import ExportFormat
from core.evidence.canonical import canonical
from core.evidence.dsse import IN_TOTO, pre_authentication_encoding
from core.evidence.keyring import KeyRing
from core.evidence.signing import LocalSigner
from tests.core.evidence.decisions import FORMS, document, file_of
from tests.core.evidence.samples import SIGNER, STRANGER, forged, record, ring
from tests.core.evidence.test_signing import second_form
from tests.support.clock import MORNING

SECOND = timedelta(seconds=1)
BOTH = ring(SIGNER, STRANGER)
_TIMES = {"generatedAt", "timeCreated"}


@dataclass(frozen=True)
class Case:
    name: str
    file: bytes
    keys: KeyRing
    holds: bool = False


def cases() -> list[Case]:
    found = [*_of_every_form(), *_of_packets(), *_of_envelopes(), *_of_bundles()]
    assert len({case.name for case in found}) == len(found)
    return found


def _of_every_form() -> Iterator[Case]:
    for form in FORMS:
        file = file_of(form)
        yield Case(f"{form}: as it was signed", file, ring(), holds=True)
        yield Case(f"{form}: laid out otherwise", json.dumps(json.loads(file), indent=7).encode(), ring(), holds=True)
        yield Case(f"{form}: within the key's time", file, within(MORNING, MORNING + SECOND), holds=True)
        yield Case(f"{form}: before the key's time", file, within(MORNING + SECOND, None))
        yield Case(f"{form}: at the key's end", file, within(None, MORNING))
        yield Case(f"{form}: by a revoked key", file, KeyRing([record(revoked_at=MORNING + SECOND)]))
        yield Case(f"{form}: by a key that nobody knows", file, ring(STRANGER))
        yield Case(f"{form}: by a key that nobody vouches for", file_of(form, STRANGER), ring())
        yield Case(f"{form}: second form of the signature", resigned(file), ring(), holds=True)
        yield Case(
            f"{form}: base64 with a line break", respelled(file, lambda text: text[:8] + "\\n" + text[8:]), ring()
        )
        yield Case(f"{form}: base64 with too much padding", respelled(file, lambda text: text + "="), ring())
        yield Case(f"{form}: base64 with the URL alphabet", respelled(file, lambda text: "-" + text[1:]), ring())
        yield Case(f"{form}: signature of nothing", respelled(file, lambda text: ""), ring())
        yield Case(f"{form}: a duplicate key", file.replace(b"{", b'{"payloadType": "", ', 1), ring())
        yield Case(f"{form}: another file behind it", file + b"{}", ring())
        yield Case(f"{form}: cut short", file[:-4], ring())
        yield Case(f"{form}: a field that nothing vouches for", file.replace(b"{", b'{"approvedBy": "me", ', 1), ring())
        yield Case(f"{form}: a byte order mark", b"\xef\xbb\xbf" + file, ring())
        yield Case(f"{form}: no object", b"[" + file + b"]", ring())


def _of_packets() -> Iterator[Case]:
    packet = document(ExportFormat.PACKET)
    content = packet["content"]
    for name, change in {
        "another algorithm": {"signatureAlgorithm": "none"},
        "another id": {"id": content["promotion"]["id"]},
        "another time": {"generatedAt": "2026-03-02T09:00:01Z"},
        "another hash": {"contentHash": "sha256:" + "0" * 64},
        "another version": {"version": "1.1"},
        "a changed decision": {"content": {**content, "gates": []}},
        "a substituted key": {"signerKeyRef": STRANGER.key_ref},
        "content that is a list": {"content": [content]},
    }.items():
        yield Case(f"packet: {name}", json.dumps(packet | change).encode(), BOTH)
    for name, field, value in (
        ("an unknown type, well signed", "type", "release_rumour"),
        ("a time in another spelling, well signed", "generatedAt", "2026-03-02T10:00:00+01:00"),
    ):
        yield Case(f"packet: {name}", forged({"id": packet["id"], field: value}, content | {field: value}), ring())
    float_for_integer = file_of(ExportFormat.PACKET).replace(b'"requiredApprovals":2', b'"requiredApprovals":2.0')
    yield Case("packet: a float for an integer", float_for_integer, ring())
    inner = file_of(ExportFormat.PACKET).replace(b'"status":"approved"', b'"status":"rejected","status":"approved"')
    yield Case("packet: a duplicate key inside", inner, ring())


def _of_envelopes() -> Iterator[Case]:
    for form in (ExportFormat.DSSE, ExportFormat.INTOTO_SVR):
        envelope = document(form)
        statement = json.loads(base64.b64decode(envelope["payload"]))
        signature = envelope["signatures"][0]
        signed = {"payloadType": IN_TOTO, "signatures": [signature, signature]}
        yield Case(f"{form}: signed twice", json.dumps(envelope | signed).encode(), ring())
        yield Case(f"{form}: not signed", json.dumps(envelope | {"signatures": []}).encode(), ring())
        yield Case(
            f"{form}: another payload type", json.dumps(envelope | {"payloadType": "text/plain"}).encode(), ring()
        )
        named = {"signatures": [{**signature, "keyid": STRANGER.key_ref}]}
        yield Case(f"{form}: a substituted key", json.dumps(envelope | named).encode(), BOTH)
        other = canonical(statement | {"subject": [{"name": "malware", "digest": {"sha256": "00" * 32}}]})
        swapped = envelope | {"payload": base64.b64encode(other).decode()}
        yield Case(f"{form}: another payload under the same signature", json.dumps(swapped).encode(), ring())
        yield Case(f"{form}: no statement", signed_envelope(b'"yes"'), ring())
        yield Case(f"{form}: duplicate keys", signed_envelope(b'{"_type":"", "_type":""}'), ring())
        yield Case(f"{form}: not canonical", signed_envelope(json.dumps(statement).encode()), ring())
        unknown = canonical(statement | {"predicateType": "https://slsa.dev/verification_summary/v1"})
        yield Case(f"{form}: a statement we never make", signed_envelope(unknown), ring())
        said = {key: value for key, value in statement["predicate"].items() if key not in _TIMES}
        yield Case(f"{form}: without a time", signed_envelope(canonical(statement | {"predicate": said})), ring())
        older = canonical(statement | {"_type": "https://in-toto.io/Statement/v0.1"})
        yield Case(f"{form}: an older statement", signed_envelope(older), ring())
    decision = json.loads(base64.b64decode(document(ExportFormat.DSSE)["payload"]))
    alone = canonical(decision | {"subject": decision["subject"][:1]})
    yield Case("dsse: subjects unlike the decision's", signed_envelope(alone), ring())
    by_other = canonical(decision | {"predicate": {**decision["predicate"], "signerKeyRef": STRANGER.key_ref}})
    yield Case("dsse: a decision that names another key", signed_envelope(by_other), BOTH)
    empty = canonical(decision | {"predicate": {"generatedAt": "2026-03-02T09:00:00Z", "signerKeyRef": SIGNER.key_ref}})
    yield Case("dsse: a decision about nothing", signed_envelope(empty), ring())
    svr = base64.b64decode(document(ExportFormat.INTOTO_SVR)["payload"])
    large = svr.replace(b'"predicate":{', b'"predicate":{"n":9007199254740992,')
    yield Case("intoto-svr: an integer beyond 2^53", signed_envelope(large), ring())
    packet = document(ExportFormat.PACKET)
    wrong = {"payload": base64.b64encode(canonical(packet["content"])).decode(), "payloadType": IN_TOTO}
    taken = wrong | {"signatures": [{"keyid": SIGNER.key_ref, "sig": packet["signature"]}]}
    yield Case("dsse: the packet's signature around its content", json.dumps(taken).encode(), ring())


def _of_bundles() -> Iterator[Case]:
    bundle = document(ExportFormat.SIGSTORE)
    material = bundle["verificationMaterial"]
    changes: dict[str, dict[str, Any]] = {
        "an older version": {"mediaType": "application/vnd.dev.sigstore.bundle+json;version=0.2"},
        "a hint of another key": {"verificationMaterial": {**material, "publicKey": {"hint": STRANGER.key_ref}}},
        "no hint": {"verificationMaterial": {**material, "publicKey": {"hint": None}}},
        "an entry of a foreign log": {"verificationMaterial": {**material, "tlogEntries": [{"logIndex": "1"}]}},
        "a key of its own": {"verificationMaterial": {**material, "publicKey": {"hint": "", "rawBytes": "AA=="}}},
        "a bundle in the bundle": {"dsseEnvelope": bundle},
        "nothing in it": {"dsseEnvelope": {}},
    }
    for name, change in changes.items():
        yield Case(f"sigstore: {name}", json.dumps(bundle | change).encode(), BOTH)


def within(start: Any, end: Any) -> KeyRing:
    return KeyRing([record(not_before=start, not_after=end)])


def signed_envelope(payload: bytes, signer: LocalSigner = SIGNER) -> bytes:
    """Whatever the payload is, signed well."""
    signature = signer.sign(pre_authentication_encoding(IN_TOTO, payload))
    envelope = {
        "payload": base64.b64encode(payload).decode(),
        "payloadType": IN_TOTO,
        "signatures": [{"keyid": signer.key_ref, "sig": base64.b64encode(signature).decode()}],
    }
    return json.dumps(envelope).encode()


def respelled(file: bytes, spell: Any) -> bytes:
    """The file with its signature written otherwise."""
    found = re.search(rb'"(?:signature|sig)": "([^"]+)"', file)
    assert found
    return file.replace(found[1], spell(found[1].decode()).encode())


def resigned(file: bytes) -> bytes:
    return respelled(file, lambda text: base64.b64encode(second_form(base64.b64decode(text))).decode())
