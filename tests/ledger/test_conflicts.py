"""Conflicts, the status of enum values, and what the document must say, on small ledgers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from contract_kit.ledger import model as ledger
from contract_kit.ledger.conflicts import conflicts, enum_statuses, expected

Write = Callable[..., Path]


def claim(claim_id: str, says: str, lines: int = 1) -> str:
    subject = ".".join(claim_id.split(".")[1:3])
    return f"- {{id: {claim_id}, subject: {subject}, at: {{lines: {lines}}}, anchor: words, says: {says}}}\n"


def decision(chooses: str, subjects: str = "[Room.x]") -> str:
    return f"- {{id: D1, title: x, subjects: {subjects}, decision: x, chooses: {chooses}, why: x, status: assumed}}"


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("{type: string}", "{type: string}", []),
        ("{type: string}", "{type: integer}", ["type"]),
        ("{type: integer}", "{type: integer, format: int64}", ["format"]),
        ("{type: integer}", "{default: 50}", ["default"]),
        ("{name_lost: true}", "{type: integer, format: int64}", []),
        ("{type: string, nullable: true}", "{type: string, nullable: false}", ["nullable"]),
        ("{type: string, nullable: false}", "{type: string}", []),
        ("{enum: [a, b]}", "{type: string, enum: [b, a]}", []),
        ("{enum: [a, b]}", "{type: string, enum: [b]}", ["enum"]),
        (
            "{type: array, items: {type: string}}",
            "{type: array, items: {type: string, nullable: true}}",
            ["items.nullable"],
        ),
        (
            "{type: array, items: {type: string, enum: [a]}}",
            "{type: array, items: {type: string, enum: [b]}}",
            ["items.enum"],
        ),
        ("{type: string, enum: [a-b]}", "{prose_values: [a-b]}", []),
        ("{type: string, enum: [a_b]}", "{prose_values: [a-b]}", ["prose_values"]),
        ("{type: array, items: {type: string, enum: [a]}}", "{prose_values: [b]}", ["prose_values"]),
        ("{type: string, meaning: one}", "{type: string, meaning: two}", []),
        ("{url: a}", "{url: b}", ["url"]),
    ],
)
def test_claims_conflict_where_they_differ(write: Write, old: str, new: str, found: list[str]) -> None:
    loaded = ledger.load(write(old=claim("O.Room.x", old), new=claim("N.Room.x", new)))
    assert [conflict.facet for conflict in conflicts(loaded)] == found
    assert all(conflict.claims == {"O.Room.x", "N.Room.x"} for conflict in conflicts(loaded))


def test_a_conflict_can_be_read(write: Write) -> None:
    loaded = ledger.load(
        write(old=claim("O.Room.x", "{type: integer}"), new=claim("N.Room.x", "{type: integer, format: int64}"))
    )
    assert [str(conflict) for conflict in conflicts(loaded)] == [
        "format of Room.x: int64 (N.Room.x); absent (O.Room.x)"
    ]


def test_the_history_takes_no_side(write: Write) -> None:
    changed = (
        "- {id: V.Room.x.2024, subject: Room.x, at: {date: '2024'}, anchor: words, says: {type: integer, lists: [c]}}"
    )
    loaded = ledger.load(write(old=claim("O.Room.x", "{type: string, enum: [a]}"), history=changed))
    assert conflicts(loaded) == ()
    assert enum_statuses(loaded, "Room.x") == {"a": "current"}


OLD = claim("O.Room.x", "{type: string, enum: [a, b, stage_a]}")
NEW = claim("N.Room.x", "{type: string, enum: [a, c]}")


@pytest.mark.parametrize(
    ("chooses", "statuses"),
    [
        ("{enum: union}", {"a": "current", "c": "current", "b": "withdrawn", "stage_a": "withdrawn"}),
        (
            "{enum: union, internal: [stage_a]}",
            {"a": "current", "c": "current", "b": "withdrawn", "stage_a": "internal"},
        ),
        ("{enum: union, leaves_out: [b, stage_a]}", {"a": "current", "c": "current"}),
    ],
)
def test_a_value_is_current_if_the_newest_list_has_it(write: Write, chooses: str, statuses: dict[str, str]) -> None:
    loaded = ledger.load(write(old=OLD, new=NEW, decisions=decision(chooses)))
    assert enum_statuses(loaded, "Room.x") == statuses
    assert expected(loaded, "Room.x") == {"type": "string", "enum": tuple(statuses)}


def test_prose_adds_no_value(write: Write) -> None:
    loaded = ledger.load(
        write(old=OLD, new=NEW + claim("N.Room.x.prose", "{prose_values: [z]}"), decisions=decision("{enum: union}"))
    )
    assert "z" not in enum_statuses(loaded, "Room.x")


def test_expected_is_what_claims_agree_on_and_decisions_choose(write: Write) -> None:
    old = claim("O.Room.x", "{type: integer, nullable: true}") + claim(
        "O.Room.y", "{type: string, format: http-method}"
    )
    new = claim("N.Room.x", "{type: integer, nullable: true, format: int64}") + claim(
        "N.Room.y", "{type: string, format: http-method}"
    )
    chooses = "{format: int64, Room.y: {format: null, pattern: ^A$}, Room.z: {type: array, items: {type: string}}}"
    loaded = ledger.load(write(old=old, new=new, decisions=decision(chooses, "[Room.x, Room.y, Room.z]")))
    assert expected(loaded, "Room.x") == {"type": "integer", "nullable": True, "format": "int64"}
    assert expected(loaded, "Room.y") == {"type": "string", "pattern": "^A$"}
    assert expected(loaded, "Room.z") == {"type": "array", "format": "int64", "items.type": "string"}


def test_expected_leaves_open_what_is_not_settled(write: Write) -> None:
    loaded = ledger.load(write(old=claim("O.Room.x", "{type: integer}"), new=claim("N.Room.x", "{type: string}")))
    assert expected(loaded, "Room.x") == {}
