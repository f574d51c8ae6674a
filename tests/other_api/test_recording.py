"""`record` for an API that nobody wrote a scenario for: what is recorded, what is left of it, what it is good for."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from contract_kit import contract
from contract_kit.api import Authentication, Credentials, Variables
from contract_kit.cassettes import cassette as cassette_module
from contract_kit.cassettes import leaks
from contract_kit.cassettes.cassette import ORIGINS
from contract_kit.cassettes.recording import record
from contract_kit.cassettes.replay import replay
from contract_kit.cassettes.scenario import Scenario
from contract_kit.cassettes.scenarios import scenarios_of
from contract_kit.cassettes.scrubbing import MOMENT, scrub
from contract_kit.check.conformance import Conformance
from contract_kit.masking import Masker
from contract_kit.targets import Target
from tests.conftest import ROOT
from tests.other_api.data import FAMILY, FINES, GIVEN, LOANS, MEMBERS, TITLES
from tests.other_api.library import Call
from tests.other_api.server import LendingLibrary

CONTRACT = contract.load("tests.other_api.kit:KIT")
NAMES = [
    *("members", "members-pages", "member", "loans", "loans-pages", "loan", "fines", "fines-pages", "fine"),
    *("not-found", "unauthorized", "invalid", "wrong-method"),
]
# Scenarios of a kit's own.
OWN = {name: Scenario(name, "of the kit's own", lambda caller: None) for name in ("members", "overdue")}
# A kit as somebody has it in a folder of their own, with its cassettes beside it.
KIT = """\
from dataclasses import replace
from pathlib import Path

from tests.other_api.kit import KIT as LIBRARY

KIT = replace(LIBRARY, cassettes=Path(__file__).parent / "cassettes")
"""


def library_command(folder: Path, *arguments: str, token: str = "") -> subprocess.CompletedProcess[str]:
    """Run a command of the library's kit in the folder in which the kit lies."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "LIBRARY_TOKEN": token}
    command = [sys.executable, "-m", "contract_kit", "--kit", "own_kit:KIT", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def library() -> Iterator[LendingLibrary]:
    with LendingLibrary() as library:
        yield library


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, library: LendingLibrary) -> Path:
    """A folder with the kit and all of its cassettes."""
    folder = tmp_path_factory.mktemp("library")
    (folder / "own_kit.py").write_text(KIT, encoding="utf-8")
    done = library_command(folder, "record", "--target", library.url, token=library.token)
    assert done.returncode == 0, done.stderr
    return folder


def cassettes(folder: Path) -> list[cassette_module.Cassette]:
    return [cassette_module.load(path) for path in sorted((folder / "cassettes").glob("*.yaml"))]


def test_every_default_scenario_is_recorded(folder: Path) -> None:
    assert sorted(each.label.scenario for each in cassettes(folder)) == sorted(NAMES)
    statuses = {each.label.scenario: {one.status for one in each.interactions} for each in cassettes(folder)}
    refused = {"not-found": 404, "unauthorized": 401, "invalid": 400, "wrong-method": 405}
    assert {name: statuses[name] - {200} for name in NAMES} == {
        name: {refused[name]} if name in refused else set() for name in NAMES
    }


def test_a_kits_own_scenarios_win_over_those_of_the_same_name() -> None:
    kit = replace(CONTRACT.kit, scenarios=f"{__name__}:OWN")
    found = scenarios_of(replace(CONTRACT, kit=kit))
    assert sorted(found) == sorted([*NAMES, "overdue"])
    assert found["members"] is OWN["members"]


def test_nobodys_data_is_left(folder: Path, library: LendingLibrary) -> None:
    """Neither names, addresses, titles and numbers of books, nor ids, the token or where the library is."""
    rows = [*MEMBERS["north"], *(row for each in (LOANS, FINES) for rows in each.values() for row in rows)]
    ids = {str(row["id"]) for row in rows}
    private = {*GIVEN, *FAMILY, *TITLES, "Quay", "Harbourside", "reader", "north-branch", library.url, "127.0.0.1"}
    private |= {str(member["address"]["postalCode"]) for member in MEMBERS["north"]}
    for path in (folder / "cassettes").iterdir():
        text = path.read_text(encoding="utf-8")
        assert {each for each in private if each in text} == set()
        assert "978000" not in text
        assert leaks.scan(text.encode(), {"the token": library.token}) == []
        for each in cassette_module.load(path).interactions:
            numbers = set(re.findall(r"[0-9]+", each.uri.partition("?")[0]))
            if each.status == 200:
                numbers |= set(re.findall(r'"(?:id|member|loan)": ([0-9]+)', each.body))
                numbers |= set(re.findall(r"/(?:members|loans|fines)/([0-9]+)", each.body + each.header("link")))
            assert numbers & ids == set()


def test_equal_ids_stay_equal(folder: Path) -> None:
    """A loan leads to its member: by the path of its list, by its field and by its own URL."""
    (found,) = (each for each in cassettes(folder) if each.label.scenario == "loans")
    members, loans = (yaml.safe_load(each.body) for each in found.interactions)
    assert [each["id"] for each in members] == [1, 2, 3, 4, 5, 6]
    assert members[0]["self"].endswith("/api/members/1")
    assert {each["member"] for each in loans} == {members[0]["id"]}
    assert found.interactions[1].path == "/api/members/1/loans"
    assert [each["self"].rpartition("/")[2] for each in loans] == [str(each["id"]) for each in loans]


def test_what_is_recorded_conforms_and_replays(folder: Path) -> None:
    conformance = Conformance(CONTRACT.document)
    for each in cassettes(folder):
        for answer in each.answers(CONTRACT.document, Masker.of(CONTRACT)):
            assert list(conformance.findings(answer)) == []
        assert replay(each, CONTRACT) == []


def test_scrubbing_again_changes_nothing(folder: Path) -> None:
    origin = ORIGINS["emulator"]
    for each in cassettes(folder):
        again = scrub(each.interactions, CONTRACT, origin=origin, pseudonym_origin=origin, clock=MOMENT)
        assert again.interactions == each.interactions
        assert again.masked == {}


def test_two_recordings_differ_in_the_time_of_day_alone(folder: Path, library: LendingLibrary, tmp_path: Path) -> None:
    """Times are shifted from the second of the recording, so that nobody can tell the second of a loan."""
    (tmp_path / "own_kit.py").write_text(KIT, encoding="utf-8")
    names = ["members-pages", "loans-pages", "fine", "not-found", "invalid"]
    done = library_command(tmp_path, "record", *names, "--target", library.url, token=library.token)
    assert done.returncode == 0, done.stderr

    def without_times(each: cassette_module.Cassette) -> str:
        text = replace(each, label=replace(each.label, recorded_at="")).dump()
        # A recording at midnight is of two days.
        return re.sub(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:.]+)?|digest: \S+", "", text)

    again = {each.label.scenario: without_times(each) for each in cassettes(tmp_path)}
    assert again == {
        each.label.scenario: without_times(each) for each in cassettes(folder) if each.label.scenario in names
    }


def test_the_check_replays_them_and_holds_them_against_the_document(
    folder: Path, library: LendingLibrary, tmp_path: Path
) -> None:
    (tmp_path / "own_kit.py").write_text(KIT, encoding="utf-8")
    (found,) = (each for each in cassettes(folder) if each.label.scenario == "members")
    drifted = [replace(each, body=each.body.replace('"active"', '"dormant"')) for each in found.interactions]
    (tmp_path / "cassettes").mkdir()
    path = tmp_path / "cassettes" / "members.yaml"
    path.write_text(replace(found, interactions=tuple(drifted)).dump(), encoding="utf-8")
    done = library_command(tmp_path, "check", "--profile", "quick", "--target", library.url, token=library.token)
    assert "passed  The recorded scenario runs again without a network [members]" in done.stdout + done.stderr
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"cassette {found.label}, answer 1" in done.stdout
    assert "dormant" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("record",), "Lending Library has no emulator: give --target, for example https://library.example"),
        (("record", "--compare"), "Lending Library has no emulator to compare with"),
        (("record", "lones"), "no scenario 'lones'"),
        (("record", "--target", "http://127.0.0.1:9"), "the target needs credentials in the environment: LIBRARY_TOKEN"),
    ],
)
def test_what_a_kit_does_not_have_is_said_in_one_line(folder: Path, arguments: tuple[str, ...], said: str) -> None:
    done = library_command(folder, *arguments)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1), done.stderr
    assert said in done.stderr
    assert done.stderr.startswith("library record: ")


def test_ages_are_told_by_the_name_of_the_program(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "own_kit.py").write_text(KIT, encoding="utf-8")
    (tmp_path / "cassettes").mkdir()
    for each in cassettes(folder)[:1]:
        old = replace(each, label=replace(each.label, document="0.9.0"))
        (tmp_path / "cassettes" / each.path.name).write_text(old.dump(), encoding="utf-8")
    told = library_command(tmp_path, "record", "--check-age")
    assert "recorded with version 0.9.0 of the document" in told.stdout
    assert "renew it with `library record --stale`" in told.stdout


def test_a_secret_in_the_query_is_not_recorded() -> None:
    """Nor is it compared: whoever replays the cassette has another one, or none."""
    authentication = Authentication("query", (Variables(secret="LIBRARY_TOKEN"),), name="api_key")
    by_query = replace(CONTRACT, kit=replace(CONTRACT.kit, authentication=authentication))
    with LendingLibrary() as library:
        given = library.RequestHandlerClass

        class KeyInQuery(given):  # type: ignore[misc, valid-type]
            def _call(self) -> Call:
                call: Call = super()._call()
                query = tuple(pair for pair in call.query if pair[0] != "api_key")
                return replace(call, token=dict(call.query).get("api_key"), query=query)

        library.RequestHandlerClass = KeyInQuery
        target = Target(library.url, Credentials("", library.token))
        for name in ("loans-pages", "unauthorized"):
            recorded = record(target, scenarios_of(by_query)[name], by_query).cassette
            assert {each.status for each in recorded.interactions} == ({200, 401} if name == "unauthorized" else {200})
            assert "api_key" not in recorded.dump()
            assert library.token not in recorded.dump()
