"""The declaration of this API: everything that it names is there."""

from __future__ import annotations

import dataclasses
import importlib
from collections.abc import Iterator

import pytest

from contract_kit import contract, kits
from contract_kit.errors import UsageError
from video_log_analyzer.kit import KIT


def references(declared: object) -> Iterator[str]:
    """Every ``module:NAME`` in a declaration."""
    for field in dataclasses.fields(declared):  # type: ignore[arg-type]
        value = getattr(declared, field.name)
        if dataclasses.is_dataclass(value):
            yield from references(value)
        elif isinstance(value, str) and field.name != "reference" and ":" in value and " " not in value:
            yield value


@pytest.mark.parametrize(
    "reference",
    [each for part in (KIT.client, KIT.emulator, KIT.ledger) for each in references(part)] + [KIT.scenarios],
)
def test_what_the_kit_names_is_there(reference: str) -> None:
    assert kits.named(reference) is not None


def test_commands_of_the_kit_are_there() -> None:
    for module, summary in KIT.commands.values():
        assert callable(importlib.import_module(module).add_to)
        assert summary


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"list": "list_room"}, "list is 'list_room', which is no operation (did you mean 'list_rooms'?)"),
        (
            {"key": "room_id"},
            "a row of list_rooms has no property 'room_id' (did you mean 'room_sid'?): it has account_sid",
        ),
        ({"rows": "/room"}, "list_rooms has no array at rows='/room': it has rooms, meta"),
        ({"parameter": "roomSid"}, "fetch_room has no path parameter 'roomSid': it has RoomSid"),
        ({"parameter": ""}, "`parameter` does not say which path parameter of fetch_room takes its key"),
        ({"parent": "account"}, "has the parent 'account', which is not declared before it"),
    ],
)
def test_a_kit_that_does_not_fit_its_document_is_one_clear_line(changed: dict[str, str], message: str) -> None:
    room = dataclasses.replace(KIT.resources[0], **changed)  # type: ignore[arg-type]
    with pytest.raises(UsageError) as raised:
        contract.load(dataclasses.replace(KIT, resources=(room, *KIT.resources[1:])))
    assert message in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("kit", "names no kit: give MODULE:NAME"),
        ("no_such_module:KIT", "no module 'no_such_module': is it installed, or in this folder?"),
        ("video_log_analyzer.kit:KITT", "KITT has no such name"),
        ("video_log_analyzer.kit:ROOM", "ROOM is of type Resource: it must be a contract_kit.ApiKit"),
    ],
)
def test_what_is_no_kit_is_told(reference: str, message: str) -> None:
    with pytest.raises(UsageError) as raised:
        kits.load_kit(reference)
    assert message in str(raised.value)
