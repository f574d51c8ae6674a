"""Secrets and personal data where none belong, as they are and in whatever they are encoded or packed.

Needs nothing but Python, so that a hook before a commit can run it without an installation.
"""

from __future__ import annotations

import os
import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

from contract_kit.cassettes.encodings import DecodingBudget, decoded
from contract_kit.cassettes.leak_kinds import found_in_plain

# A line may hold one kind on purpose, with a reason: `leak-scan: allow e-mail (the address that the licence names)`.
ALLOWANCE = re.compile(rb"leak-scan: allow ([\w-]+) \((\S[^)\n]*)\)")

# What is packed into itself again and again is not looked into for ever.
_DEPTH = 5
_LARGEST = 64 * 1024 * 1024


@dataclass(frozen=True, order=True)
class Leak:
    """Something that should not be there.

    Attributes:
        line: On which it begins, from 1; what is packed stands on the line of its package.
        kind: ``identifier``, ``e-mail``, ``credential``, ``auth-token`` or ``authorization``.
        hint: Enough to find it again, never the whole: ``XY…(34 characters)``.
    """

    line: int
    kind: str
    hint: str


def secrets_of(environment: Mapping[str, str], variables: re.Pattern[str]) -> dict[str, str]:
    """The values of the variables of ``environment`` whose names match, by their names; short ones are left out."""
    return {name: value for name, value in environment.items() if variables.fullmatch(name) and len(value.strip()) >= 8}


def scan(data: bytes, secrets: Mapping[str, str] | None = None) -> list[Leak]:
    """All leaks of a file's content, each once.

    Args:
        data: The content.
        secrets: Values that must not occur, by a name that may be shown.
    """
    wanted = {name: value.encode("utf-8", "surrogateescape") for name, value in (secrets or {}).items() if value}
    layer = _Layer.of(data)
    allowed = {(layer.line(found.start()), found[1].decode()) for found in ALLOWANCE.finditer(data)}
    leaks: set[Leak] = set()
    budget, seen = DecodingBudget(_LARGEST), set[bytes]()
    for _ in range(_DEPTH):
        leaks |= layer.leaks(wanted)
        layer = layer.below(budget, seen)
    leaks |= layer.leaks(wanted)
    return sorted(leak for leak in leaks if (leak.line, leak.kind) not in allowed)


@dataclass(frozen=True)
class _Layer:
    """A file's bytes, or all that was encoded in them: one text, so that each pattern goes over it once.

    Attributes:
        data: The bytes; a zero byte keeps apart what does not stand on lines that follow each other.
        starts: Where each part of them begins.
        lines: On which line of the file each part stands.
    """

    data: bytes
    starts: list[int]
    lines: list[int]

    @classmethod
    def of(cls, data: bytes) -> _Layer:
        """A file as it is; its parts are its lines."""
        ends = accumulate((len(line) + 1 for line in data.split(b"\n")), initial=0)
        starts = list(ends)
        return cls(data, starts, list(range(1, len(starts) + 1)))

    @classmethod
    def joined(cls, parts: Iterable[tuple[int, bytes]]) -> _Layer:
        """What was decoded, each part with its line."""
        joined, starts, lines, length, last = [], [], [], 0, 0
        for line, text in parts:
            between = b"\n" if line == last + 1 else b"\n\0\n"
            starts.append(length)
            lines.append(line)
            joined += [between, text]
            length, last = length + len(between) + len(text), line
        return cls(b"".join(joined), starts, lines)

    def line(self, offset: int) -> int:
        """The line in the file of what stands here."""
        return self.lines[bisect_right(self.starts, offset) - 1]

    def leaks(self, secrets: Mapping[str, bytes]) -> set[Leak]:
        """What is found in it as it is."""
        return {Leak(self.line(offset), kind, hint) for offset, kind, hint in found_in_plain(self.data, secrets)}

    def below(self, budget: DecodingBudget, seen: set[bytes]) -> _Layer:
        """What is encoded in it, without what has been ``seen``: another order of decoding often comes to the same."""
        parts = []
        for offset, text in decoded(self.data, budget):
            if text not in seen:
                seen.add(text)
                parts.append((self.line(offset), text))
        return _Layer.joined(parts)


def found_in(leaks: Collection[Leak]) -> str:
    """Leaks as one line for a person: ``identifier in line 3 (XY…(34 characters))``."""
    return ", ".join(f"{leak.kind} in line {leak.line} ({leak.hint})" for leak in leaks)


def shown(path: Path, secrets: Mapping[str, str] | None = None) -> str:
    """A path to be printed: hints stand for the names in it that leak, and escapes for what a terminal would obey.

    ``calls/XY…(34 characters)/notes.txt``; where only the whole path leaks, nothing but its hints.
    """

    def masked(part: str) -> str:
        hints = [leak.hint for leak in scan(os.fsencode(part), secrets)]
        text = f"[{', '.join(hints)}]" if hints else part
        return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text)

    # Once more for the whole: what leaks may go across a separator.
    return masked(str(Path(*map(masked, path.parts))))
