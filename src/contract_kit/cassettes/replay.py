"""Play a cassette back: the same requests get the same answers, and any other is an error that says what differs."""

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

_NEAREST = 3


class MissError(ContractKitError):
    """A request that was not recorded; the message names the nearest that were, and what differs in each."""


def without_secret(uri: str, authentication: Authentication) -> str:
    """``uri`` without the parameter that holds the secret, where the API has it in the query: it is never recorded."""
    if authentication.scheme != "query":
        return uri
    parts = urlsplit(uri)
    pairs = [each for each in parts.query.split("&") if unquote_plus(each.partition("=")[0]) != authentication.name]
    return urlunsplit(parts._replace(query="&".join(pairs)))


@contextmanager
def replaying(cassette: Cassette, authentication: Authentication = Authentication()) -> Iterator[Any]:  # noqa: B008
    """Answer HTTP requests of this process from ``cassette``; each answer is given once, in its order.

    Blocks may stand in each other, but in one thread: vcrpy replaces methods of HTTP libraries for the whole process,
    and puts back what it found.

    Args:
        cassette: What was recorded.
        authentication: Where requests have their secret, which is not compared.

    Yields:
        vcrpy's cassette: ``all_played`` says whether every answer was given.

    Raises:
        MissError: a request was not recorded, or more often than it was recorded. It is raised where the request was
            made, and by the block as well, whatever became of it there: swallowed, wrapped, in a group, in a thread.
            What left the block instead is its cause.
        NetworkBlockedError: something went past vcrpy.
        UsageError: another thread replays.
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
    """Run the cassette's scenario again; returns the answers that it did not ask for.

    Raises:
        FileError: there is no such scenario any more.
        MissError, NetworkBlockedError: as ``replaying``.
    """
    scenarios = scenarios_of(contract)
    scenario = scenarios.get(cassette.label.scenario)
    if scenario is None:
        known = ", ".join(scenarios)
        raise FileError(cassette.path, f"is of the scenario {cassette.label.scenario!r}, which is none of {known}")
    # Credentials are not recorded, so that none are needed.
    nobody = Credentials(NOBODY, "replayed")
    now = datetime.fromisoformat(cassette.label.clock)
    url = ORIGINS[cassette.label.target]
    with replaying(cassette, contract.kit.authentication) as playing, calling(contract, url, nobody, now) as caller:
        scenario.run(caller)
        played = playing.play_counts
        return [each for number, each in enumerate(cassette.interactions) if not played[number]]


class _Playing(VcrCassette):  # type: ignore[misc]  # vcrpy has no types
    """vcrpy's cassette, which says by itself what is missing, and remembers it."""

    def __init__(self, recorded: Cassette, **options: Any) -> None:
        super().__init__(persister=_Loaded(recorded), record_mode=RecordMode.NONE, **options)
        self.misses: list[str] = []
        self._recorded = recorded
        self._lock = threading.Lock()

    def can_play_response_for(self, request: Any) -> bool:
        """``True``: each library's stub asks this first, and would have an error of vcrpy's own for the other case.

        Raises:
            MissError: there is no answer, or none any more.
        """
        if not super().can_play_response_for(request):
            raise self._miss(request)
        return True

    def play_response(self, request: Any) -> Any:
        """The answer; of two threads that ask for the last one, one misses.

        Raises:
            MissError: another thread was given the last one.
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
        """All misses as one error, a new one: that of a request may be what led to the error that this one replaces."""
        others = len(self.misses) - 1
        return MissError(self.misses[0] + (f"\nOther requests that were not recorded: {others}" if others else ""))


class _Turn:
    """Which thread replays."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._cassettes: list[Cassette] = []

    @contextmanager
    def taken(self, cassette: Cassette) -> Iterator[None]:
        """Replay in this thread alone, also within a block of this thread.

        Raises:
            UsageError: another thread does.
        """
        if not self._lock.acquire(blocking=False):
            # It may have ended just now, which makes the message no less true.
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
    """One message: what was asked, the nearest recordings, what differs in each."""
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
