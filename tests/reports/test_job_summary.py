"""summary.md: below GitHub's limit whatever is found, and no value of a server means anything in it."""

from __future__ import annotations

import html
import re
from dataclasses import replace

import pytest

from contract_kit.findings.results import OperationResult, Result
from contract_kit.reports import job_summary
from tests.reports import sample

LIMIT = 1024 * 1024


def rows(text: str) -> list[list[str]]:
    """The cells of every line of a table; an escaped bar is no border."""
    return [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("|")]


def test_says_verdict_target_and_findings() -> None:
    text = job_summary.render(sample.sample())
    assert text.startswith("## ❌ Does not conform\n")
    shown = html.unescape(text)
    assert "4 findings (3 breaking, 1 drift), 1 notice below --fail-on drift, 1 warning, 1 accepted" in shown
    assert "no evidence about the live API" in shown
    assert "fetch_participant was never seen with data" in shown.replace("<!-- -->", "")
    assert "VLA_OTHER_ACCOUNT_SID" in shown
    assert "2 answers 503 were asked again and came" in shown
    for finding in sample.FINDINGS:
        assert finding.fingerprint in text
    assert ["<code>fetch_participant</code>", "–", "1/5", "0/2", "–", "–"] in rows(shown)
    assert job_summary.render(sample.clean()).startswith("## ✅ Conforms\n")
    assert job_summary.render(sample.clean(blind_spots=("x",))).startswith("## ❔ Inconclusive\n")


@pytest.mark.parametrize("result", [sample.nearly_empty(), sample.clean()])
def test_nothing_found(result: Result) -> None:
    assert "### Findings" not in job_summary.render(result)


@pytest.mark.parametrize(("number", "length"), [(10_000, 0), (10_000, 10_000), (3, 2_000_000)])
def test_below_the_limit_and_says_how_many_more(number: int, length: int) -> None:
    text = job_summary.render(sample.many(number, length))
    assert len(text.encode("utf-8")) < LIMIT
    shown = len(re.findall(r"<code>[0-9a-f]{12}</code> \|$", text, re.MULTILINE))
    more = re.search(r"\*\*(\d+) more:\*\*", text)
    assert shown + (int(more[1]) if more else 0) == number
    assert shown >= min(number, 100)


def test_everything_else_is_cut_as_well() -> None:
    much = tuple(f"{number}{sample.HOSTILE}" for number in range(3000))
    result = sample.many(10_000, 10_000)
    result = replace(
        result,
        blind_spots=much,
        remarks=much,
        operations=tuple(OperationResult(name, 1, {}, 1, 1) for name in much),
        checks=tuple(replace(sample.CHECKS[4], reason=reason) for reason in much),
        target=replace(result.target, label=much[0] * 1000),
    )
    text = job_summary.render(result)
    assert len(text.encode("utf-8")) < LIMIT
    assert len(re.findall(r"^(?:- |\| )\**\d+ more", text, re.MULTILINE)) == 6


def test_hostile_values_mean_nothing() -> None:
    text = job_summary.render(sample.hostile())
    text.encode("utf-8")
    tags = set(re.findall(r"<[^>]*>", text))
    assert tags <= {"<code>", "</code>", "<br>", "<!-- -->"}
    assert "script" in html.unescape(text)
    values = re.sub(r"&#\d+;|<[^>]*>", "", text)
    # What is left of Markdown is ours: headings, list marks, bold labels, borders of tables.
    assert not re.search(r"[@`\\\[\]_~]", values.rpartition("\n`vla recheck ID`")[0])
    assert not re.search(r"#\d|https?:|javascript:", values)
    heading = next(line for line in text.splitlines() if line.startswith("| Severity"))
    width = heading.count("|")
    findings = text[text.index(heading) :].split("\n\n")[0].splitlines()
    assert len(findings) == 2 + 4
    assert {line.count("|") for line in findings} == {width}


@pytest.mark.parametrize("value", ["@octocat", "#1", "www.evil.example", "https://evil.example", "a@evil.example"])
def test_prose_is_split_where_github_would_link(value: str) -> None:
    """GitHub looks for these in the text that Markdown leaves; a comment in between is not there to see."""
    text = job_summary.render(sample.clean(remarks=(f"see {value}",)))
    [line] = [line for line in text.splitlines() if line.startswith("- see")]
    assert value not in html.unescape(line)
    assert value in html.unescape(line).replace("<!-- -->", "")
