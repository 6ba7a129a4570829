"""Key services on loopback, as far as signing goes: Vault's transit engine, and AWS KMS.

Both hold real P-256 keys and answer in the shapes of the services' API references, errors included:
https://developer.hashicorp.com/vault/api-docs/secret/transit and
https://docs.aws.amazon.com/kms/latest/APIReference/API_Sign.html.
"""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256

from core.evidence.signing import pem_of

TOKEN = "a-token"

Answer = tuple[int, dict[str, Any]]


@dataclass
class KeyService:
    """Keys by their version, the newest last; `trouble` is what it answers in place of a signature."""

    url: str = ""
    keys: list[ec.EllipticCurvePrivateKey] = field(default_factory=list)
    least_version: int = 1
    trouble: Answer | None = None
    held: threading.Event | None = None

    def public_pem(self, version: int = 1) -> str:
        return pem_of(self.keys[version - 1].public_key())

    def transit(self, path: str, token: str | None, asked: dict[str, Any]) -> Answer:
        """Answer `POST /v1/transit/sign/NAME`."""
        if token != TOKEN:
            return 403, {"errors": ["permission denied"]}
        if path != "/v1/transit/sign/countersign":
            return 400, {"errors": ["signing key not found"]}
        version = asked.get("key_version") or len(self.keys)
        if not self.least_version <= version <= len(self.keys):
            return 400, {"errors": ["cannot sign with key version: version is too old or does not exist"]}
        hashed = {"sha2-256": SHA256()}[asked.get("hash_algorithm") or "sha2-256"]
        signature = self.keys[version - 1].sign(base64.b64decode(asked["input"]), ec.ECDSA(hashed))
        if asked.get("marshaling_algorithm") not in (None, "asn1"):
            return 400, {"errors": ["the fake knows asn1 alone"]}
        text = base64.b64encode(signature).decode()
        return 200, {"data": {"signature": f"vault:v{version}:{text}", "key_version": version}}

    def kms(self, target: str, asked: dict[str, Any]) -> Answer:
        """Answer `TrentService.Sign`."""
        if target != "TrentService.Sign" or asked["KeyId"] != "alias/countersign":
            return 400, {"__type": "NotFoundException", "message": "Alias is not found."}
        if (asked["MessageType"], asked["SigningAlgorithm"]) != ("DIGEST", "ECDSA_SHA_256"):
            return 400, {"__type": "InvalidKeyUsageException", "message": "incompatible with the key"}
        digest = base64.b64decode(asked["Message"])
        signature = base64.b64encode(self.keys[-1].sign(digest, ec.ECDSA(Prehashed(SHA256())))).decode()
        return 200, {"KeyId": asked["KeyId"], "Signature": signature, "SigningAlgorithm": asked["SigningAlgorithm"]}


@contextmanager
def key_service() -> Iterator[KeyService]:
    """Serve both until the end of the block."""
    service = KeyService(keys=[ec.generate_private_key(ec.SECP256R1())])

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if service.held:
                service.held.wait(30)
            target = self.headers.get("X-Amz-Target")
            usual = service.kms(target, asked) if target else self._transit(asked)
            status, body = service.trouble or usual
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/x-amz-json-1.1" if target else "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_PUT = do_POST  # noqa: N815

        def _transit(self, asked: dict[str, Any]) -> Answer:
            return service.transit(self.path, self.headers.get("X-Vault-Token"), asked)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    service.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield service
    finally:
        if service.held:
            service.held.set()
        server.shutdown()
        thread.join()
        server.server_close()
