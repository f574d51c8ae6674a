"""The pages can be found from the README, lead somewhere, and name only commands and options that exist."""

from __future__ import annotations

import importlib
import pkgutil
import re
import subprocess
import sys
from functools import cache

import pytest

from contract_kit import check
from contract_kit.check.properties import Property
from contract_kit.cli import COMMANDS
from tests.conftest import ROOT
from tests.docs.blocks import PAGES, read
from video_log_analyzer import checks
from video_log_analyzer.kit import KIT

VLA = (*COMMANDS, *KIT.commands)
LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)(#[^)\s]*)?\)")
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")
# What else the pages call, whose options are not ours.
OTHERS = re.compile(r"\b(?:git|curl|pip|npm|pytest|st run|twilio|prism|apt-get|grep)\b")


def anchors(page: str) -> set[str]:
    """What a link to a heading of the page may end with, as GitHub makes it."""
    headings = re.findall(r"^#+ (.*)$", read(page), re.MULTILINE)
    return {"#" + re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def targets(page: str) -> set[str]:
    """What the page links to, relative to the checkout; ``""`` is the page itself."""
    folder = (ROOT / page).parent
    return {
        str((folder / found[1]).resolve().relative_to(ROOT)) if found[1] else page
        for found in LINK.finditer(read(page))
    }


@cache
def help_of(*command: str) -> str:
    done = subprocess.run([sys.executable, *command, "--help"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}: {done.stderr}"
    return done.stdout


@cache
def options(command: str) -> frozenset[str]:
    """The options of a subcommand of ``vla``."""
    return frozenset(OPTION.findall(help_of("-m", "video_log_analyzer", command)))


@cache
def all_options() -> frozenset[str]:
    """The options of every command of this repository."""
    scripts = [*(ROOT / "scripts").glob("*.py"), ROOT / "benchmarks" / "__main__.py", ROOT / "benchmarks" / "run.py"]
    found = {
        option for script in scripts for option in re.findall(r'"(--[a-z-]+)"', script.read_text(encoding="utf-8"))
    }
    return frozenset(found | {"--help", "--version", "--kit"}.union(*map(options, VLA)))


def calls(page: str) -> list[tuple[str, str]]:
    """Each line of a block, or piece of inline code, with ``vla COMMAND``: the command, and the rest."""
    text = re.sub(r"\\\n\s*", " ", read(page))
    code = re.findall(r"^\$ (.*)$", text, re.MULTILINE) + re.findall(r"`([^`\n]+)`", text)
    code = [each for each in code if "# exits 2" not in each]  # a misspelling, to show what is said of it
    found = [re.match(r"(?:.* )?(?:[\w.]+/)*(?:vla|contract_kit --kit \S+) (?!--)([\w-]+)(.*)", each) for each in code]
    scripted = [re.match(r"(?:\S+/)?scripts/(check)\b(.*)", each) for each in code]
    return [(each[1], each[2].partition("#")[0]) for each in [*found, *scripted] if each]


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    for target in targets(page):
        assert (ROOT / target).exists(), f"{page} links to {target}"
    for found in LINK.finditer(read(page)):
        target = str(((ROOT / page).parent / found[1]).resolve().relative_to(ROOT)) if found[1] else page
        if found[2]:
            assert found[2] in anchors(target), f"{page} links to {target}{found[2]}: {', '.join(anchors(target))}"


def test_every_page_is_linked_from_the_readme_or_another_page() -> None:
    linked = {target for page in PAGES for target in targets(page) if target != page}
    assert not {page for page in PAGES if page != "README.md"} - linked


@pytest.mark.parametrize("page", PAGES)
def test_pages_name_only_commands_and_options_that_exist(page: str) -> None:
    for command, rest in calls(page):
        assert command in VLA, f"{page}: `vla {command}`: there are {', '.join(VLA)}"
        unknown = set(OPTION.findall(rest)) - options(command)
        assert not unknown, f"{page}: `vla {command}` has no {', '.join(unknown)}"
    for code in re.findall(r"`([^`\n]+)`", read(page)) + re.findall(r"^\$ (.*)$", read(page), re.MULTILINE):
        if not OTHERS.search(code) and "# exits 2" not in code:
            unknown = set(OPTION.findall(code)) - all_options()
            assert not unknown, f"{page}: no command has {', '.join(unknown)}"


def test_the_readme_names_every_subcommand() -> None:
    assert {command for command, _ in calls("README.md")} >= set(VLA)


def test_the_check_page_names_every_property() -> None:
    text = read("docs/check.md")
    for package in (check, checks):
        for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            for value in vars(importlib.import_module(found.name)).values():
                assert not isinstance(value, Property) or f"`{value.name}`" in text, f"docs/check.md: add {value.name}"
