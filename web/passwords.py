"""Passwords: hashed with argon2id, long rather than complicated, and never told apart by how long an answer takes."""

from __future__ import annotations

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 15, 200
CONSONANTS, VOWELS = "bdfghjklmnprstvz", "aeiou"

_HASHER = PasswordHasher()


def hashed(password: str) -> str:
    """The hash to store."""
    return _HASHER.hash(password)


def fits(password: str, password_hash: str | None) -> bool:
    """Whether the password is the one of the hash. Where there is no hash it takes as long to say no."""
    try:
        _HASHER.verify(password_hash or _nobodys_hash(), password)
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def why_not(password: str) -> str:
    """Why this cannot be a password, in a sentence; empty where it can. Any characters do."""
    if len(password) < SHORTEST:
        return f"The password must be {SHORTEST} characters or more. Three or four words together make a good one"
    if len(password) > LONGEST:
        return f"The password must be {LONGEST} characters or fewer"
    return "" if len(set(password)) > 4 else "The password must not be the same few characters again and again"


def made_up() -> str:
    """A first password that can be read out over the telephone: five made-up words, 63 bits."""
    return "-".join("".join(map(secrets.choice, (CONSONANTS, VOWELS) * 2)) for _ in range(5))


@cache
def _nobodys_hash() -> str:
    return _HASHER.hash(secrets.token_urlsafe())
