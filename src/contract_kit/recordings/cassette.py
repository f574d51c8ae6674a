"""Read a vcrpy cassette, YAML or JSON: a stream of exchanges, and the label that names the recorded target."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import IO, Any

from contract_kit.recordings.bounds import LONGEST, mebibytes
from contract_kit.recordings.exchange import (
    Exchange,
    SkipError,
    decoded,
    from_base64,
    header_texts,
    mapping_of,
    status_of,
    text_of,
)
from contract_kit.recordings.json_stream import CUT, TOO_LARGE, elements
from contract_kit.recordings.source import MalformedError, chunks
from contract_kit.recordings.yaml_stream import yaml_elements

_INTERACTIONS = ("interactions",)
_LABEL = ("recorded",)


class CassetteReader:
    """Reads a cassette once.

    Attributes:
        label: The label that names the recorded target: ``{"target": "live", …}``; complete after reading everything.
    """

    def __init__(self, file: IO[bytes], name: str, *, is_json: bool) -> None:
        self.label: Mapping[str, Any] = {}
        self._file = file
        self._name = name
        self._is_json = is_json

    @property
    def is_live(self) -> bool:
        """Whether the label says that the live API was recorded."""
        return self.label.get("target") == "live"

    def exchanges(self) -> Iterator[Exchange | SkipError]:
        """Each interaction as an exchange, or the reason to skip it.

        Raises:
            MalformedError: the file is not YAML or JSON, or not a cassette; everything before the error is yielded.
        """
        if self._is_json:
            found = elements(chunks(self._file), [_INTERACTIONS], [_LABEL])
        else:
            found = yaml_elements(chunks(self._file), _INTERACTIONS[0], _LABEL[0])
        number = 0
        for place, value in found:
            if place == _LABEL:
                self.label = value if isinstance(value, Mapping) else {}
                continue
            number += 1
            try:
                exchange = _exchange(value, f"{self._name} interaction {number}")
                # Our own cassettes begin with their label.
                yield replace(exchange, provoked=True) if self.label.get("provoked") == "5XX" else exchange
            except SkipError as reason:
                yield reason
        if not number and not self.label:
            raise MalformedError(
                "", "is no cassette of vcrpy, or one with nothing in it: `interactions` is missing or empty"
            )


def _exchange(value: object, where: str) -> Exchange:
    if value is TOO_LARGE:
        raise SkipError("an entry too large to be held")
    interaction = mapping_of(value)
    request, response = mapping_of(interaction.get("request")), mapping_of(interaction.get("response"))
    headers = header_texts(mapping_of(response.get("headers") or {}))
    # Before version 7, vcrpy recorded httpx's responses in another form.
    of_httpx = "status_code" in response
    held = response.get("content") if of_httpx else response.get("body")
    body, problem = _body(held, headers.get("content-encoding", ""))
    status = response.get("status_code") if of_httpx else response.get("status")
    return Exchange(
        where=where,
        method=text_of(request.get("method")),
        url=text_of(request.get("uri")),
        status=status_of(status.get("code") if isinstance(status, Mapping) else status),
        headers=headers or None,
        body=body,
        problem=problem,
    )


def _body(value: object, encoding: str) -> tuple[bytes | None, str]:
    held: Any = value
    if isinstance(value, Mapping):
        held = value.get("string")
        packed = value.get("base64_string")
        if isinstance(packed, str) and not packed.endswith(CUT):
            try:
                return decoded(from_base64(packed), encoding)
            except ValueError:
                return None, "a body whose base64 is broken"
        held = packed if isinstance(packed, str) else held
    if isinstance(held, str):
        held = held.encode("utf-8", "surrogatepass")
    if not isinstance(held, bytes):
        return None, "no body recorded"
    if len(held) > LONGEST or held.endswith(CUT.encode()):
        return None, f"a body of more than {mebibytes(LONGEST)}"
    return decoded(held, encoding)
