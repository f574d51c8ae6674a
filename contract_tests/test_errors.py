"""Errors: what must be refused is refused, on every operation, with the status, the code and the body that say why."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from video_log_analyzer.checks.api import ROOMS, Api, NoAnswerError
from video_log_analyzer.checks.errors import Refusal, refusal_findings
from video_log_analyzer.findings import Kind

NOBODY = "0" * 32


@pytest.fixture(scope="session")
def paths(api: Api, rooms: list[dict[str, Any]]) -> dict[str, str]:
    """A path of each operation that leads to a resource; participants are missing where no room has any."""
    busiest = max(rooms, key=lambda room: room.get("unique_participants") or 0)
    room = f"{ROOMS}/{busiest.get('room_sid')}"
    found = {"list_rooms": ROOMS, "fetch_room": room, "list_participants": f"{room}/Participants"}
    try:
        answer = api.get("list_participants", f"{room}/Participants", [("PageSize", "1")])
        sid = api.page(answer, "participants").rows[0]["participant_sid"]
        found["fetch_participant"] = f"{room}/Participants/{sid}"
    except (NoAnswerError, IndexError, KeyError):
        pass
    return found


def basic(user: str, password: str) -> str:
    """The Authorization header of HTTP Basic."""
    return f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"


def test_nobody_gets_in_without_credentials(api: Api, paths: dict[str, str]) -> None:
    """No credentials, wrong ones and malformed ones are refused with 401 on every operation."""
    user, password = api.session.target.credentials.username, api.session.target.credentials.password
    attempts = {
        "no credentials": None,
        "wrong user": basic("AC" + NOBODY, password),
        "wrong secret": basic(user, "wrong-" + NOBODY),
        "empty secret": basic(user, ""),
        "malformed header": "Basic !",
        "other scheme": f"Bearer {password}",
    }
    for operation, path in paths.items():
        for what, authorization in attempts.items():
            refusal = Refusal(401, 20003, Kind.AUTHENTICATION, "header:Authorization", what, "D19")
            answer = api.get_as(operation, path, authorization)
            api.session.add(refusal_findings(answer, refusal))


def test_unknown_resources_are_not_found(api: Api, paths: dict[str, str]) -> None:
    """SIDs that are unknown, malformed or of another kind are refused with 404."""
    sids = {"unknown SID": "RM" + NOBODY, "malformed SID": "RM1", "SID of another kind": "PA" + NOBODY}
    for what, sid in sids.items():
        refusal = Refusal(404, 20404, Kind.STATUS, "path:RoomSid", what, "D22")
        api.session.add(refusal_findings(api.get("fetch_room", f"{ROOMS}/{sid}"), refusal))
        api.session.add(refusal_findings(api.get("list_participants", f"{ROOMS}/{sid}/Participants"), refusal))
    room = paths["fetch_room"]
    for what, sid in {"unknown SID": "PA" + NOBODY, "malformed SID": "PA1"}.items():
        refusal = Refusal(404, 20404, Kind.STATUS, "path:ParticipantSid", what, "D22")
        api.session.add(refusal_findings(api.get("fetch_participant", f"{room}/Participants/{sid}"), refusal))
    if person := paths.get("fetch_participant"):
        other = f"{ROOMS}/RM{NOBODY}/Participants/{person.rpartition('/')[2]}"
        refusal = Refusal(404, 20404, Kind.STATUS, "path:RoomSid", "participant of another room", "D22")
        api.session.add(refusal_findings(api.get("fetch_participant", other), refusal))


# The codes are those of facts about the vendor's products; where none is known, any will do.
WRONG_VALUES = [
    ("list_rooms", "PageSize", "0", None),
    ("list_rooms", "PageSize", "1001", 20007),
    ("list_rooms", "PageSize", "many", None),
    ("list_participants", "PageSize", "1001", 20007),
    ("list_rooms", "Page", "-1", None),
    ("list_rooms", "CreatedAfter", "yesterday", 20001),
    ("list_rooms", "CreatedBefore", "2026-02-30T00:00:00Z", 20001),
    ("list_rooms", "RoomType", "castle", None),
    ("list_rooms", "Codec", "vp8", None),
]


@pytest.mark.parametrize(("operation", "name", "value", "code"), WRONG_VALUES, ids=lambda value: str(value))
def test_wrong_values_are_refused(
    api: Api, paths: dict[str, str], operation: str, name: str, value: str, code: int | None
) -> None:
    """A filter or a page size that means nothing is refused with 400, never ignored."""
    if not api.session.target.is_loopback:
        pytest.skip("wrong requests are sent only to targets on this machine")
    answer = api.get(operation, paths[operation], [(name, value)])
    refusal = Refusal(400, code, Kind.VALIDATION, f"query:{name}", value, "D18" if name.startswith("Page") else "D17")
    api.session.add(refusal_findings(answer, refusal))
