"""What the service is asked to settle the assumptions of the ledger: GET requests alone, and their meaning.

Each probe yields sightings; what follows from them is decided by the engine. The probes know the document, never the
emulator: a service may do what no world has. Rooms are told apart by their times, because other words of theirs are in
question.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import cached_property
from typing import Any
from urllib.parse import quote

from contract_kit.check.observed_response import ObservedResponse
from contract_kit.contract import Contract
from contract_kit.masking import Masker
from contract_kit.settle.asking import Asker
from contract_kit.settle.questions import NONE_OF_THEM, EvidenceRule, Sighting
from contract_kit.settle.settling import LedgerProbe

Row = dict[str, Any]

ROOMS = "/v1/Video/Rooms"
_LARGEST = "PageSize=1000"
_HOUR, _DAY = 3600, 86_400
_UNSURE = 180  # seconds: clocks apart, answers under way
_ROOMS_LOOKED_INTO = 60
_MOST_PAGES = 5
_MANY = 20  # rows that would have to be missing by chance
_CORS = ("allow-origin", "allow-methods", "allow-headers", "allow-credentials", "expose-headers")
_PROPERTIES = frozenset({"recordOnConnect", "numAudioTracks", "numVideoTracks", "numDataTracks", "isAdhoc"})
_PUBLISHER = frozenset({"name", "sdk_version"})


def probes(asker: Asker, contract: Contract) -> Sequence[LedgerProbe]:
    """The probes of one run, what matters most first."""
    return _Probes(asker, contract).all()


def _seconds(row: Row, key: str) -> float | None:
    """A time of a row; None for none, and for what is none."""
    value = row.get(key)
    try:
        return datetime.fromisoformat(value).timestamp() if isinstance(value, str) else None
    except ValueError:
        return None


def _written(seconds: float) -> str:
    return quote(datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))


def _rows(answer: ObservedResponse, key: str) -> list[Row]:
    rows = answer.excerpt.get(key) if isinstance(answer.excerpt, dict) else None
    return [each for each in rows if isinstance(each, dict)] if isinstance(rows, list) else []


def _meta(answer: ObservedResponse, key: str) -> Any:
    meta = answer.excerpt.get("meta") if isinstance(answer.excerpt, dict) else None
    return meta.get(key) if isinstance(meta, dict) else None


class _Probes:
    def __init__(self, asker: Asker, contract: Contract) -> None:
        self._asker = asker
        self._masker = Masker.of(contract)
        self._schemas = contract.document.data["components"]["schemas"]

    def all(self) -> Sequence[LedgerProbe]:
        always = EvidenceRule(is_universal=True, fooled_by="a row that is written while it is read")
        shown = EvidenceRule(fooled_by="rooms that begin or end while they are asked for")
        sure = EvidenceRule(fooled_by="a proxy that answers in the service's place")
        within = [f"GET {ROOMS}/…/Participants?{_LARGEST}", f"(of at most {_ROOMS_LOOKED_INTO} rooms)"]
        lists = (
            f"GET {ROOMS}?{_LARGEST} (and its next pages, five at most)",
            f"GET {ROOMS}?{_LARGEST}&CreatedAfter=… (thirty days ago; the same)",
            f"GET {ROOMS}/… (of at most four rooms in progress)",
        )

        def probe(
            name: str,
            ask: Callable[[], Iterator[Sighting]],
            cost: int,
            plan: Sequence[str],
            rule: EvidenceRule,
            **clauses: Sequence[str],
        ) -> LedgerProbe:
            named = {(decision, clause): rule for decision, each in clauses.items() for clause in each}
            return LedgerProbe(name, named, tuple(plan), cost, ask)

        return (
            probe("which rooms a list shows", self._window, 2 * _MOST_PAGES + 4, lists, shown, D17=_WINDOW),
            probe(
                "the bounds of a list", self._bounds, 8,
                [f"GET {ROOMS}?{_LARGEST}&CreatedAfter=…&CreatedBefore=… around the times of two rooms"],
                shown, D17=_BOUNDS,
            ),
            probe("how long rooms are there", self._age, 0, ["(nothing more)"], shown, D17=[_EXPIRY], D30=[_GO]),
            probe(
                "page sizes and pages", self._paging, 9,
                [f"GET {ROOMS}?CreatedAfter=…", f"GET {ROOMS}?PageSize=1001", f"GET {ROOMS}?PageSize=5000",
                 f"GET {ROOMS}?PageSize=0", f"GET {ROOMS}?Page=1", "(each of them with CreatedAfter=…, too)"],
                sure, D18=_PAGING,
            ),
            probe(
                "parameters that nobody published", self._unknown_parameters, 4,
                [f"GET {ROOMS}?{_LARGEST}&CreatedAfter=… (again)", f"GET {ROOMS}?…&room_type=go",
                 f"GET {ROOMS}?…&NoSuchParameter=1"],
                sure, D31=["an unknown parameter"],
            ),
            probe(
                "unknown paths, and who may know", self._paths, 10,
                ["GET /v1/Video/Nothing", "GET /v1/Nothing (also without and with wrong credentials)",
                 f"GET {ROOMS}/", f"GET {ROOMS}/…/ (a room and a slash)", f"GET {ROOMS}/RM1",
                 f"GET {ROOMS}/RMgggggggggggggggggggggggggggggggg",
                 f"GET {ROOMS}?PageSize=1 (without and with wrong credentials)"],
                sure, D22=_PATHS, D19=["the body of an error", "the challenge"],
            ),
            probe("headers", self._headers, 3, [f"GET {ROOMS}?PageSize=1 (twice with an Origin)"], always,
                  D20=["who gets them"], D28=["the request id"]),
            probe("rooms", self._rooms, 0, ["(the rooms of the lists above)"], always,
                  D11=["what links has"], D25=["the invariants"], D26=["concurrent participants"],
                  D35=["the words"]),
            probe(
                "participants", self._participants, _ROOMS_LOOKED_INTO, within, always,
                D6=["which reasons there are"], D10=["the keys", "the types"], D14=["the type"],
                D15=["keys without a value"], D21=["identities"], D33=["edge locations"],
                D26=["unique participants"],
            ),
            probe("ordinary leaves", self._leaves, 0, ["(the participants of above)"], shown,
                  D6=["an ordinary leave"]),
        )  # fmt: skip

    # What several probes look at, asked for once.

    def _pages(self, query: str) -> tuple[list[ObservedResponse], bool]:
        """The pages of a list, and whether they are all."""
        found = [self._asker.get(f"{ROOMS}?{query}")]
        while len(found) < _MOST_PAGES:
            following = _meta(found[-1], "next_page_url")
            if not isinstance(following, str):
                return found, True
            _, mark, rest = following.partition(ROOMS)
            if not mark:
                return found, False
            found.append(self._asker.get(ROOMS + rest))
        return found, not isinstance(_meta(found[-1], "next_page_url"), str)

    @cached_property
    def _without_bounds(self) -> tuple[list[ObservedResponse], bool]:
        return self._pages(_LARGEST)

    @cached_property
    def _with_bound(self) -> tuple[list[ObservedResponse], bool]:
        start = self._now - 30 * _DAY
        return self._pages(f"{_LARGEST}&CreatedAfter={_written(start)}")

    @cached_property
    def _now(self) -> float:
        """The service's own time."""
        _ = self._without_bounds  # something has to be asked first
        return self._asker.first_at

    @cached_property
    def _all_rooms(self) -> list[Row]:
        """Every room that was listed, once."""
        answers = (*self._without_bounds[0], *self._with_bound[0])
        found: dict[str, Row] = {}
        for row in (row for answer in answers for row in _rows(answer, "rooms")):
            found.setdefault(str(row.get("room_sid")), row)
        return list(found.values())

    @cached_property
    def _all_participants(self) -> list[tuple[Row, list[Row], int]]:
        """Rooms of every kind with their participants, and the number of the request."""
        wanted = sorted(
            (row for row in self._all_rooms if isinstance(row.get("room_sid"), str)),
            key=lambda row: (row.get("end_time") is not None, -(row.get("unique_participants") or 0)),
        )
        going_on = [row for row in wanted if row.get("end_time") is None][: _ROOMS_LOOKED_INTO // 4]
        ended = [row for row in wanted if row.get("end_time") is not None]
        found = []
        for room in [*going_on, *ended][:_ROOMS_LOOKED_INTO]:
            answer = self._asker.get(f"{ROOMS}/{quote(room['room_sid'])}/Participants?{_LARGEST}")
            found.append((room, _rows(answer, "participants"), answer.number))
        return found

    @cached_property
    def _somebody_is_there(self) -> bool:
        return any(row.get("leave_time") is None for _, rows, _ in self._all_participants for row in rows)

    # The probes.

    def _window(self) -> Iterator[Sighting]:
        plain, is_whole = self._without_bounds
        bounded, is_all = self._with_bound
        listed = [(row, answer.number) for answer in plain for row in _rows(answer, "rooms")]
        within = [(row, answer.number) for answer in bounded for row in _rows(answer, "rooms")]
        going_on = [each for each in listed if each[0].get("end_time") is None]
        for _, number in going_on[:5]:
            yield Sighting("D17", _WINDOW[0], "in-progress-listed", "a room in progress is in the list", (number,))
        bounded_going_on = [each for each in within if each[0].get("end_time") is None]
        for _, number in bounded_going_on[:5]:
            what = "a room in progress is in the list with a bound"
            yield Sighting("D17", _WINDOW[2], "in-progress-with-bounds", what, (number,))
        known = {row.get("room_sid") for row, _ in listed}
        if not going_on and is_whole:
            yield from self._left_out(bounded_going_on, known, _WINDOW[0], "completed-only")
        known = {row.get("room_sid") for row, _ in within}
        if not bounded_going_on and is_all:
            yield from self._left_out(going_on, known, _WINDOW[2], "completed-only-with-bounds")
        ends = [(end, number) for row, number in within if (end := _seconds(row, "end_time")) is not None]
        older = [each for each in ends if each[0] < self._now - _DAY - _UNSURE]
        for end, number in older[:5]:
            hours = (self._now - end) / _HOUR
            what = f"a room that ended {hours:.0f} hours ago is in the list with a bound"
            yield Sighting("D17", _WINDOW[1], "bounds-replace-window", what, (number,))
        started_before = [row for row, _ in within if (_seconds(row, "create_time") or self._now) < self._now - _DAY]
        if is_all and not older and len(ends) >= 2 * _MANY and len(started_before) >= 2:
            what = f"of {len(ends)} ended rooms none ended more than 24 hours ago, though some began before"
            yield Sighting("D17", _WINDOW[1], "bounds-within-window", what, (bounded[0].number,), len(ends))

    def _left_out(self, rooms: list[tuple[Row, int]], known: set[Any], clause: str, answer: str) -> Iterator[Sighting]:
        """Rooms that are in one list and not in another, and still go on after both were asked for."""
        for room, number in rooms[:2]:
            if room.get("room_sid") in known:
                continue
            again = self._asker.get(f"{ROOMS}/{quote(str(room['room_sid']))}")
            if again.status == 200 and isinstance(again.excerpt, dict) and again.excerpt.get("end_time") is None:
                what = "a room that went on all the time is not in the list"
                yield Sighting("D17", clause, answer, what, (number, again.number))

    def _bounds(self) -> Iterator[Sighting]:
        """Ask for lists around the start and the end of two rooms that ended within the window of 24 hours."""
        chosen = []
        for row in self._all_rooms:
            start, end = _seconds(row, "create_time"), _seconds(row, "end_time")
            if start is None or end is None or end - start < 20:
                continue
            if self._now - 23 * _HOUR < end < self._now - _UNSURE:
                chosen.append((row, start, end))
        times = [time for _, start, end in chosen for time in (start, end)]
        alone = [each for each in chosen if sum(abs(each[1] - t) < 5 or abs(each[2] - t) < 5 for t in times) == 2]
        for row, start, end in (alone or chosen)[:2]:
            by_start, first = self._holds(row, start - 2, start + 2)
            by_end, second = self._holds(row, end - 2, end + 2)
            numbers = (first, second)
            if by_start == by_end:
                what = "a room is in the list both around its start and around its end, or in neither"
                yield Sighting("D17", _BOUNDS[2], NONE_OF_THEM, what, numbers)
                continue
            answer, told = ("bounds-on-create-time", "start") if by_start else ("bounds-on-end-time", "end")
            yield Sighting("D17", _BOUNDS[2], answer, f"a room is in the list around its {told} alone", numbers)
            moment = start if by_start else end
            is_in, number = self._holds(row, moment, moment + 2)
            answer = "after-inclusive" if is_in else "after-exclusive"
            what = f"a room whose {told} is CreatedAfter is {'' if is_in else 'not '}in the list"
            yield Sighting("D17", _BOUNDS[0], answer, what, (number,))
            is_in, number = self._holds(row, moment - 2, moment)
            answer = "before-inclusive" if is_in else "before-exclusive"
            what = f"a room whose {told} is CreatedBefore is {'' if is_in else 'not '}in the list"
            yield Sighting("D17", _BOUNDS[1], answer, what, (number,))

    def _holds(self, room: Row, after: float, before: float) -> tuple[bool, int]:
        answer = self._asker.get(f"{ROOMS}?{_LARGEST}&CreatedAfter={_written(after)}&CreatedBefore={_written(before)}")
        return any(each.get("room_sid") == room.get("room_sid") for each in _rows(answer, "rooms")), answer.number

    def _age(self) -> Iterator[Sighting]:
        number = self._with_bound[0][0].number
        is_all = self._with_bound[1]
        ended = [(row, self._now - end) for row in self._all_rooms if (end := _seconds(row, "end_time")) is not None]
        ages = [age for _, age in ended]
        kept = [age for age in ages if age > 7 * _DAY + _HOUR]
        for age in kept[:5]:
            yield Sighting("D17", _EXPIRY, "kept-longer", f"a room ended {age / _DAY:.1f} days ago", (number,))
        if is_all and not kept and sum(age > 5 * _DAY for age in ages) >= _MANY:
            what = f"of {len(ages)} rooms the oldest ended {max(ages) / _DAY:.1f} days ago"
            yield Sighting("D17", _EXPIRY, "seven-days", what, (number,), len(ages))
        old = [(row, age) for row, age in ended if age > 2 * _DAY + _HOUR]
        go = [age for row, age in old if row.get("room_type") == "go"]
        for age in go[:5]:
            yield Sighting("D30", _GO, "go-seven-days", f"a go room ended {age / _DAY:.1f} days ago", (number,))
        young = sum(row.get("room_type") == "go" for row, age in ended if age <= 2 * _DAY)
        if is_all and not go and len(old) >= 2 * _MANY and young >= _MANY // 4:
            what = f"none of {len(old)} rooms of more than two days is a go room, though {young} younger ones are"
            yield Sighting("D30", _GO, "go-two-days", what, (number,), len(old))

    def _paging(self) -> Iterator[Sighting]:
        start = _written(self._now - 30 * _DAY)
        for query in ("", f"?CreatedAfter={start}"):
            answer = self._asker.get(f"{ROOMS}{query}")
            size = _meta(answer, "page_size")
            known = {50: "fifty-by-default", 20: "twenty-by-default"}.get(size, NONE_OF_THEM)
            what = f"a page that nobody sized has size {size if isinstance(size, int) else 'of no number'}"
            yield Sighting("D18", _PAGING[0], known, what, (answer.number,))
        for size in (1001, 5000):
            answer = self._asker.get(f"{ROOMS}?PageSize={size}&CreatedAfter={start}")
            told = "too-large-refused" if answer.status == 400 else NONE_OF_THEM
            if answer.status == 200 and _meta(answer, "page_size") == 1000:
                told = "too-large-clamped"
            what = f"PageSize={size} gets {answer.status}{' and pages of 1000' if 'clamped' in told else ''}"
            yield Sighting("D18", _PAGING[1], told, what, (answer.number,))
        usual = _meta(self._asker.get(f"{ROOMS}?CreatedAfter={start}"), "page_size")
        for query in ("PageSize=0", f"CreatedAfter={start}&PageSize=0"):
            answer = self._asker.get(f"{ROOMS}?{query}")
            told = "zero-refused" if answer.status == 400 else NONE_OF_THEM
            if answer.status == 200 and _meta(answer, "page_size") == usual:
                told = "zero-is-default"
            yield Sighting("D18", _PAGING[2], told, f"PageSize=0 gets {answer.status}", (answer.number,))
        for query in ("Page=1", f"CreatedAfter={start}&Page=2"):
            answer = self._asker.get(f"{ROOMS}?{query}")
            told = {400: "page-refused", 200: "page-ignored"}.get(answer.status, NONE_OF_THEM)
            what = f"a Page without a token gets {answer.status}"
            yield Sighting("D18", _PAGING[3], told, what, (answer.number,))

    def _unknown_parameters(self) -> Iterator[Sighting]:
        bound = f"{_LARGEST}&CreatedAfter={_written(self._now - 30 * _DAY)}"

        def listed(answer: ObservedResponse) -> set[Any]:
            return {row.get("room_sid") for row in _rows(answer, "rooms")}

        before = listed(self._asker.get(f"{ROOMS}?{bound}"))
        answers = {
            extra: self._asker.get(f"{ROOMS}?{bound}&{extra}") for extra in ("room_type=go", "NoSuchParameter=1")
        }
        after = listed(self._asker.get(f"{ROOMS}?{bound}"))
        for extra, answer in answers.items():
            # Rooms come and go meanwhile: what is there before and after is there between, and nothing else is.
            same = (before & after) <= listed(answer) <= (before | after)
            told = "unknown-ignored" if answer.status == 200 and same else NONE_OF_THEM
            told = "unknown-refused" if answer.status == 400 else told
            what = f"{extra.partition('=')[0]} gets {answer.status}{'' if same else ' and other rooms'}"
            yield Sighting("D31", "an unknown parameter", told, what, (answer.number,))

    def _paths(self) -> Iterator[Sighting]:
        errors = []

        def ask(clause: str, path: str, answers: dict[int, str]) -> Sighting:
            answer = self._asker.get(path)
            if answer.status >= 400:
                errors.append(answer)
            told = answers.get(answer.status, NONE_OF_THEM)
            return Sighting("D22", clause, told, f"it gets {answer.status}", (answer.number,))

        for path in ("/v1/Video/Nothing", "/v1/Nothing"):
            yield ask(_PATHS[0], path, {404: "unknown-path-404", 400: "unknown-path-400"})
        known = self._asker.answers[-1].status
        rooms = [str(row["room_sid"]) for row in self._all_rooms[:1] if row.get("room_sid")]
        for path in (f"{ROOMS}/", *(f"{ROOMS}/{quote(sid)}/" for sid in rooms)):
            yield ask(_PATHS[1], path, {404: "slash-404", 200: "slash-served"})
        for sid in ("RM1", "RM" + "g" * 32):
            yield ask(_PATHS[2], f"{ROOMS}/{sid}", {404: "malformed-404", 400: "malformed-400"})
        for caller in ("nobody", "wrong"):
            answer = self._asker.get("/v1/Nothing", caller=caller)
            told = {401: "credentials-first", known: "path-first"}.get(answer.status, NONE_OF_THEM)
            what = f"an unknown path gets {answer.status} without valid credentials"
            yield Sighting("D22", _PATHS[3], told, what, (answer.number,))
            refused = self._asker.get(f"{ROOMS}?PageSize=1", caller=caller)
            errors.append(refused)
            told = "challenged" if "www-authenticate" in refused.headers else "no-challenge"
            what = f"a {refused.status} {'has' if told == 'challenged' else 'has no'} WWW-Authenticate"
            if refused.status == 401:
                yield Sighting("D19", "the challenge", told, what, (refused.number,))
        for answer in errors:
            keys = set(answer.excerpt) if isinstance(answer.excerpt, dict) else set()
            is_ours = keys == {"code", "message", "more_info", "status"}
            told = "four-keys" if is_ours else "other-error-body"
            what = f"a {answer.status} has {self._named(keys) or 'no JSON object'}"
            yield Sighting("D19", "the body of an error", told, what, (answer.number,))

    def _headers(self) -> Iterator[Sighting]:
        plain = [*self._without_bounds[0], *self._with_bound[0], self._asker.get(f"{ROOMS}?PageSize=1")]
        named = [self._asker.get(f"{ROOMS}?PageSize=1", headers={"Origin": "https://example.com"}) for _ in range(2)]

        def has_all(answer: ObservedResponse) -> bool:
            return all(f"access-control-{name}" in answer.headers for name in _CORS)

        for answer in plain:
            if answer.status != 200:
                continue
            told = "cors-always"
            if not has_all(answer):
                some = any(f"access-control-{name}" in answer.headers for name in _CORS)
                told = "cors-for-origins" if all(map(has_all, named)) else NONE_OF_THEM if some else "no-cors"
            what = f"an answer without an Origin has {'all five' if told == 'cors-always' else 'not all five'}"
            yield Sighting("D20", "who gets them", told, what, (answer.number,))
        for answer in list(self._asker.answers):
            value = answer.headers.get("twilio-request-id")
            told = "request-id-always" if value and value.startswith("RQ") else "no-request-id"
            told = NONE_OF_THEM if value and told == "no-request-id" else told
            what = f"a {answer.status} {'has an id' if value else 'has none'}"
            yield Sighting("D28", "the request id", told, what, (answer.number,))

    def _rooms(self) -> Iterator[Sighting]:
        number = (self._with_bound[0][0].number,)
        published = set(self._enum("RoomStatus"))
        for room in self._all_rooms:
            links = room.get("links")
            if isinstance(links, dict):
                told = "participants-only" if set(links) == {"participants"} else "further-links"
                told = told if "participants" in links else NONE_OF_THEM
                yield Sighting("D11", "what links has", told, f"links has {self._named(links)}", number)
            status = room.get("room_status")
            is_ended = room.get("end_time") is not None
            if status != "completed" and isinstance(status, str):
                told = "published-words" if status in published else NONE_OF_THEM
                told = "event-words" if status == "in-progress" else told
                yield Sighting("D35", "the words", told, "the status of a room that goes on", number)
            if not is_ended:
                continue
            start, end = _seconds(room, "create_time"), _seconds(room, "end_time")
            told = "invariants-hold" if status == "completed" else "status-lags"
            if start is None or end is None or end < start:
                told = NONE_OF_THEM
            yield Sighting("D25", "the invariants", told, "the status and the times of a room that has ended", number)
            if room.get("unique_participants"):
                count = room.get("concurrent_participants")
                told = NONE_OF_THEM if not isinstance(count, int) else "peak-of-participants"
                told = "now-participants" if count == 0 else told
                what = "a room that has ended and in which somebody was"
                yield Sighting("D26", "concurrent participants", told, what, number)

    def _participants(self) -> Iterator[Sighting]:
        for room, rows, number in self._all_participants:
            yield from self._of_row(room, "Room", number)
            for row in rows:
                yield from self._of_row(row, "Participant", number)
                yield from self._of_participant(row, number)
            identities = {row.get("participant_identity") for row in rows}
            if len(identities) < len(rows) and room.get("end_time") is not None:
                counts = {len(rows): "sids-counted", len(identities): "identities-counted"}
                told = counts.get(room.get("unique_participants") or -1, NONE_OF_THEM)
                what = "a room to which somebody came back"
                yield Sighting("D26", "unique participants", told, what, (number,))

    def _of_row(self, row: Row, schema: str, number: int) -> Iterator[Sighting]:
        missing = set(self._schemas[schema]["required"]) - row.keys()
        told = "every-key"
        if missing:
            told = "untold-objects-absent" if missing == {"properties", "publisher_info"} else "null-keys-absent"
        what = f"a {schema.lower()} lacks {', '.join(sorted(missing)) or 'no key'}"
        yield Sighting("D15", "keys without a value", told, what, (number,))
        sids = ["account_sid", "room_sid", "url", *(["participant_sid"] if schema == "Participant" else [])]
        told = "null-identities" if any(row.get(key) is None for key in sids) else "identities-never-null"
        # Who would have none yet is in a room that goes on: without such rooms nothing is shown.
        if told == "null-identities" or self._somebody_is_there:
            yield Sighting("D21", "identities", told, f"the SIDs and the address of a {schema.lower()}", (number,))
        edge = row.get("edge_location")
        if isinstance(edge, str):
            told = "edges-as-published" if edge in self._enum("EdgeLocation") else "edges-otherwise"
            yield Sighting("D33", "edge locations", told, f"the edge {self._named([edge])}", (number,))

    def _of_participant(self, row: Row, number: int) -> Iterator[Sighting]:
        reason = row.get("end_reason")
        if isinstance(reason, str):
            told = "published-reasons" if reason in self._enum("ParticipantEndReason") else "further-reasons"
            yield Sighting("D6", "which reasons there are", told, f"the reason {self._named([reason])}", (number,))
        code = row.get("error_code")
        if code is not None:
            told = "integer-or-null" if type(code) is int else "text-codes" if isinstance(code, str) else NONE_OF_THEM
            yield Sighting("D14", "the type", told, f"an error code is {type(code).__name__}", (number,))
        properties, publisher = row.get("properties") or {}, row.get("publisher_info") or {}
        keys = {*properties, *publisher} if isinstance(properties, dict) and isinstance(publisher, dict) else set()
        if keys:
            told = "published-keys"
            if not keys <= _PROPERTIES | _PUBLISHER:
                is_snake = any("_" in key for key in properties) and not set(properties) <= _PROPERTIES
                told = "snake-case-keys" if is_snake else "further-keys"
            yield Sighting("D10", "the keys", told, f"there are {self._named(keys)}", (number,))
        counts = [value for key, value in properties.items() if key.lower().replace("_", "").startswith("num")]
        if counts:
            told = "text-for-numbers" if any(isinstance(value, str) for value in counts) else "published-types"
            yield Sighting("D10", "the types", told, "counts of tracks", (number,))

    def _leaves(self) -> Iterator[Sighting]:
        left = [(row, number) for _, rows, number in self._all_participants for row in rows if row.get("leave_time")]
        ordinary = [number for row, number in left if row.get("end_reason") is None]
        for number in ordinary[:5]:
            what = "somebody left and has no reason"
            yield Sighting("D6", "an ordinary leave", "null-for-an-ordinary-leave", what, (number,))
        if not ordinary and len(left) >= 2 * _MANY:
            what = f"all {len(left)} who left have a reason"
            numbers = tuple(number for _, number in left[:5])
            yield Sighting("D6", "an ordinary leave", "reason-always", what, numbers, len(left))

    def _named(self, words: Iterable[str]) -> str:
        """Words of a service as they may be shown: an unknown one could be a name, or a SID."""
        return ", ".join(self._masker.key(str(each)) for each in sorted(words, key=str))

    def _enum(self, schema: str) -> Sequence[str]:
        values: Sequence[str] = self._schemas[schema]["enum"]
        return values


_WINDOW = (
    "rooms in progress without bounds",
    "what a bound does to the window",
    "rooms in progress with bounds",
)
_BOUNDS = (
    "a room that starts at the lower bound",
    "a room that starts at the upper bound",
    "which time the bounds act on",
)
_EXPIRY = "how long a room is there"
_GO = "go rooms of three days ago"
_PAGING = ("the default", "above the maximum", "below one", "a page without a token")
_PATHS = ("an unknown path", "a trailing slash", "a malformed SID", "what comes first")
