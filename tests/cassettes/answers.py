"""Strategies for what the document allows as an answer, and for what nobody should find in a cassette."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from hypothesis import strategies as st

from contract_kit.cassettes.cassette import Interaction
from contract_kit.document import Document, Node, Operation

ORIGIN = "https://insights.twilio.com"
HEX = "0123456789abcdef"
# Texts that no list of harmless words has, each with what is awkward in a URL, in JSON or in YAML.
SECRETS = st.builds(
    "{}{}{}".format,
    st.sampled_from(
        ["Kröger", "O'Neil\"", "a/b?c=d&e", "50% off ", "+49 151\n", "\\x41 ", "名前", "k@corp.", "# : - "]
    ),
    st.text(HEX, min_size=12, max_size=12),
    st.sampled_from(["", " ", "é", "%2F", "\t"]),
)
SIDS = st.builds(
    "{}{}".format, st.sampled_from(["RM", "PA", "AC", "SK", "RQ"]), st.text("123456789abcdef", min_size=32, max_size=32)
)
TOKENS = st.builds("PT{}".format, st.text("ghijklmnopqrstuvwxyzGHIJK123_-", min_size=24, max_size=80))
INSTANTS = st.datetimes().map(lambda moment: moment.replace(microsecond=0).strftime("2026-%m-%dT%H:%M:%SZ"))


def urls(operation: Operation) -> st.SearchStrategy[str]:
    """Addresses of an operation on the target, with SIDs, filters and page tokens."""

    def made(sids: list[str], token: str, name: str) -> str:
        path = operation.path.format(RoomSid="RM" + sids[0][2:], ParticipantSid="PA" + sids[1][2:])
        return f"{ORIGIN}{path}?{urlencode({'RoomName': name, 'PageSize': 2, 'PageToken': token})}"

    return st.builds(made, st.lists(SIDS, min_size=2, max_size=2), TOKENS, SECRETS)


def values(document: Document, schema: Node, operation: Operation) -> st.SearchStrategy[Any]:
    """Whatever a schema of the document allows, its free text and SIDs secret."""
    schema = document.resolve(schema)
    if "anyOf" in schema:
        return st.one_of([values(document, branch, operation) for branch in schema["anyOf"]])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    types = schema["type"]
    if isinstance(types, list):
        return st.one_of([values(document, {**schema, "type": each}, operation) for each in types])
    match types:
        case "null":
            return st.none()
        case "boolean":
            return st.booleans()
        case "integer":
            return st.integers(0, 10**9)
        case "array":
            return st.lists(values(document, schema["items"], operation), max_size=3)
        case "object":
            required = schema.get("required", [])
            named = {name: values(document, each, operation) for name, each in schema.get("properties", {}).items()}
            return st.fixed_dictionaries(
                {name: each for name, each in named.items() if name in required},
                optional={name: each for name, each in named.items() if name not in required},
            )
    if "pattern" in schema:
        return st.text(HEX[1:], min_size=32, max_size=32).map(lambda digits: schema["pattern"][1:3] + digits)
    if schema.get("format") == "date-time":
        return INSTANTS
    if schema.get("format") == "uri":
        return st.one_of(urls(operation), SIDS.map("https://hooks.corp-a.com/{}?x=1".format))
    return st.one_of(SECRETS, SIDS, st.just(""))


@st.composite
def interactions(draw: st.DrawFn, document: Document) -> Interaction:
    """Any operation, any of its statuses, any answer that the document has for it."""
    operation = draw(st.sampled_from(document.operations))
    status = draw(st.sampled_from([key for key in operation.responses if key.isdigit()]))
    schema = operation.responses[status]["content"]["application/json"]["schema"]
    body = draw(values(document, schema, operation))
    headers = {
        "content-type": ("application/json",),
        "twilio-request-id": (draw(SIDS.map(lambda sid: "RQ" + sid[2:])),),
        "x-customer": (draw(SECRETS).strip() or "x",),
        "access-control-allow-origin": ("*",),
    }
    return Interaction("GET", draw(urls(operation)), int(status), headers, json.dumps(body))


def secrets_in(value: object) -> set[str]:
    """All texts of a JSON value that a scrubbed one must not hold."""
    if isinstance(value, dict):
        return {found for below in value.values() for found in secrets_in(below)}
    if isinstance(value, list):
        return {found for below in value for found in secrets_in(below)}
    # Enum values, times and the empty text are no secrets.
    return (
        {value}
        if isinstance(value, str) and any(part in value for part in ("corp", *HEX)) and len(value) > 11
        else set()
    )


def shape(value: object) -> object:
    """Keys and types alone."""
    if isinstance(value, dict):
        return {name: shape(below) for name, below in value.items()}
    if isinstance(value, list):
        return [shape(below) for below in value]
    return type(value).__name__
