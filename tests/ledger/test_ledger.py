"""Loading and integrity: every fault is one line that says where, what was found and what is allowed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from contract_kit import document
from contract_kit.errors import FileError
from contract_kit.ledger import integrity
from contract_kit.ledger import model as ledger
from contract_kit.ledger.conflicts import enum_statuses, expected
from contract_kit.ledger.model import Ledger
from video_log_analyzer.kit import KIT
from video_log_analyzer.readings import READERS

OPERATIONS = [operation.name for operation in document.load(KIT.document).operations]
Write = Callable[..., Path]

OLD = """
    - {id: O.Room.method, subject: Room.method, at: {lines: 3-5}, anchor: method string,
       says: {type: string, enum: [HEAD, GET]}}
    """
NEW = """
    - {id: N.Room.method, subject: Room.method, at: {lines: 7}, anchor: method string,
       says: {type: string, enum: [GET]}}
    """
HISTORY = "- {id: V.Room.method.2024, subject: Room.method, at: {date: '2024'}, anchor: narrows, says: {to: [GET]}}"
DECISION = """
    - id: D1
      title: The method
      subjects: [Room.method]
      for: [O.Room.method]
      against: [N.Room.method]
      decision: both
      chooses: {enum: union}
      why: it grew
      status: settled
    """


def test_a_ledger_that_holds_together_has_no_problems(write: Write) -> None:
    loaded = ledger.load(write(old=OLD, new=NEW, history=HISTORY, decisions=DECISION))
    assert integrity.problems(loaded, OPERATIONS, READERS) == []
    claim = loaded.claims[0]
    assert (claim.id, claim.source, claim.file, str(claim.at)) == (
        "V.Room.method.2024",
        "history",
        "claims/history.yaml",
        "row 2024",
    )


@pytest.mark.parametrize(
    ("old", "decisions", "message"),
    [
        (
            OLD.replace("anchor: method string,", ""),
            "[]",
            "claims/old.yaml:3: O.Room.method: has no 'anchor', which must be a text",
        ),
        (
            OLD.replace("3-5", "5-3"),
            "[]",
            "claims/old.yaml:3: O.Room.method: 'lines' is '5-3', not a line (512) or lines (75-79)",
        ),
        (OLD.replace("at:", "place:"), "[]", "unknown key 'place' (allowed: id, subject, says, at, anchor)"),
        (OLD.replace("says: {type: string, enum: [HEAD, GET]}", "says: much"), "[]", "'says' is 'much', not a mapping"),
        (OLD.replace("GET]", "1.5]"), "[]", "'enum' holds 1.5, not a text, an integer, true, false or null"),
        ("- O.Room.method", "[]", "claims/old.yaml:3: 'O.Room.method' is not a mapping"),
        (OLD, "decisions: []", "decisions.yaml:1: is not a list of entries"),
        (
            OLD,
            DECISION.replace("settled", "done"),
            "decisions.yaml:10: D1: unknown status 'done' (known: settled, assumed)",
        ),
        (OLD, DECISION.replace("      why: it grew\n", ""), "decisions.yaml:2: D1: has no 'why'"),
    ],
)
def test_a_malformed_entry_is_named_with_file_and_line(write: Write, old: str, decisions: str, message: str) -> None:
    with pytest.raises(FileError, match=r"^[^\n]+$") as caught:
        ledger.load(write(old=old, new=NEW, decisions=decisions))
    assert message in str(caught.value)


def test_a_missing_file_is_named(write: Write) -> None:
    folder = write(old=OLD)
    (folder / "decisions.yaml").unlink()
    with pytest.raises(FileError, match=r"decisions\.yaml: no such file"):
        ledger.load(folder)


@pytest.mark.parametrize(
    ("place", "before", "after", "message"),
    [
        (
            "old",
            "id: O.Room.method",
            "id: O.Room.way",
            "claims/old.yaml:3 O.Room.way: an id begins with its source's letter",
        ),
        ("old", "anchor: method string", "anchor: one two three four five six", "the anchor has 6 words: at most five"),
        ("old", "type: string", "tpye: string", "claims/old.yaml:3 O.Room.method: unknown facet 'tpye' (nearest: type"),
        ("old", "enum: [HEAD, GET]", "enum: []", "enum is an empty list"),
        ("old", "lines: 3-5", "date: '2024'", "'at' must be {lines: …} in claims of old"),
        ("new", "N.Room.method", "O.Room.method", "this id stands already at claims/"),
        (
            "decisions",
            "for: [O.Room.method]",
            "for: [O.Room.mehtod]",
            "decisions.yaml:2 D1: unknown claim 'O.Room.mehtod'",
        ),
        (
            "decisions",
            "subjects: [Room.method]",
            "subjects: [Room.other]",
            "D1: cites O.Room.method, a claim about Room.method",
        ),
        ("decisions", "subjects: [Room.method]", "subjects: []", "D1: names no subject"),
        ("decisions", "subjects: [Room.method]", "subjects: [Room.method, Room.methud]", "is Room.method meant?"),
        (
            "decisions",
            "against: [N.Room.method]",
            "against: [O.Room.method]",
            "D1: cites O.Room.method both for and against",
        ),
        ("decisions", "against: [N.Room.method]", "against: []", "D1: cites neither for nor against: N.Room.method"),
        ("decisions", "{enum: union}", "{format: null}", "D1: does not choose enum for Room.method"),
        ("decisions", "{enum: union}", "{enmu: union}", "D1: unknown facet 'enmu'"),
        ("decisions", "{enum: union}", "{enum: [GET]}", "D1: enum can be chosen as 'union'"),
        (
            "decisions",
            "{enum: union}",
            "{enum: union, internal: [PUT]}",
            "D1: internal: 'PUT' is in no list of Room.method",
        ),
        (
            "decisions",
            "{enum: union}",
            "{enum: union, leaves_out: [PUT]}",
            "D1: leaves_out: 'PUT' is in no list of Room.method",
        ),
        ("decisions", "- id: D1", "- id: O.Room.method", "this id stands already at claims/old.yaml:3"),
    ],
)
def test_a_planted_fault_is_found(write: Write, place: str, before: str, after: str, message: str) -> None:
    files = {"old": OLD, "new": NEW, "decisions": DECISION, "history": HISTORY}
    assert before in files[place]
    files[place] = files[place].replace(before, after)
    assert any(
        message in str(problem) for problem in integrity.problems(ledger.load(write(**files)), OPERATIONS, READERS)
    )


def test_an_unknown_source_is_named_with_those_that_are_known(write: Write) -> None:
    folder = write(old=OLD, new=NEW, history=HISTORY, decisions=DECISION)
    path = folder / "claims" / "old.yaml"
    path.write_text(path.read_text().replace("source: old", "source: guide"))
    texts = [str(problem) for problem in integrity.problems(ledger.load(folder), OPERATIONS, READERS)]
    assert "claims/old.yaml:3 O.Room.method: unknown source 'guide' (known: history, new, old)" in texts
    assert "sources.yaml:1 old: has no claims: write claims/old.yaml" in texts


def test_an_unknown_notation_is_named_with_those_that_can_be_read(write: Write) -> None:
    folder = write(old=OLD, new=NEW, history=HISTORY, decisions=DECISION)
    path = folder / "sources.yaml"
    path.write_text(path.read_text().replace("notation: rendering", "notation: braille", 1))
    texts = [str(problem) for problem in integrity.problems(ledger.load(folder), OPERATIONS, ["rendering"])]
    assert texts == [
        "sources.yaml:1 old: unknown notation 'braille' (known: dated-rows, numbered-rows, observation, rendering)"
    ]


def test_two_decisions_must_not_choose_differently(write: Write) -> None:
    second = DECISION.replace("D1", "D2").replace("{enum: union}", "{enum: null}")
    loaded = ledger.load(write(old=OLD, new=NEW, history=HISTORY, decisions=DECISION + second))
    assert any(
        "D1 and D2 choose different enum for Room.method" in problem.text
        for problem in integrity.problems(loaded, OPERATIONS, READERS)
    )


def test_a_deviation_names_a_decision_that_is_there(write: Write) -> None:
    example = """
        - {id: N.fetch_room.example, operation: fetch_room, status: 200, at: {lines: 9-11}, anchor: method,
           body: {method: GET}, deviations: [{at: /method, keyword: enum, decision: D7}]}
        """
    loaded = ledger.load(write(old=OLD, new=NEW, history=HISTORY, decisions=DECISION, examples=example))
    assert any(
        "unknown decision 'D7' (known: D1) in the deviation at /method" in problem.text
        for problem in integrity.problems(loaded, OPERATIONS, READERS)
    )


def test_the_real_ledger_holds_together(real: Ledger) -> None:
    assert [str(problem) for problem in integrity.problems(real, OPERATIONS, READERS)] == []


def _problems(folder: Path, sources: str | None = None) -> list[str]:
    if sources is not None:
        (folder / "sources.yaml").write_text(sources)
    return [str(problem) for problem in integrity.problems(ledger.load(folder), OPERATIONS, READERS)]


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("what: an old page,", "what: an old page, derived_from: old,", "old: is derived from itself: old ← old"),
        ("what: an old page,", "what: an old page, derived_from: odl,", "unknown source 'odl'"),
    ],
)
def test_what_a_source_was_made_from_is_there_and_was_first(
    write: Write, before: str, after: str, message: str
) -> None:
    folder = write(old=OLD, new=NEW, history=HISTORY, decisions=DECISION)
    text = (folder / "sources.yaml").read_text()
    assert any(message in each for each in _problems(folder, text.replace(before, after)))


def test_sources_that_were_made_from_each_other_are_a_problem(write: Write) -> None:
    folder = write(old=OLD, new=NEW, history=HISTORY, decisions=DECISION)
    text = (folder / "sources.yaml").read_text()
    text = text.replace("what: an old page,", "what: an old page, derived_from: new,")
    assert _problems(folder, text) == []
    loaded = ledger.load(folder)
    assert loaded.origins(["O.Room.method", "N.Room.method"]) == {"new"}
    text = text.replace("what: a new page,", "what: a new page, derived_from: old,")
    assert any("is derived from itself: old ← new ← old" in each for each in _problems(folder, text))


SEEN = """
- {id: seen, letter: S, what: answers of the service, address: unknown, standing: this API, notation: observation,
   as_of: {from: 2026-01-01, known_by: itself}, covers: one value}
"""


def seen(
    folder: Path, source: str = SEEN, says: str = "{observed: [PUT]}", at: str = "{request: GET /v1/Rooms}"
) -> Path:
    """Add an observation to a ledger."""
    with (folder / "sources.yaml").open("a") as file:
        file.write(source)
    text = f"{{id: S.Room.method, subject: Room.method, at: {at}, anchor: seen in 12, says: {says}}}"
    (folder / "claims" / "seen.yaml").write_text(f"source: seen\nclaims: [{text}]\n")
    return folder


def test_observed_value_is_of_the_enum_and_withdraws_nothing(write: Write) -> None:
    loaded = ledger.load(seen(write(old=OLD, new=NEW, history=HISTORY, decisions=DECISION)))
    assert integrity.problems(loaded, OPERATIONS, READERS) == []
    statuses = {"GET": "current", "HEAD": "withdrawn", "PUT": "observed"}
    assert enum_statuses(loaded, "Room.method") == statuses
    assert expected(loaded, "Room.method")["enum"] == tuple(statuses)
    # A list that has the value makes it current, whenever it was seen.
    listed = NEW.replace("enum: [GET]", "enum: [GET, PUT]")
    loaded = ledger.load(write(old=OLD, new=listed, history=HISTORY, decisions=DECISION))
    assert enum_statuses(loaded, "Room.method") == {"GET": "current", "PUT": "current", "HEAD": "withdrawn"}


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"says": "{lists: [PUT]}"}, "lists is not for seen: an observation says 'observed', and nothing else does"),
        ({"at": "{lines: 3}"}, "'at' must be {request: …} in claims of seen"),
        ({"source": SEEN.replace("observation", "dated-rows")}, "observed is not for seen"),
    ],
)
def test_observation_says_what_was_seen_alone(write: Write, changed: dict[str, str], message: str) -> None:
    folder = seen(write(old=OLD, new=NEW, history=HISTORY, decisions=DECISION), **changed)
    assert any(message in each for each in _problems(folder))


def test_analogy_settles_nothing_and_takes_no_side(write: Write) -> None:
    folder = write(old=OLD, new=NEW, history=HISTORY, decisions=DECISION)
    text = (folder / "sources.yaml").read_text()
    text = text.replace(
        "an old page, address: unknown, standing: this API", "an old page, address: unknown, standing: X"
    )
    for standing in ("by analogy", "no witness"):
        problems = _problems(folder, text.replace("standing: X", f"standing: {standing}"))
        assert any("is settled by sources none of which speaks of this API" in each for each in problems)
        assert ledger.load(folder).voices("Room.method") == tuple(
            claim for claim in ledger.load(folder).claims if claim.source == "new"
        )
    with pytest.raises(FileError, match="unknown standing 'X'"):
        _problems(folder, text)


@pytest.mark.parametrize(
    ("probe", "message"),
    [
        (None, "is assumed, and has no probe"),
        ("[{clause: c, answers: {a: x}}]", "has one answer to 'c'"),
        ("[{clause: c, answers: {a: x, b: y}}, {clause: d, answers: {b: x, e: y}}]", "has the answer b twice"),
        ("[{clause: c}]", "has no answers to 'c'"),
        ("[{clause: c, needs: another method}]", ""),
        ("{none: nobody can tell}", ""),
        ("[{clause: c, answers: {a: x, b: y}}]", ""),
    ],
)
def test_assumption_says_what_would_refute_it(write: Write, probe: str | None, message: str) -> None:
    text = DECISION.replace("settled", "assumed")
    if probe is not None:
        text = text.replace("      status:", f"      probe: {probe}\n      status:")
    problems = _problems(write(old=OLD, new=NEW, history=HISTORY, decisions=text))
    assert [message in each for each in problems] == ([True] if message else [])


def test_every_decision_has_a_probe_or_a_reason(real: Ledger) -> None:
    assert [each.id for each in real.decisions if bool(each.probe) == (each.no_probe is not None)] == []
