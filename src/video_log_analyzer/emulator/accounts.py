"""Accounts, their secrets, and every SID that the emulator invents."""

from __future__ import annotations

import random
from dataclasses import dataclass, field


@dataclass(frozen=True)
class ApiKey:
    """A key of an account: ``sid`` (``SK…``) is the user name, ``secret`` the password; ``repr`` has no secret."""

    sid: str
    secret: str = field(repr=False)


@dataclass(frozen=True)
class Account:
    """An account and its secrets, which stay out of ``repr`` and so out of logs."""

    sid: str
    auth_token: str = field(repr=False)
    api_keys: tuple[ApiKey, ...] = ()


def invented_sid(prefix: str, source: random.Random) -> str:
    """Return a SID such as ``RM00000000`` + 24 hex digits; the zeros show people and scanners that it is invented."""
    return f"{prefix}00000000{source.getrandbits(96):024x}"


def first_account(seed: int) -> Account:
    """Return the account whose credentials the emulator prints, unless others are configured."""
    return _account(f"first account of seed {seed}")


def second_account(seed: int) -> Account:
    """Return the account whose rooms the first account must never see."""
    return _account(f"second account of seed {seed}")


def _account(seed: str) -> Account:
    source = random.Random(seed)  # noqa: S311  the secret of an emulator is no secret, but must be the same every time
    return Account(invented_sid("AC", source), f"00000000{source.getrandbits(96):024x}")
