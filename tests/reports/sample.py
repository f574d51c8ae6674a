"""Results to render: one as a run has it, one of hostile values, one that is nearly empty."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from contract_kit.findings.finding import Example, Finding, Kind, Severity, State, ordered
from contract_kit.findings.results import (
    CheckResult,
    CoverageResult,
    OperationResult,
    PropertyResult,
    Result,
    TargetResult,
)

# What a server could put into a value to break each format: markup, Markdown, workflow commands, terminal sequences,
# characters that XML 1.0 has not, half a surrogate pair, text that runs backwards, the end of a CDATA section.
HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&amp;`|` ]]> --> @octocat #1 [x](javascript:y) **b**"
    " \x00\x07\x1b[2J\x9b \ud800 \ufffe \u202egnp.exe\r\n::error::x\n##[add-mask]y %0A https://evil.example/ </style>"
)

_FIELDS = [
    "room_sid",
    "room_name",
    "create_time",
    "end_time",
    "room_type",
    "room_status",
    "status_callback",
    "status_callback_method",
    "created_method",
    "end_reason",
    "max_participants",
    "unique_participants",
    "unique_participant_identities",
    "concurrent_participants",
    "max_concurrent_participants",
    "codecs",
    "media_region",
    "duration_sec",
    "total_participant_duration_sec",
    "total_recording_duration_sec",
    "processing_state",
    "recording_enabled",
    "edge_location",
    "url",
]
_ENUMS = {
    "room_type": ("go", "peer_to_peer", "group", "group_small"),
    "created_method": ("sdk", "ad_hoc", "api"),
    "end_reason": ("room_ended_via_api", "timeout", "all_participants_left"),
    "processing_state": ("complete", "in_progress", "timeout", "not_started"),
}


def sample(**changes: Any) -> Result:
    """A full run against the embedded emulator: findings of every severity and state, skipped checks, a blind spot."""
    result = Result(
        target=TargetResult(
            "embedded",
            "",
            "the embedded emulator with unknown-end-reason planted (no evidence about the live API)",
            ("unknown-end-reason",),
        ),
        document="0.1.0",
        tool="0.1.0",
        started="2026-11-21T03:17:00Z",
        seconds=83.4,
        profile="full",
        fail_on=Severity.DRIFT,
        masking="random key of this run",
        program="vla",
        operations=(
            OperationResult("list_rooms", 548, {"200": 471, "400": 52, "401": 20, "405": 5}, 346, 21),
            OperationResult("fetch_room", 140, {"200": 104, "401": 16, "404": 20}, 104, 14),
            OperationResult("list_participants", 283, {"200": 204, "400": 31, "401": 16, "404": 32}, 204, 17),
            OperationResult("fetch_participant", 1, {"404": 1}, 0, 0),
        ),
        checks=CHECKS,
        properties=(
            PropertyResult(
                "room-duration",
                "list_rooms",
                "duration_sec is the seconds from create_time to end_time",
                "Room.duration_sec",
                inferred=False,
                held=311,
                broken=0,
            ),
            PropertyResult(
                "room-participants-total",
                "list_rooms",
                "total_participant_duration_sec is the sum over the room's participants",
                "inferred",
                inferred=True,
                held=297,
                broken=14,
            ),
            PropertyResult(
                "participant-inside-room",
                "fetch_participant",
                "join_time and leave_time lie between the room's create_time and end_time",
                "inferred",
                inferred=True,
                held=0,
                broken=0,
            ),
        ),
        coverage=tuple(_coverage()),
        findings=tuple(ordered(FINDINGS)),
        blind_spots=("fetch_participant was never seen with data: no participant could be found",),
        remarks=("2 answers 503 were asked again and came", "3 comparisons were skipped: a room changed meanwhile"),
    )
    return replace(result, **changes)


def nearly_empty() -> Result:
    """A run in which nothing happened."""
    nothing: dict[str, Any] = dict.fromkeys(("operations", "checks", "properties", "coverage", "findings"), ())
    return sample(**nothing, blind_spots=(), remarks=())


def hostile() -> Result:
    """A run every free text of which is hostile; the fingerprints alone are made of text that has UTF-8."""
    value = HOSTILE.replace("\ud800", "")
    finding = Finding(
        Kind.UNDOCUMENTED_VALUE,
        value,
        value,
        value,
        HOSTILE,
        HOSTILE,
        (Example(HOSTILE, HOSTILE, HOSTILE, HOSTILE), Example("GET /", HOSTILE)),
        2,
        HOSTILE,
        impact=HOSTILE,
        note=HOSTILE,
        found=HOSTILE,
        condition=HOSTILE,
        grounds=HOSTILE,
    )
    return Result(
        target=TargetResult("other", HOSTILE, HOSTILE, (HOSTILE,)),
        document=HOSTILE,
        tool=HOSTILE,
        started=HOSTILE,
        seconds=1.0,
        profile=HOSTILE,
        fail_on=Severity.DRIFT,
        masking=HOSTILE,
        program="vla",
        operations=(OperationResult(HOSTILE, 1, {HOSTILE: 1}, 0, 0),),
        checks=(
            CheckResult(HOSTILE, HOSTILE, "skipped", HOSTILE, {HOSTILE: 1}),
            CheckResult("other", HOSTILE, "error", HOSTILE),
        ),
        properties=(PropertyResult(HOSTILE, HOSTILE, HOSTILE, HOSTILE, inferred=False, held=0, broken=0),),
        coverage=(CoverageResult(HOSTILE, "field", HOSTILE, 0),),
        findings=(
            finding,
            *(replace(finding, location=state, state=state) for state in State),
            replace(finding, location="explained", cause=finding.fingerprint),
        ),
        blind_spots=(HOSTILE, HOSTILE),
        remarks=(HOSTILE,),
    )


def many(number: int, length: int = 0) -> Result:
    """The sample with so many findings, each with values of that many characters besides."""
    padding = "ü" * length
    findings = [
        replace(
            FINDINGS[index % len(FINDINGS)],
            location=f"/rooms/*/field_{index}",
            value=f"{padding}{index}",
            expected=f"one of sdk, ad_hoc, api{padding}",
        )
        for index in range(number)
    ]
    return sample(findings=tuple(ordered(findings)))


def clean(**changes: Any) -> Result:
    """A run that found nothing and saw everything."""
    checks = tuple(replace(check, outcome="passed", reason="") for check in CHECKS)
    return sample(**{"findings": (), "blind_spots": (), "remarks": (), "checks": checks, **changes})


def _coverage() -> list[CoverageResult]:
    entries = []
    for operation, prefix in (("list_rooms", "/rooms/*"), ("fetch_room", ""), ("list_participants", "/participants/*")):
        names = ("RoomType", "Codec", "RoomName", "CreatedAfter", "CreatedBefore", "PageSize", "Page", "PageToken")
        entries += [
            CoverageResult(operation, "parameter", name, 12)
            for name in (names if operation == "list_rooms" else names[5:] if "list" in operation else ())
        ]
        statuses = {"200": 471, "400": 52, "401": 20, "404": 3, "429": 0, "5XX": 0}
        entries += [CoverageResult(operation, "status", name, count) for name, count in statuses.items()]
        entries += [
            CoverageResult(operation, "field", f"{prefix}/{name}", 0 if name == "edge_location" else 346)
            for name in _FIELDS
        ]
        entries += [
            CoverageResult(operation, "enum value", f"{prefix}/{name}={value}", 9 * (value != "not_started"))
            for name, values in _ENUMS.items()
            for value in values
        ]
        entries += [
            CoverageResult(operation, "header", name, count)
            for name, count in {"WWW-Authenticate": 20, "Retry-After": 0, "Twilio-Request-Id": 548}.items()
        ]
    entries += [CoverageResult("fetch_participant", "status", name, 0) for name in ("200", "401", "429", "5XX")]
    entries += [CoverageResult("fetch_participant", "status", "404", 1)]
    entries += [CoverageResult("fetch_participant", "field", f"/{name}", 0) for name in ("identity", "join_time")]
    return entries


CHECKS = (
    CheckResult(
        "test_filters.py::test_values_divide_the_list[Codec]",
        "Each value of a filter gives exactly the rooms that have it, and all values together any of them [Codec]",
        "failed",
        "breaking: filter: list_rooms query:Codec: misses rows",
        {"list_rooms": 31},
        2.5,
    ),
    CheckResult(
        "test_document.py::test_answers_conform",
        "Every answer is as the document says",
        "failed",
        "drift: undocumented value",
        {"list_rooms": 200, "fetch_room": 100, "list_participants": 100},
        11.0,
    ),
    CheckResult(
        "test_consistency.py::test_totals",
        "Totals of a room are the sums over its participants",
        "failed",
        "breaking: consistency",
        {"list_rooms": 12, "list_participants": 80},
        4.25,
    ),
    CheckResult(
        "test_paging.py::test_pages_join",
        "Pages of any size join to one list",
        "passed",
        "",
        {"list_rooms": 305, "list_participants": 103},
        8.0,
    ),
    CheckResult(
        "test_errors.py::test_foreign_room",
        "A room of another account cannot be found",
        "skipped",
        "VLA_OTHER_ACCOUNT_SID and VLA_OTHER_AUTH_TOKEN are not set",
    ),
    CheckResult("test_client.py::test_no_loss", "The generated client loses nothing", "passed", "", {}, 0.4),
    CheckResult(
        "test_protocol.py::test_methods",
        "Every other method is answered 405",
        "error",
        "the emulator closed the connection",
        {"fetch_room": 40},
        1.0,
    ),
)

FINDINGS = (
    Finding(
        Kind.FILTER,
        "list_rooms",
        "query:Codec",
        "misses rows",
        "every room that has the codec",
        "list_rooms.Codec",
        (
            Example("GET /v1/Video/Rooms?Codec=opus&PageSize=1000", '{"room_sid": "RM~5f0c", "codecs": ["opus"]}'),
            Example("GET /v1/Video/Rooms?Codec=VP8&Codec=opus&PageSize=1000", '{"room_sid": "RM~77aa"}'),
        ),
        14,
        "test_filters.py::test_values_divide_the_list[Codec]",
    ),
    Finding(
        Kind.UNDOCUMENTED_VALUE,
        "list_rooms",
        "/rooms/*/end_reason",
        "exploded",
        "one of room_ended_via_api, timeout, all_participants_left",
        "Room.end_reason",
        (
            Example(
                "GET /v1/Video/Rooms?CreatedAfter=2026-11-14T06:15:09Z&PageSize=1000",
                '{"end_reason": "exploded"}',
                curl="curl -u \"$TWILIO_API_KEY:$TWILIO_API_SECRET\" 'https://insights.example/v1/Video/Rooms'",
            ),
        ),
        9123,
        "test_document.py::test_answers_conform",
        impact="a strict reader refuses the whole page: 'exploded' is not a valid RoomEndReason",
        impact_severity=Severity.BREAKING,
        found="end_reason is 'exploded'",
        condition="only in answers with RoomName (4 answers; not in 90 others)",
        grounds="openapi/decisions.yaml:31: D5, End reasons",
    ),
    Finding(
        Kind.MISSING_HEADER,
        "fetch_room",
        "header:Retry-After",
        "Retry-After",
        "a whole number of seconds with every 429",
        "D21",
        (Example("GET /v1/Video/Rooms/RM~5f0c", "429\ncontent-type: application/json"),),
        2,
        "test_document.py::test_answers_conform",
    ),
    Finding(
        Kind.INTERNAL_VALUE,
        "list_rooms",
        "/rooms/*/media_region",
        "stage_us1",
        "a value that is meant for customers",
        "Room.media_region",
        (Example("GET /v1/Video/Rooms", '{"media_region": "stage_us1"}'),),
        1,
        "test_document.py::test_answers_conform",
    ),
    Finding(
        Kind.CONSISTENCY,
        "list_rooms",
        "/rooms/*/total_participant_duration_sec",
        "room-participants-total",
        "the sum of duration_sec over the room's participants",
        "inferred",
        (Example("GET /v1/Video/Rooms/RM~5f0c", '{"total_participant_duration_sec": 118, "sum": 120}'),),
        14,
        "test_consistency.py::test_totals",
        state=State.WARNING,
        note="inferred: a recording must confirm it first",
    ),
    Finding(
        Kind.UNDOCUMENTED_FIELD,
        "list_participants",
        "/participants/*",
        "playback_url",
        "no property of that name",
        "Participant",
        (Example("GET /v1/Video/Rooms/RM~5f0c/Participants", '{"playback_url": null}'),),
        204,
        "test_document.py::test_answers_conform",
        state=State.ACCEPTED,
        note="in the vendor's beta, ticket 4711 (video team, until 2027-01-31)",
    ),
    Finding(
        Kind.SERVER_FAILURE,
        "list_participants",
        "status",
        "503",
        "an answer that the document has",
        "",
        (Example("GET /v1/Video/Rooms/RM~77aa/Participants?PageSize=3", "upstream connect error"),),
        3,
    ),
)
