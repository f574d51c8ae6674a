"""Strategies for answers that nobody should give: they break readers, or hold what is somebody's in odd places."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote, urlencode

from hypothesis import strategies as st

from contract_kit.cassettes.cassette import Interaction
from tests.cassettes.answers import ORIGIN

# Not as it would be found in this file.
EMAIL = "@".join(("kim", "corp.com"))
HEX = "a3f1e2d3c4b5968778695a4b3c2d1e0f"
# What nobody may see, in forms that get past a list of harmless words and numbers.
PRIVATE = [
    *("2001:470:26:307::1", "0151 234567", "(415) 555 2671", "4111 1111 1111 1111", "20 11 2026 19:00:07", "4829131"),
    *("10.1.2.3", "52,520008", EMAIL, "Kröger", f"RM{HEX}", HEX, f"kim{HEX}"),
]
# What readers of JSON, YAML and URLs trip over, and what looks like a pseudonym, or like a part of one.
AWKWARD = [
    *(
        "\ud800",
        "\x85",
        "\u2028",
        "\r",
        "\t",
        "\n",
        "\x00",
        "\ufffe",
        "é",
        "'",
        '"',
        "\\",
        "%zz",
        "%2F",
        "%ff",
        " ",
        "#",
    ),
    *("/", "?", "&", "=", "+", ":", "-", "_", ".", "//", "https://", "HTTPS://", "mailto:", ORIGIN, "text-0001"),
    *(
        "name-0001",
        "name-0002",
        "0001",
        "name",
        "callback-0001.invalid",
        "PT00001",
        "RM" + "0" * 32,
        "Room",
        "1000",
        "5",
    ),
    *("2026-11-20T19:00:07Z", "0001-01-01T00:00:00Z", "2026-06-30T23:59:60Z"),
]
TEXTS = st.lists(st.sampled_from([*PRIVATE, *AWKWARD]), min_size=1, max_size=4).map("".join)
_FIELDS = [
    "room_name",
    "status_callback",
    "url",
    "create_time",
    "room_type",
    "message",
    "duration_sec",
    "codecs",
    "links",
]
KEYS = st.one_of(st.sampled_from([*_FIELDS, "code", "publisher_info", "edge_latency"]), TEXTS)
NUMBERS = st.sampled_from([0, 1, -0.5, 1000, 10**30, True, None, 1e308])
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.one_of(TEXTS, NUMBERS),
    lambda below: st.one_of(st.lists(below, max_size=2), st.dictionaries(KEYS, below, max_size=3)),
    max_leaves=6,
)
PATHS = st.sampled_from(["", f"/RM{HEX}", f"/RM{HEX}/Participants", "/text-0001"])
QUERIES = st.lists(
    st.tuples(st.sampled_from(["RoomName", "PageToken", "Page", "CreatedAfter", "RoomType", f"x{HEX}"]), TEXTS),
    max_size=2,
).map(lambda pairs: urlencode(pairs, errors="surrogatepass"))


@st.composite
def interactions(draw: st.DrawFn) -> Interaction:
    """An answer of any path and status, with JSON that no document describes, and headers that are no headers."""
    body = draw(st.dictionaries(KEYS, VALUES, min_size=1, max_size=4))
    query = draw(st.one_of(QUERIES, TEXTS.map(lambda text: quote(text, safe="", errors="surrogatepass"))))
    headers = {"twilio-request-id": (_header(draw(TEXTS)),), "allow": (_header(draw(TEXTS)),)}
    uri = f"{ORIGIN}/v1/Video/Rooms{draw(PATHS)}?{query}"
    return Interaction("GET", uri, draw(st.sampled_from([200, 400, 404])), headers, json.dumps(body))


def _header(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
