"""Run a scenario against a target and record its responses, scrubbed and labelled; writes are atomic."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from importlib import metadata
from pathlib import Path
from typing import Any

import httpx
import vcr
from vcr.persisters.filesystem import CassetteNotFoundError

from contract_kit import __version__, atomic_write
from contract_kit.api import ApiKit, ClientModule, Credentials
from contract_kit.cassettes import leaks
from contract_kit.cassettes.cassette import EMULATOR, LIVE, ORIGINS, Cassette, Interaction, Label, parse
from contract_kit.cassettes.pseudonyms import PseudonymForms
from contract_kit.cassettes.replay import replay, without_secret
from contract_kit.cassettes.scenario import Scenario, calling
from contract_kit.cassettes.scrubbing import MOMENT, PROFILE, Scrubbed, scrub
from contract_kit.check.authorization import header
from contract_kit.check.transport import UNTRUSTED, trouble
from contract_kit.contract import Contract
from contract_kit.embedded import EmbeddedEmulator
from contract_kit.errors import ContractKitError, FileError, InconclusiveError, UsageError
from contract_kit.kits import named
from contract_kit.redaction import Redactor
from contract_kit.targets import Target, origin

# Per operation of the API; a scenario that sends more is broken.
_MOST_REQUESTS = 15
# Between requests to a target on another machine.
_PAUSE_SECONDS = 0.1


@dataclass(frozen=True)
class Recorded:
    """A recording that has not been written yet."""

    cassette: Cassette
    scrubbed: Scrubbed


@contextmanager
def embedded(kit: ApiKit) -> Iterator[Target]:
    """Start the kit's emulator with its options for recording (``EmulatorModule.recorded``).

    Raises:
        UsageError: the kit has no emulator.
    """
    with EmbeddedEmulator(kit, kit.emulator.recorded if kit.emulator is not None else ()) as emulator:
        yield emulator.target


def record(target: Target, scenario: Scenario, contract: Contract) -> Recorded:
    """Run ``scenario`` against ``target`` over real HTTP, without writing a file.

    Raises:
        InconclusiveError: the target cannot be reached, refuses the credentials, has nothing to record, or its
            responses cannot be replayed.
        UsageError: the scrubbed responses still contain a leak.
    """
    now = MOMENT if target.embedded else datetime.now(UTC).replace(microsecond=0)
    if target.embedded:
        _arrange(target, scenario, contract)
    interactions = _captured(target, scenario, contract, now)
    recorded = labelled(interactions, scenario.name, contract, target, now=now, provoked=scenario.provokes)
    _require_replay(recorded.cassette, contract)
    return recorded


def labelled(
    interactions: Iterable[Interaction],
    name: str,
    contract: Contract,
    target: Target,
    *,
    now: datetime | None = None,
    provoked: str = "",
) -> Recorded:
    """Make a cassette of what a target answered, scrubbed and labelled.

    Args:
        interactions: Requests and responses as they were.
        name: The scenario's: ``items-pages``.
        contract: Says what is safe.
        target: What answered.
        now: The time of recording; None for this moment.
        provoked: As ``Label.provoked``.

    Raises:
        UsageError: the scrubbed responses still contain a leak.
    """
    now = now or datetime.now(UTC).replace(microsecond=0)
    kind = LIVE if target.is_live else EMULATOR
    found = scrub(interactions, contract, origin=target.url, pseudonym_origin=ORIGINS[kind], clock=now)
    label = Label(
        target=kind,
        recorded_at=datetime.now(UTC).strftime("%Y-%m-%d"),
        clock=MOMENT.strftime("%Y-%m-%dT%H:%M:%SZ"),
        document=contract.document.version,
        scenario=name,
        scrubbing=PROFILE,
        provoked=provoked,
        tools={**{name: metadata.version(name) for name in _tools(contract)}, "contract-kit": __version__},
    )
    recorded = Recorded(Cassette(label, found.interactions), found)
    _require_clean(recorded.cassette, target, contract)
    return recorded


def write(cassette: Cassette, path: Path) -> None:
    """Write a cassette atomically, after checking that it can be read back.

    Raises:
        InconclusiveError: the cassette would not be read back unchanged.
        FileError: the folder cannot be written to.
    """
    atomic_write.write(path, _readable(cassette).encode(), "give another folder with --output")


def client_errors(contract: Contract) -> tuple[type[Exception], type[Exception]]:
    """Return the client's error base class, and the class it raises when no response arrives."""
    client = contract.kit.client or ClientModule(read="")
    return named(client.error), named(client.no_answer)


def _tools(contract: Contract) -> tuple[str, ...]:
    client = contract.kit.client
    return ("vcrpy", "httpx", *(client.distributions if client is not None else ()))


def _arrange(target: Target, scenario: Scenario, contract: Contract) -> None:
    emulator = contract.kit.emulator
    if emulator is not None and emulator.arrange:
        named(emulator.arrange)(target.url, MOMENT)
    if scenario.arrange is not None:
        scenario.arrange(target.url)


class _Memory:
    """vcrpy's persister in memory: nothing may reach a disk before it is scrubbed."""

    def __init__(self) -> None:
        self.interactions: list[Interaction] = []

    def load_cassette(self, cassette_path: object, serializer: object) -> Any:
        raise CassetteNotFoundError

    def save_cassette(self, cassette_path: object, cassette_dict: Mapping[str, Any], serializer: object) -> None:
        pairs = zip(cassette_dict["requests"], cassette_dict["responses"], strict=True)
        self.interactions = [_interaction(request, response) for request, response in pairs]


def _interaction(request: Any, response: Mapping[str, Any]) -> Interaction:
    body = response["body"]["string"]
    headers: dict[str, tuple[str, ...]] = {}
    for name, values in response["headers"].items():
        each = (values,) if isinstance(values, str) else tuple(map(str, values))
        headers[str(name).lower()] = headers.get(str(name).lower(), ()) + each
    text = body.decode("utf-8", "replace") if isinstance(body, bytes) else str(body)
    return Interaction(str(request.method), str(request.uri), int(response["status"]["code"]), headers, text)


def _captured(target: Target, scenario: Scenario, contract: Contract, now: datetime) -> list[Interaction]:
    memory = _Memory()
    statuses: list[int] = []
    most = _MOST_REQUESTS * len(contract.operations)

    def request(asked: Any) -> Any:
        if origin(asked.uri) != origin(target.url):
            return None
        asked.headers = {}
        asked.body = None
        asked.uri = without_secret(asked.uri, contract.kit.authentication)
        return asked

    def response(answer: Any) -> Any:
        statuses.append(int(answer["status"]["code"]))
        if len(statuses) > most:
            raise InconclusiveError(f"{scenario.name} made more than {most} requests: do its pages never end?")
        if not target.may_get_invalid:
            time.sleep(_PAUSE_SECONDS)
        return answer

    recorder = vcr.VCR(record_mode="all", decode_compressed_response=True, record_on_exception=False)
    recorder.register_persister(memory)
    client_error, no_answer = client_errors(contract)
    options: dict[str, Callable[[Any], Any]] = {"before_record_response": response}
    try:
        with (
            recorder.use_cassette(scenario.name, before_record_request=request, **options),
            calling(contract, target, now) as caller,
        ):
            scenario.run(caller)
    except (httpx.RequestError, no_answer) as error:
        reason = trouble(error)
        if reason == UNTRUSTED:
            raise InconclusiveError(
                f"{target.url} gives no answer ({reason}): does a proxy break TLS open? What it says is not recorded "
                "as the target's; name the host in NO_PROXY to go past it"
            ) from None
        raise InconclusiveError(f"{target.url} gives no answer ({reason}): is it running?") from None
    except InconclusiveError:
        # If the target refused the credentials, report that instead of "nothing to record".
        _require_answers(target, scenario, statuses, contract)
        raise
    except (KeyError, TypeError, ValueError, client_error) as error:
        _require_answers(target, scenario, statuses, contract)
        problem = f"{type(error).__name__} while its answers were read"
        advice = _check_first(contract)
        raise InconclusiveError(f"{scenario.name} cannot be recorded: {problem}; {advice}") from error
    _require_answers(target, scenario, statuses, contract)
    return memory.interactions


def _require_answers(target: Target, scenario: Scenario, statuses: Sequence[int], contract: Contract) -> None:
    """Raise InconclusiveError if the target answered with a status that the scenario does not allow."""
    if set(statuses) == {401}:
        raise InconclusiveError(f"{target.url} answers 401: it does not accept the credentials of the environment")
    for status in sorted(set(statuses) - scenario.statuses):
        if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise InconclusiveError(f"{scenario.name}: {target.url} answers {status}: try again later")
        known = ", ".join(map(str, sorted(scenario.statuses)))
        raise InconclusiveError(
            f"{scenario.name}: {target.url} answers {status}, which is not what is recorded there ({known}): "
            f"run `{contract.kit.program} check` first"
        )


def _require_clean(cassette: Cassette, target: Target, contract: Contract) -> None:
    """Raise UsageError if the cassette's text still contains our credentials or other leaks."""
    secrets = _secrets(target.credentials, contract)
    # An emulator's invented account identifier looks like a pseudonym, and may stay.
    if PseudonymForms(contract.kit.privacy).is_pseudonym(target.credentials.username):
        secrets.pop("the user name", None)
    text = cassette.dump()
    found = leaks.found_in(leaks.scan(text.encode(), secrets))
    # A target may have sent them back in another case.
    if found or Redactor(secrets.values()).holds(text):
        held = found or "a credential of the environment"
        raise UsageError(f"{cassette.label.scenario} is not written, it would hold {held}")


def _check_first(contract: Contract) -> str:
    return f"run `{contract.kit.program} check` first, it says what is odd about the answers"


def _readable(cassette: Cassette) -> str:
    """Return the cassette's text; raise InconclusiveError if it is not read back unchanged."""
    text = cassette.dump()
    try:
        found = parse(text, cassette.path)
    except FileError as error:
        problem = error.problem
    else:
        if (found.label, found.interactions) == (cassette.label, cassette.interactions):
            return text
        problem = "it is not read as it was recorded"
    raise InconclusiveError(
        f"{cassette.label.scenario} is not written, nobody could read it ({problem}): run `check` first, it says what "
        "is odd about the answers"
    )


def _require_replay(cassette: Cassette, contract: Contract) -> None:
    """Raise InconclusiveError unless the scenario can be replayed and requests every recorded response."""
    read = parse(_readable(cassette), cassette.path)
    try:
        left = replay(read, contract)
        problem = f"{len(left)} of its answers are not asked for again" if left else ""
    except (ContractKitError, client_errors(contract)[0], KeyError, TypeError, ValueError) as error:
        problem = (str(error).splitlines() or [""])[0] if isinstance(error, ContractKitError) else type(error).__name__
    if problem:
        raise InconclusiveError(
            f"{cassette.label.scenario} is not written, it cannot be replayed ({problem}): {_check_first(contract)}"
        )


def _secrets(credentials: Credentials, contract: Contract) -> dict[str, str]:
    given = header(contract.kit.authentication, credentials)
    secrets = {
        "the user name": credentials.username,
        "the secret": credentials.secret,
        "the Authorization header": given[1].rpartition(" ")[2] if given is not None else "",
    }
    return {name: value for name, value in secrets.items() if value}
