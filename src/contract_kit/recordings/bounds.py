"""How much of a recording is held in memory at a time, and what is said of what goes beyond."""

from __future__ import annotations

# One line of NDJSON, one string of a HAR file, one body. A page of 1000 rows of 1 KiB is 1 MiB.
LONGEST = 8 << 20
# A string of a HAR file that cannot be cut at LONGEST, because it is nothing but escapes, ends the reading here.
HARDEST = 2 * LONGEST
# A whole vcrpy cassette in YAML, unpacked: its parser takes several times that.
CASSETTE = 32 << 20
# Values and levels of one entry of a HAR file or cassette.
MOST_NODES = 200_000
DEEPEST = 200
# Bytes read at a time: small enough for the allocator to use the same memory again.
CHUNK = 64 << 10

MIB = 1 << 20


def mebibytes(count: int) -> str:
    """``8 MiB``."""
    return f"{count // MIB} MiB"
