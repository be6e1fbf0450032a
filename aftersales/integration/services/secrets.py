"""Random secrets that are shown once and kept as a SHA-256: 256 random bits need no slow hash."""

import hashlib
import secrets

TOKEN, SESSION, WEBHOOK = "aft_", "afs_", "afw_"
PREFIX_SIGNS = 10


def new(kind: str) -> str:
    """A new secret that says what it is, so that scanners of leaked secrets find it."""
    return f"{kind}{secrets.token_urlsafe(32)}"


def digest(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def prefix(secret: str) -> str:
    """The part a person may see later, to tell one from another."""
    return secret[:PREFIX_SIGNS]
