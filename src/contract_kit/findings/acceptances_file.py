"""Edit ``acceptances.yaml`` in place: comments and order stay, and no entry is lost."""

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
    """Change the entries of the file and keep everything else in it.

    Args:
        path: The file; it may be missing.
        desired: Maps the present entries to the new ones, while other writers are locked out. Entries with a known
            fingerprint keep their position; new ones come last.

    Raises:
        FileError: the file cannot be parsed, edited entry by entry, or written; it is unchanged then.
    """
    with _locked(path):
        text = read(path)
        before = parse(text or "", path)
        after = desired(before)
        if list(after) == list(before.entries):
            return
        try:
            changed = _edited(text or _HEADING, before, after)
        except yaml.YAMLError:  # PyYAML's own parser gives marks in characters, but rejects some files of libyaml
            changed = None
        if changed is None or not _holds(changed, after, path):
            raise FileError(
                path,
                "its form does not let entries be added or taken out by themselves: begin each with '- fingerprint: …' "
                "on a line of its own, without anchors, and try again",
            )
        atomic_write.write(path, changed.encode(), "name another with --acceptances, or mend that")


def _edited(text: str, before: Acceptances, after: Sequence[Acceptance]) -> str:
    """Return the text with entries removed, replaced and appended."""
    wanted = {entry.fingerprint: entry for entry in after}
    end = "\r\n" if "\r\n" in text else "\n"
    root = yaml.compose(text, yaml.SafeLoader)
    nodes = root.value if isinstance(root, yaml.SequenceNode) else []
    indent = " " * root.start_mark.column if root is not None and nodes else ""
    # From the last to the first, so that the offsets of earlier entries stay valid.
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
    """Return the offsets of an entry, from the start of the line with its dash to the end of its last line."""
    first = text.rfind("-", 0, node.start_mark.index + 1)
    first = text.rfind("\n", 0, first) + 1
    last = max(mark.index for mark in _ends(node))
    # The end mark of a block scalar is after any following blank lines and comments, which must stay.
    body = text[:last].split("\n")
    while text[last - 1 : last] == "\n" and _is_between(body[-2], node.start_mark.column):
        body.pop()
        last -= len(body[-1]) + 1
    if text[last - 1 : last] == "\n":
        return first, last
    following = text.find("\n", last)
    return first, len(text) if following < 0 else following + 1


def _is_between(line: str, column: int) -> bool:
    """Whether a line after a block scalar is not part of it; a deeper indented "comment" is part of it."""
    return not line.strip() or (line.lstrip().startswith("#") and len(line) - len(line.lstrip()) <= column)


def _ends(node: yaml.Node) -> Iterator[yaml.Mark]:
    """Yield the end marks of a node's leaves; a block mapping's own end mark is at the next token."""
    if isinstance(node, yaml.MappingNode) and not node.flow_style:
        for pair in node.value:
            yield from (mark for child in pair for mark in _ends(child))
    else:
        yield node.end_mark


def _holds(text: str, entries: Sequence[Acceptance], path: Path) -> bool:
    """Whether the text parses to exactly these entries."""
    try:
        found = parse(text, path).entries
    except FileError:
        return False
    return sorted(map(dumped, found)) == sorted(map(dumped, entries))


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Keep other writers out with a lock on the folder, which leaves no file behind even after a crash."""
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
