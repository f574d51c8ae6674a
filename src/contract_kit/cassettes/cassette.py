"""A cassette: recorded requests and responses, with a label that names the target. The file format is vcrpy's."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from contract_kit import yaml_file
from contract_kit.check.observed_response import RecordedResponse
from contract_kit.document import Document
from contract_kit.errors import FileError
from contract_kit.masking import Masker
from contract_kit.targets import Target

LIVE = "live"
EMULATOR = "emulator"
# They replace the target's origin. ``.invalid`` hosts cannot exist, and each origin tells the kind of target.
ORIGINS: Mapping[str, str] = {LIVE: "https://live.invalid", EMULATOR: "http://emulator.invalid"}
NO_EVIDENCE = "made by the emulator of this project: no evidence about the live API"
# Recognizes a live recording even if its file was edited or truncated.
_LIVE_TRACE = re.compile(rb"\btarget[\"']?:\s*[\"']?live\b|//live\.invalid\b")
_RECORD_AGAIN = "record it again with `record`"


@dataclass(frozen=True)
class Label:
    """The metadata of a cassette.

    Attributes:
        target: ``live`` if the vendor's own host answered over verified TLS, else ``emulator``.
        recorded_at: The day in UTC: ``2026-11-21``. The time of day is left out, because it would allow to undo the
            shift of all times.
        clock: The time of recording, shifted like all times in the cassette: ``2026-01-15T12:00:00Z``.
        document: The document's version.
        scenario: The scenario's name.
        scrubbing: The version of the scrubbing rules: ``allow-list 2``.
        tools: The versions of tools by name.
        provoked: The failures that the scenario provokes on purpose: ``5XX``; ``""`` for none.
    """

    target: str
    recorded_at: str
    clock: str
    document: str
    scenario: str
    scrubbing: str
    tools: Mapping[str, str]
    provoked: str = ""

    @property
    def is_live(self) -> bool:
        """Whether it is evidence about the live API."""
        return self.target == LIVE

    def counts_for(self, target: Target) -> bool:
        """Whether a check of ``target`` may use it; recordings of an emulator are no evidence about the live API."""
        return self.is_live or not target.is_live

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as the file has them; an empty ``provoked`` is left out."""
        return {name: value for name, value in asdict(self).items() if value or name != "provoked"}

    def __str__(self) -> str:
        """Return ``items-pages (emulator, 2026-11-21)``."""
        return f"{self.scenario} ({self.target}, {self.recorded_at})"


@dataclass(frozen=True)
class Interaction:
    """One request and its response; request headers are never kept.

    Attributes:
        method: ``GET``.
        uri: The complete URI of the request.
        status: The response's status: ``200``.
        headers: The response's headers, names in lower case.
        body: The response's body, decoded.
    """

    method: str
    uri: str
    status: int
    headers: Mapping[str, tuple[str, ...]]
    body: str

    @property
    def path(self) -> str:
        """The path of the request, without its query."""
        return urlsplit(self.uri).path

    def header(self, name: str) -> str:
        """Return a header's values joined with commas; ``""`` for none."""
        return ", ".join(self.headers.get(name, ()))


@dataclass(frozen=True)
class Cassette:
    """One recorded scenario."""

    label: Label
    interactions: tuple[Interaction, ...]
    path: Path = Path()

    @property
    def digest(self) -> str:
        """A hash of label and interactions, which reveals changes by hand."""
        content = json.dumps([self.label.to_dict(), [asdict(each) for each in self.interactions]], sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()[:16]

    def answers(self, document: Document, masker: Masker) -> Iterator[RecordedResponse]:
        """Yield each recorded response with the operation of its path; a refusal of an unknown path is of none.

        Raises:
            FileError: a path belongs to no operation.
        """
        for number, interaction in enumerate(self.interactions, 1):
            operation = document.operation_at(interaction.path)
            if operation is None and interaction.status >= 400:
                continue
            if operation is None:
                raise FileError(self.path, f"answer {number} is of no operation ({interaction.path}): {_RECORD_AGAIN}")
            yield RecordedResponse(
                operation.name,
                interaction.method,
                interaction.uri,
                interaction.status,
                {name: interaction.header(name) for name in interaction.headers},
                interaction.body.encode(),
                masker,
                where=f"cassette {self.label}, answer {number}",
                provoked=self.label.provoked == "5XX",
            )

    def dump(self) -> str:
        """Return the cassette as YAML text."""
        recorded: dict[str, Any] = {**self.label.to_dict(), "digest": self.digest}
        if not self.label.is_live:
            recorded = {"target": recorded.pop("target"), "synthetic": NO_EVIDENCE, **recorded}
        interactions = [
            {
                "request": {"method": each.method, "uri": each.uri, "body": "", "headers": {}},
                "response": {
                    "status": {"code": each.status, "message": ""},
                    "headers": {name: list(values) for name, values in each.headers.items()},
                    "body": {"string": each.body},
                },
            }
            for each in self.interactions
        ]
        data = {"recorded": recorded, "version": 1, "interactions": interactions}
        return yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=1_000_000)


class _Dumper(yaml.SafeDumper):
    """Writes multi-line texts as YAML blocks, so that people can read and diff bodies line by line."""


# In a block, YAML would read each of these as a line feed.
_OTHER_LINE_ENDS = frozenset("\r\x85\u2028\u2029")


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    style = '"' if _OTHER_LINE_ENDS & set(text) else "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def load(path: Path) -> Cassette:
    """Read a cassette.

    Raises:
        FileError: it is no cassette, does not name its target, or was changed after it was recorded.
    """
    return _of(yaml_file.load(path), path)


def parse(text: str, path: Path) -> Cassette:
    """Read a cassette from ``text``; errors name it ``path``. Raises as ``load`` does."""
    return _of(yaml_file.parse(text, path), path)


def may_be_live(path: Path) -> bool:
    """Whether the file at ``path``, even if it is damaged, is or was a recording of the live API.

    Raises:
        FileError: it cannot be read.
    """
    try:
        return load(path).label.is_live
    except FileError:
        try:
            content = path.read_bytes()
        except OSError as error:
            raise FileError(path, f"cannot be read: {error.strerror}") from None
        return _LIVE_TRACE.search(content) is not None


def _of(file: yaml_file.YamlFile, path: Path) -> Cassette:
    data = file.data if isinstance(file.data, dict) else {}
    recorded = data.get("recorded")
    if not isinstance(recorded, dict) or recorded.get("target") not in ORIGINS:
        raise FileError(path, f"has no `recorded` with `target: live` or `target: emulator`: {_RECORD_AGAIN}")
    try:
        label = Label(**{name: recorded[name] for name in Label.__dataclass_fields__ if name in recorded})
        cassette = Cassette(label, tuple(_interaction(each) for each in data["interactions"]), path)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise FileError(
            path, f"is not as `record` writes it ({type(error).__name__}: {error}): {_RECORD_AGAIN}"
        ) from None
    if recorded.get("digest") != cassette.digest:
        raise FileError(path, f"was changed after it was recorded: {_RECORD_AGAIN}", file.line("/recorded/digest"))
    for number, interaction in enumerate(cassette.interactions):
        if not re.match(rf"{re.escape(ORIGINS[label.target])}(?=[/?]|$)", interaction.uri):
            line = file.line(f"/interactions/{number}/request/uri")
            raise FileError(path, f"a request to another origin than that of `target: {label.target}`", line)
    return cassette


def load_all(folder: Path) -> tuple[Cassette, ...]:
    """Return the cassettes of a folder, sorted by file name; raises as ``load`` does."""
    return tuple(load(path) for path in sorted(folder.glob("*.yaml")))


def _interaction(data: Mapping[str, Any]) -> Interaction:
    request, response = data["request"], data["response"]
    if request["headers"]:
        raise ValueError("a request with headers")
    return Interaction(
        str(request["method"]),
        str(request["uri"]),
        int(response["status"]["code"]),
        {str(name).lower(): tuple(map(str, values)) for name, values in response["headers"].items()},
        str(response["body"]["string"]),
    )
