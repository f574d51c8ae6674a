"""Limits on how much of a recording is in memory at a time, and their wording in messages."""

from __future__ import annotations

# One line of NDJSON, one string of a HAR file, one body. A page of 1000 rows of 1 KiB is 1 MiB.
LONGEST = 8 << 20
# A string of a HAR file that is all escapes cannot be cut at LONGEST; at this length it is an error.
HARDEST = 2 * LONGEST
# A whole unpacked YAML cassette of vcrpy; parsing it takes several times as much memory.
CASSETTE = 32 << 20
# Values and levels of one entry of a HAR file or cassette.
MOST_NODES = 200_000
DEEPEST = 200
# What a file may have between two answers of this API: lines or entries, seconds, and bytes without a line or entry.
IDLE_ITEMS = 1_000_000
IDLE_SECONDS = 120.0
IDLE_BYTES = 1 << 30
# Bytes read at a time: small enough for the allocator to reuse the memory.
CHUNK = 64 << 10

MIB = 1 << 20


def mebibytes(count: int) -> str:
    """A number of bytes as text: ``8 MiB``."""
    return f"{count // MIB} MiB"
