"""README.txt of an export: what is here, and the exact lines that check it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.cli.audit.parts import evidence_name
from core.evidence.audit.period import Period

KEYS = (
    "The keys in keys/ came together with what they verify, so by themselves they do not tell who signed: compare them "
    "with those that you have from the issuer by another way, such as an earlier export or /.well-known/jwks.json."
)
AT_ONCE = 10_000
"""How many decisions fit into one command line."""

_COUNTERSIGN = "countersign verify --jwks keys/jwks.json"
_DIGITS = "0 1 2 3 4 5 6 7 8 9 a b c d e f"


@dataclass(frozen=True, slots=True)
class Example:
    """A decision by which a check is shown."""

    packet_id: str
    signer_key_ref: str


def commands(count: int, example: Example | None) -> tuple[str, ...]:
    """The lines that check an export with so many decisions, one of them by openssl alone."""
    lines = ["sha256sum -c --quiet SHA256SUMS && echo complete"]
    if example is None:
        return (*lines, f"{_COUNTERSIGN} checkpoints/*")
    lines += [
        "# one packet, with openssl alone",
        f"P=packets/{evidence_name(example.packet_id)}.json",
        """sed -n 's/^  "content": \\(.*\\),$/\\1/p' $P | tr -d '\\n' > /tmp/content.json""",
        """sed -n 's/^  "signature": "\\(.*\\)",$/\\1/p' $P | openssl base64 -d -A > /tmp/signature.der""",
        f"K=keys/{example.signer_key_ref}.pem",
        "openssl dgst -sha256 -verify $K -signature /tmp/signature.der /tmp/content.json",
        "# all of them, with the small verifiers: read them first; they need `pip install cryptography`",
        "find packets exports -name '*.json' -exec python3 verify_evidence.py --keys keys/jwks.json {} +",
        "# and that they are in the log, with Countersign itself",
    ]
    if count <= AT_ONCE:
        everything = "packets/*.json proofs/*.tlog-proof checkpoints/*"
        lines.insert(-1, f"python3 verify_log.py --keys keys/jwks.json {everything}")
        lines.append(f"{_COUNTERSIGN} {everything}")
    else:
        mine = "packets/evidence-$d*.json proofs/evidence-$d*.tlog-proof"
        lines += [f"for d in {_DIGITS}; do {_COUNTERSIGN} {mine}; done", f"{_COUNTERSIGN} checkpoints/*"]
    return (*lines, f"find exports -name '*.json' -exec {_COUNTERSIGN} {{}} +")


def readme(period: Period, environments: tuple[str, ...], count: int, lines: tuple[str, ...]) -> str:
    """The file."""
    where = ", ".join(environments) or "all environments"
    check = "\n".join(f"    {line}" for line in lines)
    return f"""\
Countersign, audit export: {period}; {where}; decisions: {count}.

index.html    figures, charts and every promotion; works without a network; says how each figure is computed
*.csv         the same as tables; text that a spreadsheet would take for a formula has an apostrophe in front
packets/      the signed evidence of each decision, byte for byte as it was signed
exports/      the same in other tools' words: in-toto in DSSE, verification result, Sigstore bundle, RFC 3161 timestamp
proofs/       that each decision, and each logged change, is in the log as of the last checkpoint (c2sp.org/tlog-proof)
checkpoints/  what was signed of the log in the period, and the last one, with cosignatures of witnesses, by size
keys/         all keys that ever signed, old and revoked ones too: jwks.json with times of use, and PEM
SHA256SUMS    digests of all files

Check it, in this folder:

{check}

{KEYS}
"""
