"""A page's content under a passphrase: only who knows it can open the page, in a browser and without a network."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

if TYPE_CHECKING:
    from planner.draw.facts import Content

ROUNDS = 600_000
"""Of PBKDF2: what one guess costs."""


def sealed(content: Content, passphrase: str, *, page: str) -> dict[str, Any]:
    """
    The content, encrypted: what the page's island holds instead of it.

    AES-256 in Galois/counter mode; the key comes from the passphrase by PBKDF2 with HMAC-SHA-256. The salt is made from
    the page's identity, and the nonce from key and content: drawing the same page again gives the same bytes, and no
    nonce serves two contents.

    Parameters
    ----------
    content
        What the page knows.
    passphrase
        What its reader types in.
    page
        Names this page among all that are ever drawn: plan, revision and whose page it is.

    References
    ----------
    NIST SP 800-38D; OWASP Password Storage Cheat Sheet (600,000 rounds for HMAC-SHA-256).
    """
    plain = json.dumps(content, ensure_ascii=True, allow_nan=False, separators=(",", ":")).encode()
    salt = hashlib.sha256(f"lookback page {page}".encode("utf-8", "surrogatepass")).digest()[:16]
    key = hashlib.pbkdf2_hmac("sha256", passphrase.encode(), salt, ROUNDS)
    nonce = hmac.digest(hashlib.sha256(b"nonce" + key).digest(), plain, "sha256")[:12]
    secret = AESGCM(key).encrypt(nonce, plain, None)
    coded = {
        name: base64.b64encode(part).decode() for name, part in (("salt", salt), ("nonce", nonce), ("data", secret))
    }
    return {"sealed": {"rounds": ROUNDS, **coded}}
