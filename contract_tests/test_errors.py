"""Errors: what must be refused is refused, on every operation, with the status, the code and the body that say why."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from contract_kit.check.properties import Judgement
from contract_kit.check.refusals import ONE_ACCOUNT, Refusal, refusal_judgements
from contract_kit.check.requester import ROOMS, Api
from contract_kit.check.throttle import NoAnswerError
from contract_kit.findings.finding import Kind
from contract_kit.targets import Credentials
from video_log_analyzer.checks.room_window import Whole

NOBODY = "0" * 32


@pytest.fixture(scope="session")
def paths(api: Api, whole: Whole) -> dict[str, str]:
    """A path of each operation that leads to a resource; participants are missing where no room has any."""
    busiest = max(whole.rooms, key=lambda room: room.get("unique_participants") or 0)
    room = f"{ROOMS}/{busiest.get('room_sid')}"
    found = {"list_rooms": ROOMS, "fetch_room": room, "list_participants": f"{room}/Participants"}
    try:
        answer = api.get("list_participants", f"{room}/Participants", [("PageSize", "1")])
        sid = api.page(answer, "participants").rows[0]["participant_sid"]
        found["fetch_participant"] = f"{room}/Participants/{sid}"
    except (NoAnswerError, IndexError, KeyError):
        pass
    return found


def basic(credentials: Credentials) -> str:
    """The Authorization header of HTTP Basic."""
    pair = f"{credentials.username}:{credentials.password}"
    return f"Basic {base64.b64encode(pair.encode()).decode()}"


@pytest.mark.share(2)
def test_nobody_gets_in_without_credentials(api: Api, paths: dict[str, str]) -> None:
    """No credentials, wrong ones and malformed ones are refused with 401 on every operation."""
    own = api.session.target.credentials
    attempts = {
        "no credentials": None,
        "wrong user": basic(Credentials("AC" + NOBODY, own.password)),
        "wrong secret": basic(Credentials(own.username, "wrong-" + NOBODY)),
        "empty secret": basic(Credentials(own.username, "")),
        "malformed header": "Basic !",
        "other scheme": f"Bearer {NOBODY}",
    }
    for what, authorization in attempts.items():
        for operation, path in paths.items():
            refusal = Refusal(401, 20003, Kind.AUTHENTICATION, "header:Authorization", what, "D27", inferred=False)
            answer = api.get_as(operation, path, authorization)
            api.session.judge(refusal_judgements(answer, refusal))


def test_unknown_resources_are_not_found(api: Api, paths: dict[str, str]) -> None:
    """SIDs that are unknown, malformed or of another kind are refused with 404."""
    sids = {"unknown SID": "RM" + NOBODY, "malformed SID": "RM1", "SID of another kind": "PA" + NOBODY}
    for what, sid in sids.items():
        refusal = Refusal(404, 20404, Kind.STATUS, "path:RoomSid", what, "D22")
        api.session.judge(refusal_judgements(api.get("fetch_room", f"{ROOMS}/{sid}"), refusal))
        api.session.judge(refusal_judgements(api.get("list_participants", f"{ROOMS}/{sid}/Participants"), refusal))
    room = paths["fetch_room"]
    for what, sid in {"unknown SID": "PA" + NOBODY, "malformed SID": "PA1"}.items():
        refusal = Refusal(404, 20404, Kind.STATUS, "path:ParticipantSid", what, "D22")
        api.session.judge(refusal_judgements(api.get("fetch_participant", f"{room}/Participants/{sid}"), refusal))
    if person := paths.get("fetch_participant"):
        other = f"{ROOMS}/RM{NOBODY}/Participants/{person.rpartition('/')[2]}"
        refusal = Refusal(404, 20404, Kind.STATUS, "path:RoomSid", "participant of another room", "D22")
        api.session.judge(refusal_judgements(api.get("fetch_participant", other), refusal))


def test_other_accounts_stay_out_of_sight(api: Api, paths: dict[str, str], whole: Whole) -> None:
    """A room of another account is not found, listed or paged to; nor is one of ours by that account."""
    target = api.session.target
    if target.other is None:
        pytest.skip("needs VLA_OTHER_ACCOUNT_SID and VLA_OTHER_AUTH_TOKEN, the credentials of another account")
    others = basic(target.other)
    query = "&".join(f"{name}={value}" for name, value in [*whole.window, ("PageSize", "1")])
    theirs = api.page(api.get_as("list_rooms", f"{ROOMS}?{query}", others), "rooms")
    refusal = Refusal(404, 20404, Kind.AUTHENTICATION, "path:RoomSid", "room of another account", "D27", inferred=False)
    for room in theirs.rows[:1]:
        path = f"{ROOMS}/{room.get('room_sid')}"
        api.session.judge(refusal_judgements(api.get("fetch_room", path), refusal))
        api.session.judge(refusal_judgements(api.get("list_participants", f"{path}/Participants"), refusal))
    for operation in ("fetch_room", "list_participants", "fetch_participant"):
        if operation in paths:
            api.session.judge(refusal_judgements(api.get_as(operation, paths[operation], others), refusal))
    own = {room.get("room_sid") for room in whole.rooms}
    if theirs.rows:
        shared = [room for room in theirs.rows if room.get("room_sid") in own]
        api.session.judge([Judgement(ONE_ACCOUNT, theirs.answer, "/rooms", not shared)])
    if (url := theirs.url("next_page_url")) is not None:
        foreign = Refusal(400, 21481, Kind.PAGING, "query:PageToken", "token of another account", "D18")
        api.session.judge(refusal_judgements(api.follow("list_rooms", url), foreign))


# The codes are those of facts about the vendor's products; where none is known, any will do.
WRONG_VALUES: list[tuple[str, str, str, str, int | None]] = [
    ("list_rooms", "PageSize", "0", "too small", None),
    ("list_rooms", "PageSize", "1001", "too large", 20007),
    ("list_rooms", "PageSize", "many", "no number", None),
    ("list_participants", "PageSize", "0", "too small", None),
    ("list_participants", "PageSize", "1001", "too large", 20007),
    ("list_participants", "PageSize", "many", "no number", None),
    ("list_rooms", "Page", "-1", "negative", None),
    ("list_participants", "Page", "-1", "negative", None),
    ("list_rooms", "CreatedAfter", "yesterday", "no date", 20001),
    ("list_rooms", "CreatedBefore", "yesterday", "no date", 20001),
    ("list_rooms", "CreatedAfter", "2026-02-30T00:00:00Z", "no such day", 20001),
    ("list_rooms", "CreatedBefore", "2026-02-30T00:00:00Z", "no such day", 20001),
    ("list_rooms", "RoomType", "castle", "unknown value", None),
    ("list_rooms", "Codec", "vp8", "other case", None),
]


@pytest.mark.parametrize(
    ("operation", "name", "value", "what", "code"),
    WRONG_VALUES,
    ids=[f"{row[0]} {row[1]} {row[3]}" for row in WRONG_VALUES],
)
def test_wrong_values_are_refused(
    api: Api, paths: dict[str, str], operation: str, name: str, value: str, what: str, code: int | None
) -> None:
    """A filter or a page size that means nothing is refused with 400, never ignored."""
    answer = api.get(operation, paths[operation], [(name, value)])
    refusal = Refusal(400, code, Kind.VALIDATION, f"query:{name}", what, "D18" if name.startswith("Page") else "D17")
    api.session.judge(refusal_judgements(answer, refusal))


@pytest.mark.parametrize("name", ["PageSize", "Page", "RoomName", "CreatedAfter", "CreatedBefore"])
def test_duplicate_scalars_are_refused(api: Api, paths: dict[str, str], whole: Whole, name: str) -> None:
    """A parameter that takes one value is refused with 400 when it is given two."""
    if not api.session.target.may_be_strained:
        pytest.skip("nobody documents this; it is asked only of targets that may be strained")
    bounds = dict(whole.window)
    values: dict[str, Any] = {"PageSize": ("1", "2"), "Page": ("0", "0"), "RoomName": ("a", "b")}
    one, two = values.get(name, (bounds.get(name), bounds.get(name)))
    answer = api.get("list_rooms", ROOMS, [(name, str(one)), (name, str(two))])
    refusal = Refusal(400, None, Kind.VALIDATION, f"query:{name}", "given twice", "inferred")
    api.session.judge(refusal_judgements(answer, refusal))
