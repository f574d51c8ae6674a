"""Change ``acceptances.yaml`` as a careful person would: comments and order stay, and no entry is ever lost."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import yaml

from contract_kit import atomic_write
from contract_kit.errors import FileError
from contract_kit.findings.acceptances import Acceptance, Acceptances, dumped, parse, read

_LOCK_SECONDS = 10.0
_HEADING = """\
# Findings that are known and bearable for a while; the help of `accept` says how entries come and go.
"""


def change(path: Path, desired: Callable[[Acceptances], Sequence[Acceptance]]) -> None:
    """Give the file other entries, with everything else in it as it was.

    Args:
        path: The file; it need not exist.
        desired: From the entries there are to those there shall be. It is called while no other writer can come
            between. One that is known by its fingerprint stays where it stands, a new one comes last.

    Raises:
        FileError: the file cannot be parsed, changed without touching more than its entries, or written; it is then
            as it was.
    """
    with _locked(path):
        text = read(path)
        before = parse(text or "", path)
        after = desired(before)
        if list(after) == list(before.entries):
            return
        try:
            changed = _edited(text or _HEADING, before, after)
        except yaml.YAMLError:  # PyYAML's own parser, whose marks count characters, differs from libyaml at the edges
            changed = None
        if changed is None or not _holds(changed, after, path):
            raise FileError(
                path,
                "its form does not let entries be added or taken out by themselves: begin each with '- fingerprint: …' "
                "on a line of its own, without anchors, and try again",
            )
        atomic_write.write(path, changed.encode(), "name another with --acceptances, or mend that")


def _edited(text: str, before: Acceptances, after: Sequence[Acceptance]) -> str:
    """The text with the lines of each entry that goes cut out, of each that changes replaced, and new ones added."""
    wanted = {entry.fingerprint: entry for entry in after}
    end = "\r\n" if "\r\n" in text else "\n"
    root = yaml.compose(text, yaml.SafeLoader)
    nodes = root.value if isinstance(root, yaml.SequenceNode) else []
    indent = " " * root.start_mark.column if root is not None and nodes else ""
    # From the last to the first, so that what comes before keeps its place.
    for entry, node in reversed(list(zip(before.entries, nodes, strict=True))):
        new = wanted.pop(entry.fingerprint, None)
        if new != entry:
            first, last = _span(text, node)
            text = text[:first] + (_lines(new, indent, end) if new else "") + text[last:]
    if wanted and text and not text.endswith("\n"):
        text += end
    return text + "".join(_lines(entry, indent, end) for entry in after if entry.fingerprint in wanted)


def _lines(entry: Acceptance, indent: str, end: str) -> str:
    return "".join(f"{indent}{line}{end}" for line in dumped(entry).splitlines())


def _span(text: str, node: yaml.Node) -> tuple[int, int]:
    """From the beginning of the line with the entry's dash to the end of its last line."""
    first = text.rfind("-", 0, node.start_mark.index + 1)
    first = text.rfind("\n", 0, first) + 1
    last = max(mark.index for mark in _ends(node))
    # The mark of a block scalar lies behind the blank lines and comments that follow it: these stay.
    body = text[:last].split("\n")
    while text[last - 1 : last] == "\n" and _is_between(body[-2], node.start_mark.column):
        body.pop()
        last -= len(body[-1]) + 1
    if text[last - 1 : last] == "\n":
        return first, last
    following = text.find("\n", last)
    return first, len(text) if following < 0 else following + 1


def _is_between(line: str, column: int) -> bool:
    """Whether a line behind a block scalar is none of it: what looks like a comment and is indented deeper, is."""
    return not line.strip() or (line.lstrip().startswith("#") and len(line) - len(line.lstrip()) <= column)


def _ends(node: yaml.Node) -> Iterator[yaml.Mark]:
    """Where the leaves of a node end; that of a mapping in block style would be where the next token begins."""
    if isinstance(node, yaml.MappingNode) and not node.flow_style:
        for pair in node.value:
            yield from (mark for child in pair for mark in _ends(child))
    else:
        yield node.end_mark


def _holds(text: str, entries: Sequence[Acceptance], path: Path) -> bool:
    """Whether the text says exactly that."""
    try:
        found = parse(text, path).entries
    except FileError:
        return False
    return sorted(map(dumped, found)) == sorted(map(dumped, entries))


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Keep other writers out; a lock on the folder leaves nothing behind, whatever ends us."""
    try:
        folder = os.open(path.resolve().parent, os.O_RDONLY)
    except OSError as error:
        raise FileError(path, f"cannot be written: its folder: {error.strerror}") from None
    try:
        deadline = time.monotonic() + _LOCK_SECONDS
        while True:
            try:
                fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise FileError(path, "is being written by another process: try again") from None
                time.sleep(0.05)
            except OSError as error:
                raise FileError(path, f"cannot be locked: {error.strerror}") from None
        yield
    finally:
        os.close(folder)
