"""Play a cassette back: the same requests get the same answers, and any other is an error that says what differs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import vcr
from vcr.errors import CannotOverwriteExistingCassetteException
from vcr.request import Request

from video_log_analyzer.cassettes import network
from video_log_analyzer.cassettes.cassette import ORIGINS, Cassette, Interaction
from video_log_analyzer.cassettes.scenarios import SCENARIOS, Caller, connected
from video_log_analyzer.errors import FileError, VlaError
from video_log_analyzer.targets import Credentials

_NEAREST = 3


class MissError(VlaError):
    """A request that was not recorded; the message names the nearest that were, and what differs in each."""


@dataclass(frozen=True)
class Asked:
    """A request as it is matched: everything but the order of the query.

    Attributes:
        method: ``GET``.
        origin: ``https://live.invalid``.
        path: Decoded.
        query: The pairs, decoded, blank values kept, however often each occurs.
    """

    method: str
    origin: str
    path: str
    query: Counter[tuple[str, str]]

    @classmethod
    def of(cls, method: str, uri: str) -> Asked:
        """The request with this method and URI."""
        parts = urlsplit(uri)
        query = Counter(parse_qsl(parts.query, keep_blank_values=True))
        return cls(method.upper(), f"{parts.scheme}://{parts.netloc}".lower(), unquote(parts.path or "/"), query)

    def differences(self, recorded: Asked) -> list[str]:
        """What the recorded request has otherwise, each as a phrase."""
        found = [
            f"{name} {theirs} instead of {ours}"
            for name, ours, theirs in (
                ("method", self.method, recorded.method),
                ("origin", self.origin, recorded.origin),
                ("path", self.path, recorded.path),
            )
            if ours != theirs
        ]
        for name in self._unlike(recorded):
            ours, theirs = self._values(name, recorded), recorded._values(name, self)
            if ours and theirs:
                found.append(f"{' and '.join(theirs)} instead of {' and '.join(ours)}")
            else:
                found.append(f"has {' and '.join(theirs)}" if theirs else f"has not {' and '.join(ours)}")
        return found

    def distance(self, recorded: Asked) -> tuple[int, int]:
        """How far off the recorded request is; what is asked counts more than with which parameters."""
        others = (self.method != recorded.method, self.origin != recorded.origin, self.path != recorded.path)
        return sum(others), len(self._unlike(recorded))

    def _unlike(self, other: Asked) -> list[str]:
        """The names of the parameters that differ."""
        return sorted({name for name, _ in (self.query - other.query) + (other.query - self.query)})

    def _values(self, name: str, other: Asked) -> list[str]:
        """What this request has of a parameter beyond the other, as ``name=value``."""
        return sorted(f"{name}={value}" for each, value in (self.query - other.query).elements() if each == name)


@contextmanager
def replaying(cassette: Cassette) -> Iterator[Any]:
    """Answer HTTP requests of this process from ``cassette``; each answer is given once, in its order.

    Yields:
        vcrpy's cassette: ``all_played`` says whether every answer was given.

    Raises:
        MissError: a request was not recorded, or more often than it was recorded.
        NetworkBlockedError: something went past vcrpy.
    """
    player = vcr.VCR(record_mode="none")
    player.register_matcher("asked", _matches)
    player.register_persister(_Loaded(cassette))
    with network.blocked():
        try:
            with player.use_cassette(str(cassette.path), match_on=["asked"]) as playing:
                yield playing
        except CannotOverwriteExistingCassetteException as error:
            asked = Asked.of(error.failed_request.method, error.failed_request.uri)
            raise MissError(_miss(cassette, asked)) from None


def replay(cassette: Cassette) -> list[Interaction]:
    """Let the generated client run the cassette's scenario again; returns the answers that it did not ask for.

    Raises:
        FileError: there is no such scenario any more.
        MissError, NetworkBlockedError: as ``replaying``.
    """
    scenario = SCENARIOS.get(cassette.label.scenario)
    if scenario is None:
        known = ", ".join(SCENARIOS)
        raise FileError(cassette.path, f"is of the scenario {cassette.label.scenario!r}, which is none of {known}")
    # Credentials are not recorded, so that none are needed.
    nobody = Credentials("AC" + "0" * 32, "replayed")
    with replaying(cassette) as playing, connected(ORIGINS[cassette.label.target], nobody) as client:
        scenario.run(Caller(client, datetime.fromisoformat(cassette.label.clock)))
        played = playing.play_counts
        return [each for number, each in enumerate(cassette.interactions) if not played[number]]


def _matches(asked: Any, recorded: Any) -> None:
    differences = Asked.of(asked.method, asked.uri).differences(Asked.of(recorded.method, recorded.uri))
    assert not differences, "; ".join(differences)


def _miss(cassette: Cassette, asked: Asked) -> str:
    """One message: what was asked, the nearest recordings, what differs in each."""
    query = "&".join(f"{name}={value}" for name, value in sorted(asked.query.elements()))
    wanted = f"{asked.method} {asked.path}{'?' if query else ''}{query}"
    recorded = [Asked.of(each.method, each.uri) for each in cassette.interactions]
    same = [number for number, each in enumerate(recorded, 1) if not asked.differences(each)]
    where = f"{cassette.path.name or 'the cassette'} of {cassette.label}"
    if same:
        times = "once" if len(same) == 1 else f"{len(same)} times"
        return f"{wanted} was recorded {times} (answer {', '.join(map(str, same))}) and is asked once more: {where}"
    nearest = sorted(enumerate(recorded, 1), key=lambda pair: asked.distance(pair[1]))[:_NEAREST]
    lines = [f"  answer {number} {'; '.join(asked.differences(each))}" for number, each in nearest] or [
        "  there is none"
    ]
    remedy = f"Record it again with `vla record {cassette.label.scenario}`, or ask what was recorded"
    return "\n".join([f"{wanted} was not recorded in {where}. The nearest:", *lines, remedy])


class _Loaded:
    """vcrpy's persister for a cassette that has been read already."""

    def __init__(self, cassette: Cassette) -> None:
        self._cassette = cassette

    def load_cassette(self, cassette_path: Path, serializer: object) -> tuple[list[Any], list[dict[str, Any]]]:
        requests = [Request(each.method, each.uri, "", {}) for each in self._cassette.interactions]
        responses = [
            {
                "status": {"code": each.status, "message": ""},
                "headers": {name: list(values) for name, values in each.headers.items()},
                "body": {"string": each.body.encode("utf-8", "surrogatepass")},
            }
            for each in self._cassette.interactions
        ]
        return requests, responses

    def save_cassette(self, cassette_path: object, cassette_dict: object, serializer: object) -> None:
        """Nothing is recorded."""
