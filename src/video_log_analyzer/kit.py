"""The kit of the Video Log Analyzer API: everything that ``contract_kit.api`` needs to know about it."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from contract_kit.api import (
    ApiKit,
    Authentication,
    ClientModule,
    DefaultWindow,
    EmulatorModule,
    ErrorShape,
    Filter,
    Law,
    LedgerFolder,
    PageStyle,
    Privacy,
    Resource,
    Row,
    Variables,
    Window,
)
from video_log_analyzer.folders import contract_tests_folder, openapi_folder
from video_log_analyzer.front import COMMANDS, NAME, PROGRAM

# D17: the bounds apply to the start. A room is processed 40 minutes after its end, and deleted after seven days.
_PAST = Window(
    since="CreatedAfter",
    until="CreatedBefore",
    property="create_time",
    oldest=timedelta(days=6, hours=20),
    newest=timedelta(minutes=40),
    default=DefaultWindow("end_time", timedelta(hours=24), Law("D17")),
)


def is_processed(room: Row) -> bool:
    """Whether a room will not change any more."""
    return room.get("processing_state") == "complete"


def _settled(basis: str) -> Law:
    return Law(basis, inferred=False)


def _claimed(parameter: str, by: str) -> Filter:
    return Filter(parameter, by, law=_settled(f"list_rooms.{parameter}"))


KIT: Final = ApiKit(
    name=NAME,
    program=PROGRAM,
    document=openapi_folder() / "video-log-analyzer.yaml",
    # The vendor's regional hosts contain an edge and a region: insights.dublin.ie1.twilio.com.
    live_host=r"insights\.(?:[a-z0-9-]+\.){0,2}twilio\.com",
    example_target="https://insights.twilio.com",
    authentication=Authentication(
        "Basic",
        (
            Variables("TWILIO_API_SECRET", username="TWILIO_API_KEY", prefix="SK"),
            Variables("TWILIO_AUTH_TOKEN", username="TWILIO_ACCOUNT_SID", prefix="AC"),
        ),
        other=Variables("VLA_OTHER_AUTH_TOKEN", username="VLA_OTHER_ACCOUNT_SID", prefix="AC"),
    ),
    resources=(
        Resource(
            "room",
            key="room_sid",
            list="list_rooms",
            fetch="fetch_room",
            parameter="RoomSid",
            rows="/rooms",
            children="unique_participants",
            window=_PAST,
            filters=(
                _claimed("RoomType", "room_type"),
                _claimed("Codec", "codecs"),
                _claimed("RoomName", "room_name"),
                Filter("CreatedAfter", "create_time", "from", Law("D17")),
                Filter("CreatedBefore", "create_time", "before", Law("D17")),
            ),
            descending="create_time",
            past=("create_time", "end_time"),
            owner="account_sid",
            is_unique=True,
            is_final=is_processed,
            nobodys_key="RM" + "0" * 32,
            malformed_key="RM1",
            others_key="PA" + "0" * 32,
        ),
        Resource(
            "participant",
            key="participant_sid",
            list="list_participants",
            fetch="fetch_participant",
            parameter="ParticipantSid",
            rows="/participants",
            parent="room",
            past=("join_time", "leave_time"),
            owner="account_sid",
            is_unique=True,
            nobodys_key="PA" + "0" * 32,
            malformed_key="PA1",
        ),
    ),
    paging=PageStyle(
        size="PageSize",
        default_size=50,
        largest_size=1000,
        next="/meta/next_page_url",
        previous="/meta/previous_page_url",
        first="/meta/first_page_url",
        this="/meta/url",
        token="PageToken",  # noqa: S106  the name of a parameter
        number="Page",
        size_echo="/meta/page_size",
        number_echo="/meta/page",
        rows_echo="/meta/key",
    ),
    errors=ErrorShape(
        status="/status",
        code="/code",
        more_info="/more_info",
        codes={
            "unauthorized": 20003,
            "not found": 20404,
            "page size too large": 20007,
            "page number": 20001,
            "page token": 21481,
            "no date": 20001,
            "no such day": 20001,
        },
    ),
    privacy=Privacy(
        identifier=r"([A-Z]{2})[0-9a-fA-F]{32}",
        secrets=r"\bPT[0-9A-Za-z_.~=-]{8,}",
        pseudonyms={
            "room_name": "name",
            "RoomName": "name",
            "participant_identity": "identity",
            "status_callback": "callback",
        },
        token_prefix="PT",  # noqa: S106  what stands for one
        # A version has at most three numbers; four could be an IP address.
        safe={
            "key": r"rooms|participants",
            "name": r"twilio-video-[a-z]{2,12}",
            "sdk_version": r"[0-9]{1,3}(\.[0-9]{1,3}){1,2}(-(beta|rc|preview)\.?[0-9]{0,3})?",
        },
        safe_urls=r"https://www\.twilio\.com/docs/(?:api/)?errors/[0-9]{1,6}",
        words=frozenset(
            {
                *("Twilio", "Twilio-Request-Id", "Twilio-Request-Duration", "Twilio-Concurrent-Requests"),
                *("X-Pre-Auth-Context", "X-Target-Region"),
            }
        ),
    ),
    laws={
        "list-ends": _settled("Meta.next_page_url"),
        "page-length": _settled("Paging.PageSize"),
        "meta-page-size": _settled("Meta.page_size"),
        "default-page-size": Law("D18"),
        "meta-key": _settled("Meta.key"),
        "meta-page": _settled("Meta.page"),
        "previous-url": _settled("Meta.previous_page_url"),
        "repeated-rows": _settled("Paging.PageToken"),
        "missing-rows": _settled("Paging.PageToken"),
        "extra-rows": _settled("Paging.PageToken"),
        "page-behind-url": _settled("D12"),
        "page-url": _settled("D12"),
        "page-url-query": _settled("D12"),
        "page-url-size": _settled("D12"),
        "sorted": Law("D18"),
        "leaves-out-combined": _settled("list_rooms"),
        "resource-asked-for": Law("D21"),
        "parent-asked-for": _settled("D9"),
        "account": Law("D21"),
        "one-parent": Law("D25"),
        "not-in-the-future": Law("D25"),
        "count": Law("D25"),
        "same-everywhere": Law("D25"),
        "fresh-request-id": Law("D28"),
        "error-status": Law("D19"),
        "error-code": Law("D19"),
        "error-more-info": Law("D19"),
        "challenge": Law("D19"),
        "one-account": _settled("D27"),
        "refuses-credentials": _settled("D27"),
        "refuses-other-accounts": _settled("D27"),
        "refuses-unknown-keys": Law("D22"),
        "refuses-unknown-paths": Law("D22"),
        "allowed-methods": Law("D22"),
        "refuses-paging": Law("D18"),
        "refuses-values": Law("D17"),
    },
    # D23: any RFC 3339 time conforms, but the vendor's own Python library parses only this format.
    time_spelling=r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ",
    row_laws="video_log_analyzer.checks.consistency:row_judgements",
    sum_laws="video_log_analyzer.checks.consistency:sum_judgements",
    request_id="Twilio-Request-Id",
    checks=contract_tests_folder(),
    cassettes=contract_tests_folder() / "cassettes",
    scenarios="video_log_analyzer.scenarios:SCENARIOS",
    commands=COMMANDS,
    mutations="video_log_analyzer.mutations:OWN",
    probes="video_log_analyzer.probes:probes",
    ledger=LedgerFolder(openapi_folder(), notations="video_log_analyzer.readings:READERS"),
    client=ClientModule(
        read="video_log_analyzer.client:read",
        connect="video_log_analyzer.client:connected",
        error="video_log_analyzer_client.errors:ClientError",
        no_answer="video_log_analyzer_client.errors:TransportError",
        distributions=("video-log-analyzer-client",),
    ),
    emulator=EmulatorModule(
        command=("-m", "video_log_analyzer", "emulator", "--port", "0"),
        username="TWILIO_ACCOUNT_SID",
        secret="TWILIO_AUTH_TOKEN",  # noqa: S106  the name of a line
        faults="video_log_analyzer.emulator.faults:FAULTS",
        other="video_log_analyzer.client:other_account",
        recorded=("--seed", "7", "--empty"),
        arrange="video_log_analyzer.recorded_sample:arrange",
        differences="video_log_analyzer.comparison:differences",
        size_option="--rooms",
        worlds="video_log_analyzer.emulator.worlds:WORLDS",
        rehearsed="video_log_analyzer.rehearsals:arranged",
        # Rooms in progress have no end: a list by ends leaves them out.
        same_effect={"D17=bounds-on-end-time": "D17=completed-only-with-bounds"},
    ),
)

ROOM, PARTICIPANT = KIT.resources
ROOMS = "/v1/Video/Rooms"
