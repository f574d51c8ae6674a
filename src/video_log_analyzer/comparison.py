"""Compare the emulator, loaded with recorded rooms, with the recorded service."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx

from contract_kit.cassettes.cassette import ORIGINS, Cassette, Interaction
from contract_kit.cassettes.scenarios import scenarios_of
from contract_kit.check.violations import json_type
from contract_kit.contract import Contract
from contract_kit.document import Document
from contract_kit.targets import Target
from video_log_analyzer.emulator_client import EmulatorControl, EmulatorError
from video_log_analyzer.kit import KIT

Row = dict[str, Any]
_LISTS = {resource.rows.removeprefix("/"): resource.key for resource in KIT.resources}
_PAGE_URLS = ("first_page_url", "next_page_url", "previous_page_url", "url")
# The emulator has its own accounts and URLs, so these fields are not loaded.
_OWN = frozenset({"account_sid", "url", "links"})


@dataclass(frozen=True)
class Difference:
    """A difference between the emulator's response and the recorded one.

    Attributes:
        request: ``GET /v1/Video/Rooms?PageSize=2``.
        what: ``status``, ``rows``, ``/meta/next_page_url``, or the location of a field: ``/rooms/*/codecs``.
        recorded: The recorded value or type.
        emulated: The emulator's value or type.
    """

    request: str
    what: str
    recorded: str
    emulated: str

    def __str__(self) -> str:
        return f"{self.request}: {self.what}: recorded {self.recorded}, the emulator has {self.emulated}"


def differences(cassette: Cassette, target: Target, contract: Contract) -> list[Difference]:
    """Load the rooms of ``cassette`` into the emulator at ``target``, repeat all requests, and compare the responses.

    It compares status, keys, types, the rows of a page and its metadata, but not times, texts or request identifiers.
    Requests that were answered 401 are repeated with a wrong secret, because credentials are not recorded.
    """
    with EmulatorControl(target.url) as control:
        control.reset()
        control.set_clock(datetime.fromisoformat(cassette.label.clock), frozen=True)
        try:
            control.load(state(cassette, contract.document), allow_unknown=True)
        except EmulatorError as error:
            return [
                Difference(str(cassette.label), "state", "what it shows", f"refused it: {error.mistakes[0].message}")
            ]
        scenario = scenarios_of(contract).get(cassette.label.scenario)
        if scenario is not None and scenario.arrange is not None:
            scenario.arrange(target.url)
        found: list[Difference] = []
        tokens: dict[str, str] = {}
        complete = _complete(cassette)
        with httpx.Client(base_url=target.url, trust_env=False) as http:
            for each in cassette.interactions:
                credentials = target.credentials
                password = "wrong" if each.status == 401 else credentials.secret
                url = _asked(each.uri.removeprefix(ORIGINS[cassette.label.target]), tokens)
                answer = http.request(each.method, url, auth=(credentials.username, password))
                recorded, emulated = _json(each.body), _json(answer.text)
                _pair_tokens(recorded, emulated, tokens)
                request = f"{each.method} {each.uri.removeprefix(ORIGINS[cassette.label.target])}"
                pairs = _compared(each, answer.status_code, recorded, emulated, whole=each.uri in complete)
                found += [Difference(request, what, *map(str, pair)) for what, pair in pairs if pair[0] != pair[1]]
        return found


def state(cassette: Cassette, document: Document) -> Iterator[bytes]:
    """Yield a cassette's rooms and participants as NDJSON for the control API, without undocumented fields."""
    known = document.property_names - _OWN
    rooms: dict[str, Row] = {}
    people: dict[str, Row] = {}
    for each in cassette.interactions:
        body = _json(each.body)
        if each.status != 200 or not isinstance(body, dict):
            continue
        rows = next((body[key] for key in _LISTS if isinstance(body.get(key), list)), [body])
        for row in rows:
            if isinstance(row, dict):
                kept = {name: value for name, value in row.items() if name in known}
                sid = kept.get("participant_sid")
                (people if sid else rooms)[str(sid or kept.get("room_sid"))] = kept
    for participant in people.values():
        rooms.setdefault(str(participant.get("room_sid")), {"room_sid": participant.get("room_sid")})
    for row in (*rooms.values(), *people.values()):
        yield json.dumps(row).encode() + b"\n"


def _complete(cassette: Cassette) -> set[str]:
    """Return the URIs of list pages recorded up to the last page: the emulator has all of their rows."""
    following = {
        each.uri: _json(each.body)["meta"].get("next_page_url") for each in cassette.interactions if _is_page(each)
    }
    complete = set()
    for uri in following:
        end: str | None = uri
        seen: set[str] = set()
        while end in following and end not in seen:
            seen.add(end)
            end = following[end]
        if end is None:
            complete.add(uri)
    return complete


def _is_page(each: Interaction) -> bool:
    body = _json(each.body)
    return each.status == 200 and isinstance(body, dict) and isinstance(body.get("meta"), dict)


def _compared(
    each: Interaction, status: int, recorded: Any, emulated: Any, *, whole: bool
) -> Iterator[tuple[str, tuple[object, object]]]:
    """Yield each compared item with its recorded and its emulated value."""
    yield "status", (each.status, status)
    if each.status != status:
        return
    ours, theirs = _shape(recorded), _shape(emulated)
    rows = [key for key in _LISTS if isinstance(recorded, dict) and isinstance(recorded.get(key), list)]
    for place in sorted(ours.keys() | theirs.keys()):
        # The emulator lacks the rows that were not recorded, so the shapes of an incomplete list cannot be compared.
        if not whole and any(place.startswith((f"/{key}/*", "/meta/next_page_url")) for key in rows):
            continue
        yield place, (ours.get(place, "no such key"), theirs.get(place, "no such key"))
    for key in rows:
        if whole and isinstance(emulated, dict):
            yield "rows", (_identities(recorded, key), _identities(emulated, key))
    if rows:
        for name in ("key", "page", "page_size"):
            yield f"/meta/{name}", (recorded["meta"].get(name), emulated["meta"].get(name))


def _identities(body: Any, key: str) -> list[str]:
    return [str(row.get(_LISTS[key])) for row in body[key]]


def _shape(value: object, place: str = "") -> dict[str, str]:
    """Map each location to its types: ``{"/rooms/*/codecs": "array"}``; all rows share one location."""
    shape: dict[str, set[str]] = {}

    def look(value: object, place: str) -> None:
        shape.setdefault(place, set()).add(json_type(value))
        if isinstance(value, Mapping):
            for name, below in value.items():
                look(below, f"{place}/{name}")
        if isinstance(value, list):
            for below in value:
                look(below, f"{place}/*")

    look(value, place)
    return {place: " or ".join(sorted(types)) for place, types in shape.items()}


def _asked(resource: str, tokens: Mapping[str, str]) -> str:
    """Return the recorded path and query with the emulator's page token instead of the recorded one."""
    parts = urlsplit(resource)
    pairs = [(name, tokens.get(value, value)) for name, value in parse_qsl(parts.query, keep_blank_values=True)]
    return parts.path + (f"?{urlencode(pairs)}" if pairs else "")


def _pair_tokens(recorded: Any, emulated: Any, tokens: dict[str, str]) -> None:
    """Remember which emulated page token corresponds to which recorded one."""
    for name in _PAGE_URLS:
        ours, theirs = (_token(body, name) for body in (recorded, emulated))
        if ours and theirs:
            tokens[ours] = theirs


def _token(body: Any, name: str) -> str:
    meta = body.get("meta") if isinstance(body, dict) else None
    url = meta.get(name) if isinstance(meta, dict) else None
    return dict(parse_qsl(urlsplit(url).query)).get("PageToken", "") if isinstance(url, str) else ""


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None
