"""The password of everybody in the tests, and a hash of it that is quick to check.

Who signs in waits as long as the making of the stored hash took; what `web.passwords` makes is slow on purpose. The
hash says itself how it was made, so the pages check this one as they check any.
"""

from __future__ import annotations

from argon2 import PasswordHasher

PASSWORD = "seven grey herons stood there"
PASSWORD_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
