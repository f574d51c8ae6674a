"""Find secrets and personal data in files, in plain text and in encoded or compressed form.

Uses only the standard library, so that a pre-commit hook can run it without an installation.
"""

from __future__ import annotations

import os
import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

from contract_kit.cassettes.leak_kinds import found_in_plain
from contract_kit.encodings import DecodingBudget, decoded

# A line may allow one kind, with a reason: `leak-scan: allow e-mail (the address that the licence names)`.
ALLOWANCE = re.compile(rb"leak-scan: allow ([\w-]{1,40}) \((\S[^)\n]{0,400})\)")

# Limits for data that is encoded many times over.
_DEPTH = 5
_LARGEST = 64 * 1024 * 1024


@dataclass(frozen=True, order=True)
class Leak:
    """A secret or personal value in a file.

    Attributes:
        line: The line on which it begins, from 1; for encoded data, the line of the encoded data.
        kind: ``identifier``, ``e-mail``, ``credential``, ``auth-token`` or ``authorization``.
        hint: Enough to find it, never the whole value: ``XY…(34 characters)``.
    """

    line: int
    kind: str
    hint: str


def secrets_of(environment: Mapping[str, str], variables: re.Pattern[str]) -> dict[str, str]:
    """Return the environment variables whose names match; values under 8 characters are left out."""
    return {name: value for name, value in environment.items() if variables.fullmatch(name) and len(value.strip()) >= 8}


def scan(data: bytes, secrets: Mapping[str, str] | None = None) -> list[Leak]:
    """Return all leaks in a file's content, each once.

    Args:
        data: The content.
        secrets: Values that must not occur, by a name for messages.
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
    """A file's bytes, or everything decoded from them, joined so that each pattern runs once.

    Attributes:
        data: The bytes; a zero byte separates parts that are not on consecutive lines.
        starts: The offset of each part.
        lines: The file's line of each part.
    """

    data: bytes
    starts: list[int]
    lines: list[int]

    @classmethod
    def of(cls, data: bytes) -> _Layer:
        """Return the layer of a file; its parts are its lines."""
        ends = accumulate((len(line) + 1 for line in data.split(b"\n")), initial=0)
        starts = list(ends)
        return cls(data, starts, list(range(1, len(starts) + 1)))

    @classmethod
    def joined(cls, parts: Iterable[tuple[int, bytes]]) -> _Layer:
        """Return the layer of decoded parts, each given with its line."""
        joined, starts, lines, length, last = [], [], [], 0, 0
        for line, text in parts:
            between = b"\n" if line == last + 1 else b"\n\0\n"
            starts.append(length)
            lines.append(line)
            joined += [between, text]
            length, last = length + len(between) + len(text), line
        return cls(b"".join(joined), starts, lines)

    def line(self, offset: int) -> int:
        """Return the file's line for an offset of ``data``."""
        return self.lines[bisect_right(self.starts, offset) - 1]

    def leaks(self, secrets: Mapping[str, bytes]) -> set[Leak]:
        """Return the leaks in this layer, without decoding."""
        return {Leak(self.line(offset), kind, hint) for offset, kind, hint in found_in_plain(self.data, secrets)}

    def below(self, budget: DecodingBudget, seen: set[bytes]) -> _Layer:
        """Return the decoded layer without texts already ``seen``: different decodings often give the same text."""
        parts = []
        for offset, text in decoded(self.data, budget):
            if text not in seen:
                seen.add(text)
                parts.append((self.line(offset), text))
        return _Layer.joined(parts)


def found_in(leaks: Collection[Leak]) -> str:
    """Return leaks as one line of a message: ``identifier in line 3 (XY…(34 characters))``."""
    return ", ".join(f"{leak.kind} in line {leak.line} ({leak.hint})" for leak in leaks)


def shown(path: Path, secrets: Mapping[str, str] | None = None) -> str:
    """Return a path for printing, with leaks replaced by hints and control characters escaped.

    Example: ``calls/XY…(34 characters)/notes.txt``. If only the path as a whole leaks, only its hints are returned.
    """

    def masked(part: str) -> str:
        hints = [leak.hint for leak in scan(os.fsencode(part), secrets)]
        text = f"[{', '.join(hints)}]" if hints else part
        return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text)

    # Scan the whole path too: a leak may span a separator.
    return masked(str(Path(*map(masked, path.parts))))
