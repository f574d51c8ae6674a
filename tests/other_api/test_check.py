"""The engine against an API that it was not made for: nothing is found without a fault, and planted faults are."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from contract_kit.check import runner
from contract_kit.configuration import Configuration
from contract_kit.findings.results import Result
from tests.conftest import ROOT
from tests.other_api.faults import FAULTS
from tests.other_api.server import LendingLibrary

KIT = "tests.other_api.kit:KIT"

# The fault, the file of the suite that is run, and what it finds: kind, operation, location, value.
CAUGHT = [
    ("row_repeated", "paging", "paging", "listLoans", "", "repeated-rows"),
    ("row_skipped", "paging", "paging", "listLoans", "", "missing-rows"),
    ("next_loops", "paging", "paging", "listFines", "header:Link", "list-ends"),
    ("no_end", "paging", "paging", "listLoans", "header:Link", "list-ends"),
    ("prev_wrong", "paging", "paging", "listLoans", "header:Link", "page-behind-url"),
    ("prev_missing", "paging", "paging", "listLoans", "header:Link", "previous-url"),
    ("first_wrong", "paging", "paging", "listLoans", "header:Link", "page-behind-url"),
    ("page_too_large", "paging", "paging", "listFines", "", "page-length"),
    ("default_limit_21", "paging", "paging", "listMembers", "", "page-length"),
    ("links_to_elsewhere", "paging", "paging", "listLoans", "url", "foreign origin"),
    ("forged_cursor_accepted", "paging", "paging", "listFines", "query:cursor", "changed token"),
    ("missing_key", "survey", "missing field", "listMembers", "/*/interests", "interests"),
    ("wrong_type", "survey", "wrong type", "listLoans", "/*/renewals", "string"),
    ("undocumented_status", "survey", "undocumented value", "listMembers", "/*/status", "frozen"),
    ("undocumented_key", "survey", "undocumented field", "listFines", "/*/internalNote", "internalNote"),
    ("null_not_allowed", "survey", "null", "listMembers", "/*/name", "null"),
    ("date_in_local_style", "survey", "format", "listMembers", "/*/joined", "date"),
    ("time_without_offset", "survey", "format", "listLoans", "/*/due", "date-time"),
    ("relative_self", "survey", "format", "listFines", "/*/self", "uri"),
    ("list_in_envelope", "survey", "wrong type", "listLoans", "", "object"),
    ("listed_value_differs", "every_resource", "consistency", "getLoan", "/renewals", "list-is-detail"),
    ("other_parent", "every_resource", "consistency", "getFine", "/member", "list-is-detail"),
    ("no_token_accepted", "refusals", "authentication", "getFine", "header:Authorization", "no credentials"),
    ("wrong_token_accepted", "refusals", "authentication", "getFine", "header:Authorization", "wrong secret"),
    ("other_branch_visible", "refusals", "authentication", "getMember", "path:memberId", "member of another account"),
    ("limit_101_accepted", "refusals", "invalid request accepted", "listFines", "query:limit", "too large"),
    ("unknown_status_accepted", "refusals", "invalid request accepted", "listMembers", "query:status", "unknown value"),
    ("plain_text_404", "refusals", "content type", "getFine", "header:Content-Type", "text/plain"),
    ("problem_status_differs", "refusals", "error shape", "getFine", "/status", "error-status"),
    ("problem_type_no_uri", "refusals", "error shape", "getFine", "/type", "uri"),
    ("no_allow", "protocol", "missing header", "getFine", "header:Allow", "Allow"),
]


@pytest.fixture(scope="module")
def library() -> Iterator[LendingLibrary]:
    with LendingLibrary() as library:
        yield library


@pytest.fixture(autouse=True)
def _at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    """The kit is a module of this repository, which is nowhere installed."""
    monkeypatch.chdir(ROOT)


def checked(library: LendingLibrary, *suites: str) -> Result:
    """The outcome of a quick check of the library, by these files of the suite or by all."""
    environment = {**os.environ, "LIBRARY_TOKEN": library.token, "LIBRARY_OTHER_TOKEN": library.other_token}
    select = tuple(f"test_{suite}.py" for suite in suites)
    run = Configuration(kit=KIT, target=library.url, profile="quick", select=select)
    return runner.run(run, environment, progress=False)


def test_nothing_is_found_without_a_fault(library: LendingLibrary) -> None:
    result = checked(library)
    assert [(each.kind, each.operation, each.location, each.value) for each in result.findings] == []
    assert result.blind_spots == ()
    assert result.exit_status == 0
    assert {each.name: each.with_data > 0 for each in result.operations} == dict.fromkeys(
        ["listMembers", "getMember", "listLoans", "getLoan", "listFines", "getFine"], True
    )
    reasons = {check.reason for check in result.checks if check.outcome == "skipped"}
    assert {"not run: the kit has no ledger", "not run: the kit has no recordings"} <= reasons


@pytest.mark.parametrize(("fault", "suite", "kind", "operation", "location", "value"), CAUGHT, ids=lambda _: None)
def test_a_planted_fault_is_found(
    library: LendingLibrary, fault: str, suite: str, kind: str, operation: str, location: str, value: str
) -> None:
    library.faults = (FAULTS[fault],)
    try:
        found = [(each.kind, each.operation, each.location, each.value) for each in checked(library, suite).findings]
    finally:
        library.faults = ()
    assert (kind, operation, location, value) in found
