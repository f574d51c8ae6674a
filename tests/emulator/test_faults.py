"""Every fault changes the answers that it names, and lifting it restores them."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from contract_kit.errors import UsageError
from video_log_analyzer.emulator.faults import FAULTS

if TYPE_CHECKING:
    import httpx

    from tests.emulator.conftest import Emulator

ROOMS = "/v1/Video/Rooms"
EVER = "0000-01-01T00:00:00Z"
ALL = f"CreatedAfter={EVER}"
VOLATILE = ("date", "content-length", "twilio-request-id", "twilio-request-duration")


def second_page(emulator: Emulator) -> httpx.Response:
    return emulator.get(emulator.document(f"{ROOMS}?{ALL}&PageSize=10")["meta"]["next_page_url"])


def second_filtered_page(emulator: Emulator) -> httpx.Response:
    return emulator.get(emulator.document(f"{ROOMS}?{ALL}&RoomType=go&PageSize=3")["meta"]["next_page_url"])


def without_credentials(path: str) -> Callable[[Emulator, Any], httpx.Response]:
    return lambda emulator, room: emulator.stranger.get(path.format(**room))


PROBES: dict[str, Callable[[Emulator, Any], httpx.Response]] = {
    "rooms": lambda emulator, _: emulator.get(f"{ROOMS}?{ALL}&PageSize=20"),
    "last page": lambda emulator, _: emulator.get(f"{ROOMS}?{ALL}&PageSize=1000"),
    "second page": lambda emulator, _: second_page(emulator),
    "second filtered page": lambda emulator, _: second_filtered_page(emulator),
    "filtered page": lambda emulator, _: emulator.get(f"{ROOMS}?RoomType=go&PageSize=1"),
    "fifty": lambda emulator, _: emulator.get(f"{ROOMS}?{ALL}"),
    "PageSize 200": lambda emulator, _: emulator.get(f"{ROOMS}?{ALL}&PageSize=200"),
    "default window": lambda emulator, _: emulator.get(f"{ROOMS}?PageSize=1000"),
    "room": lambda emulator, room: emulator.get(f"{ROOMS}/{room['room_sid']}"),
    "participants": lambda emulator, room: emulator.get(f"{ROOMS}/{room['room_sid']}/Participants"),
    "participant": lambda emulator, room: emulator.get(f"{ROOMS}/{room['room_sid']}/Participants/{room['guest']}"),
    "RoomType": lambda emulator, _: emulator.get(f"{ROOMS}?{ALL}&RoomType=go&PageSize=1000"),
    "RoomType twice": lambda emulator, _: emulator.get(f"{ROOMS}?{ALL}&RoomType=go&RoomType=group&PageSize=1000"),
    "RoomType group": lambda emulator, _: emulator.get(f"{ROOMS}?{ALL}&RoomType=group&PageSize=1000"),
    "Codec": lambda emulator, _: emulator.get(f"{ROOMS}?{ALL}&Codec=VP8&Codec=H264&PageSize=1000"),
    "Codec opus": lambda emulator, _: emulator.get(f"{ROOMS}?{ALL}&Codec=opus&PageSize=1000"),
    "RoomType and Codec": lambda emulator, _: emulator.get(f"{ROOMS}?{ALL}&RoomType=go&Codec=VP8&PageSize=1000"),
    "RoomName": lambda emulator, _: emulator.get(ROOMS, CreatedAfter=EVER, RoomName="inter"),
    "RoomName middle": lambda emulator, _: emulator.get(ROOMS, CreatedAfter=EVER, RoomName="terview"),
    "RoomName capital": lambda emulator, _: emulator.get(ROOMS, CreatedAfter=EVER, RoomName="INTERVIEW"),
    "RoomName foreign": lambda emulator, _: emulator.get(ROOMS, CreatedAfter=EVER, RoomName="Sprechstunde Müller"),
    "CreatedAfter": lambda emulator, room: emulator.get(ROOMS, CreatedAfter=room["create_time"], PageSize=1000),
    "CreatedBefore": lambda emulator, room: emulator.get(ROOMS, CreatedBefore=room["create_time"], PageSize=1000),
    "offset": lambda emulator, room: emulator.get(
        ROOMS, CreatedAfter=room["create_time"].replace("Z", "+02:00"), PageSize=1000
    ),
    "PageSize 1001": lambda emulator, _: emulator.get(f"{ROOMS}?PageSize=1001"),
    "PageSize 0": lambda emulator, _: emulator.get(f"{ROOMS}?PageSize=0"),
    "Page 1": lambda emulator, _: emulator.get(f"{ROOMS}?Page=1"),
    "bad date": lambda emulator, _: emulator.get(f"{ROOMS}?CreatedAfter=yesterday"),
    "bad token": lambda emulator, _: emulator.get(f"{ROOMS}?PageToken=PTx"),
    "bad RoomType": lambda emulator, _: emulator.get(f"{ROOMS}?RoomType=webinar"),
    "bad Codec": lambda emulator, _: emulator.get(f"{ROOMS}?Codec=AV1"),
    "404": lambda emulator, _: emulator.get(f"{ROOMS}/RM0"),
    "participants 404": lambda emulator, _: emulator.get(f"{ROOMS}/RM0/Participants"),
    "405": lambda emulator, _: emulator.client.post(ROOMS),
    "401": lambda emulator, _: emulator.stranger.get(ROOMS),
    "401 room": without_credentials(ROOMS + "/{room_sid}"),
    "401 participants": without_credentials(ROOMS + "/{room_sid}/Participants"),
    "401 participant": without_credentials(ROOMS + "/{room_sid}/Participants/{guest}"),
    "wrong secret": lambda emulator, _: emulator.stranger.get(ROOMS, auth=(emulator.accounts[0].sid, "wrong")),
    "empty secret": lambda emulator, _: emulator.stranger.get(ROOMS, auth=(emulator.accounts[0].sid, "")),
    "unknown user": lambda emulator, _: emulator.stranger.get(ROOMS, auth=("nobody", "wrong")),
    "other's room": lambda emulator, room: emulator.get(f"{ROOMS}/{room['other']}"),
    "other's participants": lambda emulator, room: emulator.get(f"{ROOMS}/{room['other']}/Participants"),
    "other's participant": lambda emulator, room: emulator.get(
        f"{ROOMS}/{room['other']}/Participants/{room['other_guest']}"
    ),
}

EVERY_ROOM = ("rooms", "room")
EVERY_PARTICIPANT = ("participants", "participant")
EVERY_LIST = ("rooms", "participants")
EVERY_SUCCESS = (*EVERY_ROOM, *EVERY_PARTICIPANT)
EVERY_ERROR = ("404", "401", "405", "bad date")

# Which answers the faults change.
NAMED: dict[tuple[str, ...], str] = {
    EVERY_ROOM: """
        bad-date boolean-as-integer boolean-as-string capital-room-type codecs-lost completed-without-end
        dashed-room-sid date-as-integer date-without-zone duration-off duration-overflows empty-room-enum
        end-before-start enum-as-integer extra-link extra-room-key foreign-origin fraction-in-count fraction-in-date
        impossible-date integer-as-boolean integer-as-list integer-as-string internal-room-region link-as-object
        link-to-another-room link-to-itself links-as-list list-as-object list-as-string list-of-objects
        lower-case-callback-method lower-case-room-codec mail-date malformed-room-sid masked-account-sid missing-links
        missing-participants-link missing-room-key missing-room-sid missing-room-url more-at-once-than-ever
        more-identities-than-participants negative-count null-account-sid null-codec null-participants-link
        null-room-sid null-room-url participants-uncounted region-as-edge relative-link relative-url renamed-room-key
        room-keys-without-prefix room-name-as-sid room-of-another-account string-as-integer string-as-list
        times-in-local-zone total-off unknown-callback-method unknown-created-method unknown-processing-state
        unknown-room-codec unknown-room-edge unknown-room-end-reason unknown-room-region unknown-room-status
        unknown-room-type url-by-name url-of-another-room url-of-another-version url-of-the-list url-without-scheme
        withdrawn-callback-method zero-date callback-not-a-url date-without-time hyphenated-room-type
        in-progress-with-end
    """,
    ("rooms", "last page"): "null-keys-left-out hyphenated-room-status",
    EVERY_PARTICIPANT: """
        bad-leave-date duration-as-text end-reason-as-sentence error-code-as-string error-url-not-a-url
        fractional-duration hyphenated-participant-status identity-as-integer internal-participant-region
        join-before-room malformed-participant-sid malformed-participants-room-sid missing-participant-key
        new-participant-codec null-participant-sid null-participant-url null-participants-account-sid
        null-participants-room-sid object-as-list object-as-string offset-in-date participant-of-another-account
        participant-of-another-room participant-url-of-another participant-url-of-the-room renamed-participant-key
        renamed-property unknown-participant-codec unknown-participant-edge unknown-participant-end-reason
        unknown-participant-region unknown-participant-status withdrawn-participant-key participant-never-leaves
        participant-duration-off leave-before-join
    """,
    ("rooms",): """
        list-differs-from-detail list-lacks-key null-room null-rooms other-account-leaked page-size-ignored
        page-size-off-by-one renamed-list rooms-as-object rooms-as-strings rooms-fail rooms-not-found
        row-twice-in-page second-list wrong-order no-next-page order-reversed next-page-elsewhere
    """,
    ("room",): "detail-differs-from-list detail-lacks-key detail-of-another-room room-fails listed-room-not-found",
    ("participants",): """
        get-refused other-rooms-participants participant-missing-from-list participants-fail
        participants-list-differs participants-list-lacks-key
    """,
    ("participant",): "listed-participant-not-found participant-detail-differs participant-fails",
    EVERY_LIST: """
        extra-meta-key missing-list-key missing-meta missing-meta-key next-page-as-boolean null-first-page-url
        null-list-key null-meta null-meta-url null-page null-page-size page-as-string page-size-as-string
        previous-page-of-first renamed-meta-key wrong-key wrong-page
    """,
    ("last page", "participants"): "empty-next-page-url no-last-page page-size-counts-rows last-row-lost",
    ("rooms", "second page"): """
        next-page-cut-token next-page-forgets-page-size next-page-loops next-page-without-token
        relative-next-page-url
    """,
    ("second page",): """
        next-page-goes-back no-previous-page page-never-counts page-repeats-row page-skips-row page-tokens-ignored
        page-tokens-refused pages-end-early previous-page-loops wrong-meta-url
    """,
    ("filtered page",): "wrong-first-page-url",
    ("second filtered page",): "filters-on-first-page-only",
    ("RoomName foreign",): "foreign-name-refused page-urls-unescaped",
    ("fifty",): "other-default-page-size",
    ("PageSize 200",): "large-page-refused",
    ("default window",): "default-window-of-an-hour no-default-window",
    ("last page", "CreatedBefore"): "default-window-always",
    ("RoomType",): "room-type-ignored",
    ("RoomType twice",): "repeated-filter-refused room-type-half-applied",
    ("RoomType group",): "room-type-prefix",
    ("RoomType and Codec",): "filters-added-up second-filter-ignored",
    ("Codec",): "codec-all-of codec-alone codec-half-applied",
    ("Codec opus",): "opus-refused codec-ignored",
    ("RoomName",): "room-name-ignored room-name-prefix",
    ("RoomName middle",): "room-name-within",
    ("RoomName capital",): "room-name-any-case",
    ("CreatedAfter",): "created-after-exclusive created-after-ignored",
    ("CreatedBefore",): "created-before-ignored created-before-inclusive",
    ("CreatedAfter", "CreatedBefore"): "bounds-by-day bounds-on-end",
    ("offset",): "offset-ignored offset-refused",
    EVERY_SUCCESS: """
        bare-list byte-order-mark cut-json empty-body enveloped gzip-undeclared json-within-json maintenance-page
        null-body single-quotes status-201 status-203 status-206 status-302 trailing-text utf-16 vendor-content-type
    """,
    ("rooms", "last page", "participants"): "latin-1 not-a-number",
    (*EVERY_SUCCESS, "404"): """
        cors-credentials-not-boolean malformed-request-id no-content-type no-cors no-cors-credentials no-cors-exposed
        no-cors-headers no-cors-methods wrong-content-type
    """,
    EVERY_ERROR: """
        code-as-string empty-errors error-as-success error-code-is-status error-code-mismatch error-status-mismatch
        errors-in-a-list extra-error-key html-errors message-as-list missing-error-code missing-more-info
        more-info-mismatch more-info-not-a-url null-code null-message problem-details renamed-message status-as-text
        wrong-error-shape xml-errors
    """,
    ("404",): "gone not-found-as-bad-request not-found-crashes status-418",
    ("participants 404",): "participants-of-unknown-room",
    ("bad date",): "bad-date-accepted bad-request-as-422 bad-request-crashes",
    ("bad token",): "bad-page-token-accepted",
    ("bad RoomType",): "unknown-room-type-accepted",
    ("bad Codec",): "unknown-codec-accepted",
    ("PageSize 1001",): "page-size-clamped",
    ("PageSize 0",): "page-size-zero-accepted",
    ("Page 1",): "page-without-token-accepted",
    ("405",): "method-as-404 method-as-501 no-allow post-accepted wrong-allow",
    ("401",): """
        no-challenge rooms-without-credentials unauthorized-as-403 unauthorized-as-404 wrong-challenge
    """,
    ("401 room",): "room-without-credentials",
    ("401 participants",): "participants-without-credentials",
    ("401 participant",): "participant-without-credentials",
    ("wrong secret",): "wrong-secret-accepted",
    ("empty secret",): "empty-secret-accepted",
    ("unknown user",): "unknown-user-accepted",
    ("other's room",): "other-accounts-room-fetched",
    ("other's participants",): "other-accounts-participants-listed",
    ("other's participant",): "other-accounts-participant-fetched",
}
PROBES_OF = {name: probes for probes, names in NAMED.items() for name in names.split()}
# These need more than two answers: each has a test of its own below.
IN_TIME = {"default-window-moves", "page-tokens-used-up", "pages-by-offset", "rows-of-a-second-collapse"}
MEANT_TO_FAIL = {"bad-request-crashes", "not-found-crashes"} | {
    f"{name}-fail{s}" for name, s in (("rooms", ""), ("room", "s"), ("participants", ""), ("participant", "s"))
}


@contextmanager
def planted(emulator: Emulator, *names: str) -> Iterator[None]:
    FAULTS.apply(emulator.app, names)
    try:
        yield
    finally:
        FAULTS.apply(emulator.app, ())


def observe(emulator: Emulator, room: Any, probes: tuple[str, ...]) -> dict[str, tuple[object, ...]]:
    """What a client sees, less what differs between any two answers."""
    seen: dict[str, tuple[object, ...]] = {}
    for probe in probes:
        response = PROBES[probe](emulator, room)
        headers = {name: value for name, value in response.headers.items() if name not in VOLATILE}
        headers["twilio-request-id"] = str(len(response.headers.get("twilio-request-id", "")))
        seen[probe] = response.status_code, headers, response.content
    return seen


@pytest.fixture(scope="module")
def room(emulator: Emulator) -> Any:
    """A completed room with a callback and several guests, and a room of the other account."""
    rooms = emulator.rooms(CreatedAfter=EVER)
    room = next(
        one
        for one in rooms
        if one["unique_participants"] > 3
        and one["end_time"]
        and one["status_callback_method"] == "GET"
        # Rooms before and after it on its day, for what takes bounds for days.
        and {True, False}
        <= {
            other["create_time"] < one["create_time"]
            for other in rooms
            if other["create_time"][:10] == one["create_time"][:10] and other is not one
        }
        # A guest with an accent, for what takes UTF-8 for something else.
        and not emulator.get(one["links"]["participants"]).content.isascii()
    )
    guests = emulator.document(room["links"]["participants"])["participants"]
    # One who stayed a while, for whom every way to get a time wrong shows.
    guest = next(one for one in guests if one["duration_sec"])
    other = {"auth": (emulator.accounts[1].sid, emulator.accounts[1].auth_token)}
    others = emulator.stranger.get(f"{ROOMS}?{ALL}&PageSize=1", **other).json()["rooms"][0]  # type: ignore[arg-type]
    others_guests = emulator.stranger.get(others["links"]["participants"], **other).json()["participants"]  # type: ignore[arg-type]
    return room | {
        "guest": guest["participant_sid"],
        "other": others["room_sid"],
        "other_guest": others_guests[0]["participant_sid"],
    }


def test_each_fault_has_its_place_in_this_file() -> None:
    contract = {fault.name for fault in FAULTS if fault.kind == "contract"}
    assert set(PROBES_OF) | IN_TIME == contract
    assert len(PROBES_OF) == sum(len(names.split()) for names in NAMED.values())
    assert all(fault.imitates for fault in FAULTS)


@pytest.mark.parametrize("name", sorted(PROBES_OF))
def test_a_fault_changes_what_it_names_until_it_is_lifted(emulator: Emulator, room: Any, name: str) -> None:
    probes = PROBES_OF[name]
    before = observe(emulator, room, probes)
    with planted(emulator, name):
        during = observe(emulator, room, probes)
    for probe in probes:
        assert during[probe] != before[probe], probe
        assert during[probe][0] != 500 or name in MEANT_TO_FAIL, probe
    assert observe(emulator, room, probes) == before


@pytest.mark.parametrize("page_size", [1, 3])
def test_pages_by_offset_repeat_a_row_when_one_is_added(start: Callable[..., Emulator], page_size: int) -> None:
    emulator = start(empty=True)
    rooms = [emulator.add_room(created_ago=1000 + number, ended_ago=600) for number in range(4)]
    newer = iter((900, 800))

    def walked() -> list[str]:
        pages = emulator.walk(PageSize=page_size)
        seen = [room["room_sid"] for room in next(pages)["rooms"]]
        emulator.add_room(created_ago=next(newer), ended_ago=600)
        return seen + [room["room_sid"] for page in pages for room in page["rooms"]]

    assert walked() == rooms
    with planted(emulator, "pages-by-offset"):
        seen = walked()
    assert len(seen) > len(set(seen))


def test_a_used_token_is_refused(emulator: Emulator) -> None:
    url = emulator.document(PageSize=2)["meta"]["next_page_url"]
    with planted(emulator, "page-tokens-used-up"):
        assert [emulator.get(url).status_code for _ in range(3)] == [200, 400, 400]
    with planted(emulator, "page-tokens-used-up"):
        assert emulator.get(url).status_code == 200, "what a fault remembers begins anew"
    assert [emulator.get(url).status_code for _ in range(2)] == [200, 200]


def test_rows_of_one_second_are_lost_between_pages(start: Callable[..., Emulator]) -> None:
    emulator = start(empty=True)
    for _ in range(4):
        emulator.add_room(created_ago=1000, ended_ago=600)
    assert sum(len(page["rooms"]) for page in emulator.walk(PageSize=3)) == 4
    with planted(emulator, "rows-of-a-second-collapse"):
        assert sum(len(page["rooms"]) for page in emulator.walk(PageSize=3)) == 3


def test_the_default_window_moves_under_a_walk(start: Callable[..., Emulator]) -> None:
    emulator = start(empty=True)
    for _ in range(4):
        emulator.add_room(created_ago=86_000, ended_ago=85_000)
    for names, count in (((), 4), (("default-window-moves",), 3)):
        with planted(emulator, *names):
            pages = emulator.walk(PageSize=3)
            seen = len(next(pages)["rooms"])
            emulator.clock.advance(2000)
            seen += sum(len(page["rooms"]) for page in pages)
            emulator.clock.advance(-2000)
        assert seen == count


def test_faults_of_the_settings_are_planted_together(start: Callable[..., Emulator]) -> None:
    emulator = start(rooms=3, faults=("null-page", "extra-room-key"))
    document = emulator.document()
    assert document["meta"]["page"] is None
    assert document["rooms"][0]["large_room"] is False


def test_any_two_faults_bear_each_other(emulator: Emulator, room: Any) -> None:
    """A fault that finds the ground taken away by another changes nothing, rather than fail."""
    names = [name for name in PROBES_OF if name not in MEANT_TO_FAIL]
    for first, second in zip(names, names[1:] + names[:1], strict=True):
        with planted(emulator, first, second):
            for probe in ("rooms", "participants", "404"):
                assert PROBES[probe](emulator, room).status_code != 500, (first, second)


def test_the_faults_in_the_database_are_planted_soon(start: Callable[..., Emulator]) -> None:
    emulator = start(rooms=3)
    for names, page in ((("null-page",), None), ((), 0)):
        emulator.store.set_faults(names)
        deadline = time.monotonic() + 20
        while emulator.document()["meta"]["page"] != page:
            assert time.monotonic() < deadline
            time.sleep(0.1)


def test_an_unknown_fault_is_refused_with_names_that_are_near_before_anything_changes(emulator: Emulator) -> None:
    with pytest.raises(UsageError, match=r"fault 'page-skip-row': unknown \(did you mean 'page-skips-row'\?\)"):
        FAULTS.find(["page-skip-row"])
    with pytest.raises(UsageError, match="--list-faults"):
        FAULTS.apply(emulator.app, ["null-page", "%"])
    assert emulator.document()["meta"]["page"] == 0


def test_the_table_lists_every_fault_with_what_it_imitates() -> None:
    lines = FAULTS.table().splitlines()
    for fault in FAULTS:
        assert any(line.split() == [fault.name, *fault.imitates.split()] for line in lines), fault.name
    assert "contract: paging" in lines
    assert lines.count("transient failure") == 1


def test_a_list_of_two_accounts_is_json_still(emulator: Emulator) -> None:
    with planted(emulator, "other-account-leaked"):
        owners = {room["account_sid"] for room in json.loads(emulator.get(f"{ROOMS}?{ALL}").text)["rooms"]}
    assert owners == {account.sid for account in emulator.accounts}
