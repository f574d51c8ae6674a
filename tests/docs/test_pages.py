"""Every command and snippet of the pages does what the page says.

``console`` blocks run in one shell per page, in their order, in a copy of the checkout. A ``python`` block runs in that
shell, too. A block whose first line names a file in a comment is saved under that name for the commands below it; if
the file is there already, the block must be an excerpt of it. A block that cannot run here says why in a comment above.
"""

from __future__ import annotations

import json
import re
import shutil
import tomllib
from pathlib import Path

import pytest
import yaml

from tests.docs.blocks import PAGES, Block, blocks, commands, read, shows
from tests.docs.shell import Outcome, Shell, copy_checkout

BLOCKS = {page: blocks(page) for page in PAGES}
MARKED = [block for each in BLOCKS.values() for block in each if block.not_run]


@pytest.mark.parametrize("page", [page for page in PAGES if BLOCKS[page]])
def test_blocks_do_what_the_page_says(page: str, tmp_path: Path) -> None:
    if missing := [each for each in ("bash", "curl") if f"{each} " in read(page) and shutil.which(each) is None]:
        pytest.skip(f"needs {', '.join(missing)}")
    with Shell(copy_checkout(tmp_path / "checkout")) as shell:
        for block in BLOCKS[page]:
            if not block.not_run:
                run(block, shell)


@pytest.mark.parametrize("block", MARKED, ids=str)
def test_blocks_that_are_not_run(block: Block) -> None:
    pytest.skip(f"{block}: {block.not_run}")


@pytest.mark.parametrize("page", PAGES)
def test_every_fence_and_every_mark_belongs_to_a_block(page: str) -> None:
    text = read(page)
    assert len(re.findall(r"^\s*```", text, re.MULTILINE)) == 2 * len(BLOCKS[page]), "an indented or an open fence"
    marked = sum(bool(block.not_run) for block in BLOCKS[page])
    assert text.count("<!-- not run") == marked, "a mark must stand directly above its block, and give a reason"


def test_a_command_that_does_something_else_is_seen(tmp_path: Path) -> None:
    with Shell(copy_checkout(tmp_path / "checkout")) as shell:
        for text in (
            "$ vla emulator --list-fault\n",
            "$ vla emulator --list-faults   # exits 2\n",
            "$ vla --version\nvla of another version\n",
        ):
            with pytest.raises(AssertionError):
                run(Block("planted.md", 1, "console", text, ""), shell)


@pytest.mark.parametrize(
    ("expected", "actual", "same"),
    [
        ("a  12 s", "a 3.5 s", True),
        ("…\nlast", "first\nsecond\nlast", True),
        ("GET /x?…&y", "GET /x?a=1&y", True),
        ("a\nb", "a\nc\nb", False),
        ("a", "a\nb", False),
    ],
)
def test_output_is_compared_but_for_figures_and_ellipses(expected: str, actual: str, *, same: bool) -> None:
    assert shows(expected, actual) is same


def run(block: Block, shell: Shell) -> None:
    """Raises AssertionError where the block does not do what it should."""
    match block.language:
        case "console":
            run_console(block, shell)
        case "python" | "yaml" | "toml" if block.file:
            place(block, shell.folder / block.file)
        case "python":
            (shell.folder / "snippet.py").write_text(block.text, encoding="utf-8")
            require(block, "python snippet.py", shell.run("python snippet.py"), 0)
        case "yaml":
            yaml.safe_load(block.text)
        case "toml":
            tomllib.loads(block.text)
        case "json":
            json.loads(block.text)
        case "text":
            pass
        case other:
            pytest.fail(f"{block}: nobody runs {other!r}: write <!-- not run: why --> above it")


def run_console(block: Block, shell: Shell) -> None:
    for command in commands(block):
        outcome = shell.run(command.text)
        require(block, command.text, outcome, command.status)
        if command.output.strip():
            found = shows(command.output, outcome.stdout) or shows(command.output, outcome.stderr)
            assert found, f"{block}: `{command.text}` shows something else:\n{outcome.stdout}{outcome.stderr}"


def require(block: Block, command: str, outcome: Outcome, status: int) -> None:
    said = f"{outcome.stdout}{outcome.stderr}"
    assert outcome.status == status, f"{block}: `{command}` exits {outcome.status}, not {status}:\n{said}"


def place(block: Block, path: Path) -> None:
    if not path.is_file():
        path.write_text(block.text, encoding="utf-8")
        return
    excerpt = block.text.partition("\n")[2]
    found = shows(f"…\n{excerpt}…", path.read_text(encoding="utf-8"))
    assert found, f"{block}: is no excerpt of {block.file}"
