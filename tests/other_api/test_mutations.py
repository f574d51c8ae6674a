"""The general mutations work in front of an API that they were not made for."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from contract_kit import contract
from contract_kit.api import Credentials
from contract_kit.check import runner
from contract_kit.configuration import Configuration
from contract_kit.mutation.generated import mutations_of
from contract_kit.mutation.proxy import MutationProxy
from contract_kit.targets import Target
from tests.conftest import ROOT
from tests.other_api.kit import KIT
from tests.other_api.server import LendingLibrary

CONTRACT = contract.load(KIT)
MUTATIONS = mutations_of(CONTRACT)

# The mutation, the file of the suite that is run, and what it finds: kind, operation, location.
FOUND = [
    ("missing-field:listMembers.interests", "survey", "missing field", "listMembers", "/*/interests"),
    ("undocumented-value:listFines.reason", "survey", "undocumented value", "listFines", "/*/reason"),
    ("bad-format:getMember.joined", "survey", "format", "getMember", "/joined"),
    ("list-differs:loan.renewals", "every_resource", "consistency", "getLoan", "/renewals"),
    ("first-row-lost:listLoans", "paging", "paging", "listLoans", ""),
    ("endless", "paging", "paging", "listLoans", "header:Link"),
    ("default-size-21", "paging", "paging", "listMembers", ""),
    ("invalid-ignored:listMembers.status", "refusals", "invalid request accepted", "listMembers", "query:status"),
    ("credentials-accepted:none", "refusals", "authentication", "getFine", "header:Authorization"),
    ("media-type-text-html:errors", "refusals", "content type", "getFine", "header:Content-Type"),
]
TOLD = {
    "filter-ignored:listMembers.status",
    "filter-inclusive:listMembers.joinedUntil",
    "benign-short-pages",
    "benign-gzip",
}


@pytest.fixture(scope="module")
def library() -> Iterator[LendingLibrary]:
    with LendingLibrary() as library:
        yield library


@pytest.fixture(autouse=True)
def _at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def found(library: LendingLibrary, names: list[str], *suites: str) -> tuple[list[tuple[str, str, str]], set[str]]:
    """The findings of a quick check through the proxy, and what was changed on the way."""
    target = Target(library.url, Credentials("", library.token), other=Credentials("", library.other_token))
    environment = {**os.environ, "LIBRARY_TOKEN": library.token, "LIBRARY_OTHER_TOKEN": library.other_token}
    with MutationProxy(CONTRACT, target, MUTATIONS.find(names)) as proxy:
        select = tuple(f"test_{suite}.py" for suite in suites)
        run = Configuration(kit="tests.other_api.kit:KIT", target=proxy.url, profile="quick", select=select)
        result = runner.run(run, environment, progress=False)
        shown = {name for name, count in proxy.shown.items() if count}
    return [(each.kind, each.operation, each.location) for each in result.findings], shown


@pytest.mark.parametrize("suite", sorted({each[1] for each in FOUND}))
def test_planted_faults_are_found(library: LendingLibrary, suite: str) -> None:
    """All faults of one file of checks at once, since each run takes some seconds."""
    expected = [each for each in FOUND if each[1] == suite]
    names = [each[0] for each in expected]
    findings, shown = found(library, names, suite)
    assert shown == set(names)
    for name, _, kind, operation, location in expected:
        hit = [each for each in findings if each[:2] == (kind, operation)]
        assert any(each[2].startswith(location) for each in hit), (name, findings)


def test_benign_ones_are_not_reported(library: LendingLibrary) -> None:
    # Slow answers change nothing else, and are tried with the emulator.
    benign = [each.name for each in MUTATIONS if each.kind == "benign" and "slow" not in each.name]
    findings, shown = found(library, benign, "survey", "paging", "every_resource", "refusals")
    assert findings == []
    assert len(shown) > len(benign) / 2


def test_filters_are_told_by_kit_and_document() -> None:
    assert {each.name for each in MUTATIONS} >= TOLD
