"""A pytest plugin (pyproject.toml names it): Argon2 with its least cost, for every test.

A password's hash is slow by design, a quarter of a second of a processor each, and tests make and check thousands. The
algorithm, its format and what the product does with them stay as they are; only memory, passes and lanes are few.
What the product itself uses is held by `tests/accounts/test_own_password.py`.
"""

from django.contrib.auth.hashers import Argon2PasswordHasher

PRODUCT_COST = (
    Argon2PasswordHasher.time_cost,
    Argon2PasswordHasher.memory_cost,
    Argon2PasswordHasher.parallelism,
)

Argon2PasswordHasher.time_cost = 1
Argon2PasswordHasher.memory_cost = 8  # KiB for each lane is the least there is
Argon2PasswordHasher.parallelism = 1
