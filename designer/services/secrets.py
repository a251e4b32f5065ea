"""Tokens that open something: 128 random bits, shown once, kept as a hash.

SHA-256 without salt or stretching is enough for them: nobody guesses 128 random bits, and the hash can be looked up.
"""

from __future__ import annotations

import hashlib
import secrets

TOKEN_BYTES = 16


def new_token(prefix: str = "") -> str:
    return prefix + secrets.token_urlsafe(TOKEN_BYTES)


def hash_token(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
