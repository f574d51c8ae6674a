"""Replay a cassette: recorded requests get their recorded responses; any other request is an error with a diff."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus, urlsplit, urlunsplit

from vcr.cassette import Cassette as VcrCassette
from vcr.record_mode import RecordMode
from vcr.request import Request

from contract_kit.api import Authentication, Credentials
from contract_kit.cassettes import network
from contract_kit.cassettes.cassette import ORIGINS, Cassette, Interaction
from contract_kit.cassettes.request_key import RequestKey
from contract_kit.cassettes.scenario import calling
from contract_kit.cassettes.scenarios import scenarios_of
from contract_kit.check.authorization import NOBODY
from contract_kit.contract import Contract
from contract_kit.errors import ContractKitError, FileError, UsageError
from contract_kit.targets import Target

_NEAREST = 3


class MissError(ContractKitError):
    """A request was not recorded; the message names the nearest recorded requests and their differences."""


def without_secret(uri: str, authentication: Authentication) -> str:
    """Remove the secret's query parameter from ``uri`` (scheme ``query``), because secrets are never recorded."""
    if authentication.scheme != "query":
        return uri
    parts = urlsplit(uri)
    pairs = [each for each in parts.query.split("&") if unquote_plus(each.partition("=")[0]) != authentication.name]
    return urlunsplit(parts._replace(query="&".join(pairs)))


@contextmanager
def replaying(cassette: Cassette, authentication: Authentication = Authentication()) -> Iterator[Any]:  # noqa: B008
    """Answer HTTP requests of this process from ``cassette``; each response is played once, in order.

    Blocks may be nested within one thread, but not used in two: vcrpy patches HTTP libraries for the whole process.

    Args:
        cassette: The recording.
        authentication: Says where requests carry their secret, which is not compared.

    Yields:
        vcrpy's cassette: ``all_played`` says whether every response was played.

    Raises:
        MissError: a request was not recorded, or was sent more often than recorded. It is raised at the request and
            again at the end of the block, in case code in the block swallowed or wrapped it. Any other exception
            of the block becomes its cause.
        NetworkBlockedError: something bypassed vcrpy.
        UsageError: another thread is replaying.
    """

    def asked(request: Any) -> Any:
        request.uri = without_secret(request.uri, authentication)
        return request

    player = _Playing.use(recorded=cassette, path=str(cassette.path), match_on=(_matches,), before_record_request=asked)
    with _TURN.taken(cassette), network.blocked(), player as playing:
        try:
            yield playing
        except MissError:
            raise
        except Exception as error:
            if playing.misses:
                raise playing.missed() from error
            raise
        if playing.misses:
            raise playing.missed()


def replay(cassette: Cassette, contract: Contract) -> list[Interaction]:
    """Run the cassette's scenario again; return the interactions that it did not request.

    Raises:
        FileError: the scenario no longer exists.
        MissError, NetworkBlockedError: as ``replaying``.
    """
    scenarios = scenarios_of(contract)
    scenario = scenarios.get(cassette.label.scenario)
    if scenario is None:
        known = ", ".join(scenarios)
        raise FileError(cassette.path, f"is of the scenario {cassette.label.scenario!r}, which is none of {known}")
    # Any credentials will do, because none are recorded.
    origin = ORIGINS[cassette.label.target]
    target = Target(origin, Credentials(NOBODY, "replayed"), live_host=contract.kit.live_host)
    now = datetime.fromisoformat(cassette.label.clock)
    with replaying(cassette, contract.kit.authentication) as playing, calling(contract, target, now) as caller:
        scenario.run(caller)
        played = playing.play_counts
        return [each for number, each in enumerate(cassette.interactions) if not played[number]]


class _Playing(VcrCassette):  # type: ignore[misc]  # vcrpy has no types
    """vcrpy's cassette that raises and remembers our own MissError."""

    def __init__(self, recorded: Cassette, **options: Any) -> None:
        super().__init__(persister=_Loaded(recorded), record_mode=RecordMode.NONE, **options)
        self.misses: list[str] = []
        self._recorded = recorded
        self._lock = threading.Lock()

    def can_play_response_for(self, request: Any) -> bool:
        """Return True or raise: on False, vcrpy's stubs would raise an error of their own.

        Raises:
            MissError: no response is left for the request.
        """
        if not super().can_play_response_for(request):
            raise self._miss(request)
        return True

    def play_response(self, request: Any) -> Any:
        """Return the response; if two threads request the last one, the second gets a MissError.

        Raises:
            MissError: another thread took the last response.
        """
        with self._lock:
            if not super().can_play_response_for(request):
                raise self._miss(request)
            return super().play_response(request)

    def _miss(self, request: Any) -> MissError:
        miss = _miss(self._recorded, RequestKey.of(request.method, request.uri))
        self.misses.append(miss)
        return MissError(miss)

    def missed(self) -> MissError:
        """Return one new error for all misses; the original one may be in the cause chain of the block's exception."""
        others = len(self.misses) - 1
        return MissError(self.misses[0] + (f"\nOther requests that were not recorded: {others}" if others else ""))


class _Turn:
    """A lock that lets only one thread replay at a time."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._cassettes: list[Cassette] = []

    @contextmanager
    def taken(self, cassette: Cassette) -> Iterator[None]:
        """Hold the lock; blocks of one thread may be nested.

        Raises:
            UsageError: another thread is replaying.
        """
        if not self._lock.acquire(blocking=False):
            # The list may be empty: the other thread may just have ended.
            other = ", ".join(str(each.label) for each in self._cassettes) or "a cassette"
            raise UsageError(
                f"{cassette.label} cannot be replayed: another thread replays {other}, and vcrpy can play in one "
                "thread of a process. Replay one behind the other, or in processes of their own"
            )
        self._cassettes.append(cassette)
        try:
            yield
        finally:
            self._cassettes.remove(cassette)
            self._lock.release()


_TURN = _Turn()


def _matches(asked: Any, recorded: Any) -> None:
    differences = RequestKey.of(asked.method, asked.uri).differences(RequestKey.of(recorded.method, recorded.uri))
    assert not differences, "; ".join(differences)


def _miss(cassette: Cassette, asked: RequestKey) -> str:
    """Return the message: the request, the nearest recorded requests, and their differences."""
    wanted = f"{asked.method} {asked.resource}"
    recorded = [RequestKey.of(each.method, each.uri) for each in cassette.interactions]
    same = [number for number, each in enumerate(recorded, 1) if not asked.differences(each)]
    where = f"{cassette.path.name or 'the cassette'} of {cassette.label}"
    if same:
        times = "once" if len(same) == 1 else f"{len(same)} times"
        return f"{wanted} was recorded {times} (answer {', '.join(map(str, same))}) and is asked once more: {where}"
    nearest = sorted(enumerate(recorded, 1), key=lambda pair: asked.distance(pair[1]))[:_NEAREST]
    lines = [f"  answer {number} {'; '.join(asked.differences(each))}" for number, each in nearest] or [
        "  there is none"
    ]
    remedy = f"Record it again with `record {cassette.label.scenario}`, or ask what was recorded"
    return "\n".join([f"{wanted} was not recorded in {where}. The nearest:", *lines, remedy])


class _Loaded:
    """vcrpy's persister for a cassette that is already loaded."""

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
        """Do nothing: a replay records nothing."""
