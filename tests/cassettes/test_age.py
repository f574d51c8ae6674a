"""How old a cassette may be: a limit, twice the limit, and no date before that."""

from __future__ import annotations

from datetime import date

import pytest

from contract_kit.cassettes.age import age, versions_in
from contract_kit.cassettes.cassette import Label
from contract_kit.cassettes.scrubbing import PROFILE

VERSIONS = ("0.3.0", "0.2.0", "0.1.0")


def label(target: str, recorded_at: str, document: str, scrubbing: str = PROFILE) -> Label:
    return Label(target, recorded_at, "2026-01-15T12:00:00Z", document, "rooms", scrubbing, {})


@pytest.mark.parametrize(
    ("today", "fails"),
    [("2026-01-01", None), ("2026-04-01", None), ("2026-04-02", False), ("2026-06-30", False), ("2026-07-01", True)],
)
def test_live_ones_age_by_days(today: str, fails: bool | None) -> None:
    found = age(label("live", "2026-01-01", "0.1.0"), date.fromisoformat(today), VERSIONS)
    assert (found.fails if found else None) is fails


@pytest.mark.parametrize(("document", "fails"), [("0.3.0", None), ("0.2.0", False), ("0.1.0", True), ("0.0.1", True)])
def test_synthetic_ones_age_by_versions_of_the_document(document: str, fails: bool | None) -> None:
    for today in (date(2026, 1, 1), date(2036, 1, 1)):
        found = age(label("emulator", "2026-01-01", document), today, VERSIONS)
        assert (found.fails if found else None) is fails


def test_what_was_scrubbed_by_other_rules_fails() -> None:
    found = age(label("live", "2026-01-01", "0.3.0", "allow-list 0"), date(2026, 1, 1), VERSIONS)
    assert found is not None
    assert found.fails


def test_versions_come_from_the_changelog() -> None:
    changelog = "# Changelog\n\n## 0.3.0 (unreleased)\n\n## Notes\n\n## 0.2.0 (2026-12-01)\n"
    assert versions_in(changelog, "0.3.0") == ("0.3.0", "0.2.0")
    assert versions_in("", "0.3.0") == ("0.3.0",)
