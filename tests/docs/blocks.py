"""The fenced blocks of the pages, and the marks that say why one of them is not run."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tests.conftest import ROOT

PAGES = (
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    *sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")),
    "openapi/README.md",
    "benchmarks/README.md",
    "contract_tests/README.md",
)
_BLOCK = re.compile(r"^(?:<!-- not run: (.+?) -->\n)?```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A fenced block: ``not_run`` is the reason of ``<!-- not run: needs npm -->`` directly above it, or empty."""

    page: str
    line: int
    language: str
    text: str
    not_run: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"

    @property
    def file(self) -> str:
        """The file that its first line names in a comment (``# conftest.py``), or empty."""
        named = re.match(r"# ([\w./-]+\.\w+)\n", self.text)
        return named[1] if named else ""


@dataclass(frozen=True)
class Command:
    """A line behind ``$``; its output as the page shows it; the status that ``# exits 3`` behind it names, or 0."""

    text: str
    output: str
    status: int


def read(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def blocks(page: str) -> list[Block]:
    text = read(page)
    return [
        Block(page, text.count("\n", 0, found.start(2)) + 1, found[2], found[3], found[1] or "")
        for found in _BLOCK.finditer(text)
    ]


def commands(block: Block) -> list[Command]:
    """The commands of a ``console`` block, a backslash at the end of a line joining it to the next."""
    parts = re.split(r"^\$ ", block.text, flags=re.MULTILINE)
    assert not parts[0].strip(), f"{block}: output before the first command"
    found = []
    for part in parts[1:]:
        line = re.match(r"(?:.*\\\n)*.*\n", part)
        assert line is not None
        status = re.search(r"# exits (\d+)", line[0])
        found.append(Command(line[0].rstrip(), part[line.end() :], int(status[1]) if status else 0))
    return found


def shows(expected: str, actual: str) -> bool:
    """Whether a page shows this output: ``…`` stands for anything, alone on its line for any lines.

    Figures and the width of gaps do not count, since times, ports and random data change from run to run.
    """
    pattern = ""
    for line in _normalized(expected).splitlines():
        pattern += r"(?:.*\n)*?" if line == "…" else ".*?".join(map(re.escape, line.split("…"))) + r"\n"
    return re.fullmatch(pattern, _normalized(actual)) is not None


def _normalized(text: str) -> str:
    lines = (re.sub(r"\d+(?:[.,]\d+)*", "0", " ".join(line.split())) for line in text.strip().splitlines())
    return "".join(f"{line}\n" for line in lines)
