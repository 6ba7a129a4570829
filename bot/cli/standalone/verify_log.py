#!/usr/bin/env python3
"""Verify Countersign's transparency log with nothing but this file, Python 3.11 or newer, and `cryptography`.

    python3 verify_log.py FILE... --keys jwks.json

FILE is a proof (.tlog-proof), a checkpoint, a folder with the whole log (`countersign log export`), or a packet: its
signature is for verify_evidence.py to check; here, that its content is a leaf that the other files prove. Checkpoints
of a log must fit to each other and to the folder. Exit code 0: every file holds; 1: one does not, and why is said.
"""

import base64
import json
import re
from argparse import ArgumentParser
from collections.abc import Iterator
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

Keys = dict[bytes, tuple[Any, dict[str, Any]]]
Checkpoint = tuple[str, int, bytes]  # the log's name, its size, its root hash
PROOF, JSON = b"c2sp.org/tlog-proof@v1", json.JSONEncoder(ensure_ascii=False)


def require(holds: object, reason: str) -> None:
    if not holds:
        raise ValueError(reason)


def unbase64(text: str) -> bytes:
    """Decode standard base64 in its one spelling."""
    decoded = base64.b64decode(text, validate=True)
    require(base64.b64encode(decoded).decode() == text, "not strict base64")
    return decoded


def canonical(value: object) -> bytes:
    """Write JSON as RFC 8785 does: keys by UTF-16 code units, no blanks, the shortest escapes."""
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return b"{" + b",".join(canonical(name) + b":" + canonical(value[name]) for name in names) + b"}"
    if isinstance(value, list):
        return b"[" + b",".join(map(canonical, value)) + b"]"
    return JSON.encode(value).encode()


def load_keys(source: bytes) -> Keys:
    """Read a JWKS or PEM: P-256 keys by the id that signed notes give them, each with what the JWKS says of it."""
    blocks = re.findall(rb"-----BEGIN PUBLIC KEY-----.*?-----END PUBLIC KEY-----", source, re.DOTALL)
    found: list[tuple[Any, Any]] = [(load_pem_public_key(block), {}) for block in blocks]
    for jwk in () if blocks else json.loads(source)["keys"]:
        x, y = (int.from_bytes(base64.urlsafe_b64decode(jwk[name] + "=")) for name in ("x", "y"))
        found.append((ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key(), jwk))
    spki = Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    return {sha256(key.public_bytes(*spki)).digest()[:4]: (key, use) for key, use in found}


def verify_checkpoint(source: bytes, keys: Keys) -> Checkpoint:
    """Check a signed note (c2sp.org/signed-note) that is a checkpoint (c2sp.org/tlog-checkpoint)."""
    text, blank, signatures = source.decode().rpartition("\n\n")
    controls = re.search(rb"[\x00-\x09\x0b-\x1f]", source)
    require(blank and signatures.endswith("\n") and not controls, "not lines of text, a blank one, and signatures")
    origin, size, root, *more = text.split("\n")
    require(origin and all(more) and len(unbase64(root)) == 32 and size == str(abs(int(size))), "not a checkpoint")
    believed = False
    for line in signatures[:-1].split("\n"):
        parts = re.fullmatch(r"— ([^\s+]+) (\S+)", line)
        name, blob = (parts[1], unbase64(parts[2])) if parts else ("", b"")
        require(len(blob) > 4, "a signature line is not as it should be")
        if name == origin and blob[:4] in keys:  # others may have signed as well, and vouch for nothing here
            key, use = keys[blob[:4]]
            key.verify(blob[4:], f"{text}\n".encode(), ec.ECDSA(SHA256()))
            believed |= "revoked" not in use
    require(believed, f"no known key that was not revoked has signed the checkpoint as {origin}")
    return origin, int(size), unbase64(root)


def hashed(*parts: bytes) -> bytes:  # RFC 6962: a leaf is 0 and its entry, a node 1 and both below it
    return sha256(b"".join(parts)).digest()


def root_of(leaves: list[bytes]) -> bytes:
    """Hash a tree (RFC 6962, 2.1)."""
    if len(leaves) < 2:
        return leaves[0] if leaves else hashed()
    left = 1 << (len(leaves) - 1).bit_length() - 1
    return hashed(b"\1", root_of(leaves[:left]), root_of(leaves[left:]))


def root_by(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """Give the root to which an inclusion proof leads (RFC 6962, 2.1.1)."""
    require(0 <= index < size and (size > 1) == bool(path), "the proof does not fit to its leaf and its tree")
    if size == 1:
        return leaf
    left, (*inner, sibling) = 1 << (size - 1).bit_length() - 1, path
    if index < left:
        return hashed(b"\1", root_by(leaf, index, left, inner), sibling)
    return hashed(b"\1", sibling, root_by(leaf, index - left, size - left, inner))


def known_entry(source: bytes) -> Any:
    """Read an entry of a kind that is known here, in its one form."""
    entry = json.loads(source, parse_float=int, parse_constant=int)  # no such number is an int
    require(canonical(entry) == source and entry["version"] == "1", "an entry is not as RFC 8785 writes it")
    require(entry["type"] in ("release_decision", "audit_entry"), "an entry is of an unknown kind")
    return entry


def verify_proof(source: bytes, keys: Keys) -> tuple[Checkpoint, list[bytes]]:
    """Check a proof (c2sp.org/tlog-proof); gives its checkpoint, and the leaf that is in that tree."""
    head, _, note = source.partition(b"\n\n")
    first, extra, index, *hashes = head.decode().split("\n")
    require((first.encode(), extra[:6]) == (PROOF, "extra ") and index == f"index {int(index[6:])}", "not a proof")
    checkpoint, entry = verify_checkpoint(note, keys), unbase64(extra[6:])
    known_entry(entry)
    root = root_by(hashed(b"\0", entry), int(index[6:]), checkpoint[1], [unbase64(each) for each in hashes])
    require(root == checkpoint[2], "the hashes do not lead from the entry to the root hash")
    return checkpoint, [hashed(b"\0", entry)]


def verify_log(folder: Path, keys: Keys) -> tuple[Checkpoint, list[bytes]]:
    """Hash every entry of a log again (c2sp.org/tlog-tiles); gives its checkpoint, and all leaves."""

    def tiles(level: object, count: int) -> Iterator[tuple[bytes, int, int]]:
        for first in range(0, count, 256):
            end, digits = min(first + 256, count), f"{first // 256}"
            path = re.sub(r"(\d{3})(?=\d)", r"x\1/", digits.zfill(-(-len(digits) // 3) * 3))
            path += f".p/{end - first}" * (end - first < 256)
            yield (folder / "tile" / str(level) / path).read_bytes(), first, end

    checkpoint, entries, level = verify_checkpoint((folder / "checkpoint").read_bytes(), keys), [], 0
    for content, first, end in tiles("entries", checkpoint[1]):
        bundle = BytesIO(content)
        entries += [bundle.read(int.from_bytes(bundle.read(2))) for _ in range(first, end)]
        require(not bundle.read(), f"more than the entries {first} to {end}")
    packets = [entry["packetId"] for entry in map(known_entry, entries) if entry["type"] == "release_decision"]
    require(len(set(packets)) == len(packets), "a packet is there twice")
    row = leaves = [hashed(b"\0", entry) for entry in entries]
    while row:
        for content, first, end in tiles(level, len(row)):
            require(content == b"".join(row[first:end]), f"a tile of level {level} is not of the entries")
        level, row = level + 1, [root_of(row[at - 256 : at]) for at in range(256, len(row) + 1, 256)]
    require(root_of(leaves) == checkpoint[2], "the entries do not have the root hash of the checkpoint")
    return checkpoint, leaves


def examine(files: list[Path], keys: Keys) -> Iterator[tuple[Path, str, bool]]:
    """Check folders, then proofs and checkpoints, then packets, each by those before; gives what it proves or lacks."""
    logs: dict[str, list[bytes]] = {}
    roots: dict[tuple[str, int], bytes] = {}
    proved: set[bytes] = set()

    def judged(file: Path, source: bytes) -> str:
        if source.startswith(b"{"):  # a packet: its leaf follows from its content
            said = json.loads(source)["content"]
            entry = {"at": said["generatedAt"], "contentHash": "sha256:" + sha256(canonical(said)).hexdigest()}
            entry |= {"packetId": said["packetId"], "type": said["type"], "version": "1"}
            require(hashed(b"\0", canonical(entry)) in proved, "no file here proves that its content is a leaf")
            return "its content is a leaf"
        if file.is_dir():
            (origin, size, root), leaves = verify_log(file, keys)
            logs[origin] = leaves
        elif source.startswith(PROOF):
            (origin, size, root), leaves = verify_proof(source, keys)
        else:
            (origin, size, root), leaves = verify_checkpoint(source, keys), []
        require(roots.setdefault((origin, size), root) == root, "forked: two trees of one size")
        if (whole := logs.get(origin)) is not None:
            require(size <= len(whole) and root_of(whole[:size]) == root, "the log was shortened or forked since")
        proved.update(leaves)
        return f"{origin}, {size} entries, root hash {base64.b64encode(root).decode()}"

    sources = [(file, b"" if file.is_dir() else file.read_bytes()) for file in files]
    for file, source in sorted(sources, key=lambda each: (each[1].startswith(b"{"), each[1] != b"")):
        try:
            yield file, judged(file, source), True
        except (InvalidSignature, LookupError, OSError, RecursionError, TypeError, ValueError) as error:
            yield file, str(error) or "the checkpoint was not signed as it stands", False


def main() -> None:
    parser = ArgumentParser(description="Verify Countersign's transparency log.")
    parser.add_argument("files", nargs="+", metavar="FILE", type=Path)
    parser.add_argument("--keys", required=True, metavar="FILE", type=Path, help="a JWKS, or public keys in PEM")
    asked, failed = parser.parse_args(), False
    for file, what, holds in examine(asked.files, load_keys(asked.keys.read_bytes())):
        failed |= not holds
        print("VALID" if holds else "NOT VALID", file, what)
    raise SystemExit(failed)


if __name__ == "__main__":
    main()
