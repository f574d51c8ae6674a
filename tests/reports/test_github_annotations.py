"""GitHub's annotations: at most ten of each kind, and no value of a server is a command."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

import pytest

from contract_kit.findings.finding import Finding
from contract_kit.findings.results import Result
from contract_kit.reports import github_annotations
from tests.reports import sample

COMMAND = re.compile(r"::(error|warning|notice) title=([^:,\r\n]*)::([^\r\n]*)")


def commands(result: Result) -> list[tuple[str, str, str]]:
    """Each line as the runner takes it: the command, its title, its message."""
    text = github_annotations.render(result)
    text.encode("utf-8")
    assert text == "" or text.endswith("\n")
    found = [COMMAND.fullmatch(line) for line in text.split("\n")[:-1]]
    return [(match[1], unescaped(match[2]), unescaped(match[3])) for match in found if match] if all(found) else []


def unescaped(text: str) -> str:
    for code, char in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(code, char)
    return text


def test_kinds() -> None:
    found = commands(sample.sample())
    assert [(command, title) for command, title, _ in found] == [
        ("error", "breaking: server failure, list_participants status"),
        ("error", "breaking: undocumented value, list_rooms /rooms/*/end_reason"),
        ("error", "breaking: filter, list_rooms query:Codec"),
        ("error", "drift: missing header, fetch_room header:Retry-After"),
        ("warning", "warning, breaking: consistency, list_rooms /rooms/*/total_participant_duration_sec"),
        ("warning", "not seen"),
        ("notice", "notice: internal value, list_rooms /rooms/*/media_region"),
        ("notice", "accepted, drift: undocumented field, list_participants /participants/*"),
    ]
    assert (
        "found end_reason is 'exploded'\nonly in answers with RoomName (4 answers; not in 90 others)\nexpected one of"
        in found[1][2]
    )
    assert found[1][2].endswith(f"again: vla recheck {sample.FINDINGS[1].fingerprint}")


def test_an_inconclusive_run_is_an_error() -> None:
    [(command, _, message)] = commands(sample.clean(blind_spots=("nothing was seen",)))
    assert (command, message) == ("error", "nothing was seen")


def test_nothing_to_say() -> None:
    assert github_annotations.render(sample.clean()) == ""


def named(number: int) -> tuple[Finding, ...]:
    return tuple(replace(sample.FINDINGS[0], value=f"value-{index:05}") for index in range(number))


@pytest.mark.parametrize(("number", "more"), [(9, 0), (10, 0), (11, 1), (10_000, 9_990)])
def test_at_most_ten_and_the_rest_is_counted(number: int, more: int) -> None:
    found = commands(sample.clean(findings=named(number)))
    assert len(found) == min(number, 10)
    assert ("more" in found[-1][1]) == bool(more)
    if more:
        assert found[-1][1].endswith(f"(and {more} more)")
        assert f"{more} more:" in found[-1][2]


def test_at_most_ten_of_each() -> None:
    kinds = Counter(command for command, _, _ in commands(sample.many(10_000)))
    assert kinds == {"error": 10, "warning": 10, "notice": 10}


def test_hostile_values_are_no_commands() -> None:
    """No line is a command that is not ours, in the form of today or the older one, ``##[error]``."""
    found = commands(sample.hostile())
    assert Counter(command for command, _, _ in found) == {"error": 2, "warning": 3, "notice": 1}
    assert any("%0A https://evil.example/" in message for _, _, message in found), "a percent sign was not escaped"


def test_long_values_are_cut() -> None:
    assert len(github_annotations.render(sample.many(1, 1_000_000)).encode()) < 10_000
