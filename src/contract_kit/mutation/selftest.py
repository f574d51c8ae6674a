"""Run the check against each mutation, through the proxy, and tell what it reports."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import TypeVar
from urllib.parse import urlsplit

from contract_kit import contract
from contract_kit.api import ApiKit, Credentials, Variables
from contract_kit.catalogue import Described
from contract_kit.check import runner
from contract_kit.check.selftest import Detection
from contract_kit.configuration import Configuration
from contract_kit.contract import Contract
from contract_kit.embedded import EmbeddedEmulator
from contract_kit.errors import InconclusiveError, UsageError
from contract_kit.findings.finding import Finding, Severity
from contract_kit.findings.results import Result
from contract_kit.mutation.generated import mutations_of
from contract_kit.mutation.mutation import Mutation
from contract_kit.mutation.proxy import MutationProxy
from contract_kit.targets import Target, is_live_host

# Schemathesis takes most of the time of a check, and sees few faults that nothing else sees.
_SLOW = "test_protocol.py"
TOGETHER = "all benign at once"


@dataclass(frozen=True)
class Baseline:
    """What the check says of the target with nothing planted.

    Attributes:
        run: The check.
        findings: The fingerprints of its findings.
        status: Its exit status.
    """

    run: Configuration
    findings: frozenset[str]
    status: int


def measure(
    kit: ApiKit,
    target: Target,
    chosen: Sequence[Sequence[Mutation]],
    environment: Mapping[str, str],
    *,
    profile: str = "full",
    jobs: int,
    tell: Callable[[str], None],
) -> Iterator[Detection]:
    """Check a target through the proxy with each group of mutations planted, ``jobs`` checks at a time.

    A contract fault meets the quick checks first, and the full check only if those do not detect it.

    Raises:
        InconclusiveError: the check ends without a result even with nothing planted.
        UsageError: the target is the live API.
    """
    if is_live_host(urlsplit(target.url).hostname or "", target.live_host):
        raise UsageError(f"{target.url} is the live API, and this takes thousands of requests: name another service")
    environment = {**environment, **variables_of(kit, target)}
    # The proxy is on this machine; what is behind it need not be, and then has its own limits.
    full = Configuration(kit=kit.reference, profile=profile, send_invalid=None if target.is_loopback else False)
    loaded = contract.load(kit.reference)
    _, whole = checked(loaded, target, (), full, environment)
    fast = tuple(check.id for check in whole.checks if not check.id.startswith(_SLOW))
    quick = replace(full, profile="quick", select=fast)
    # What finds nothing in whole finds nothing in part.
    part = whole if not whole.findings else checked(loaded, target, (), quick, environment)[1]
    stages = [_baseline(quick, part), _baseline(full, whole)]
    with ProcessPoolExecutor(jobs) as pool:
        yield from _in(pool, kit, target, chosen, stages, environment, tell)


def _in(
    pool: Executor,
    kit: ApiKit,
    target: Target,
    chosen: Sequence[Sequence[Mutation]],
    stages: Sequence[Baseline],
    environment: Mapping[str, str],
    tell: Callable[[str], None],
) -> Iterator[Detection]:
    waiting: set[Future[Detection]] = {
        pool.submit(_detect, kit.reference, target, [each.name for each in group], stages, dict(environment))
        for group in chosen
    }
    try:
        for number, done in enumerate(as_completed(waiting), 1):
            detection = done.result()
            state = "as it should" if detection.as_it_should else "NOT AS IT SHOULD"
            tell(f"{number}/{len(waiting)} {detection.fault}: {state}")
            yield detection
    finally:
        pool.shutdown(cancel_futures=True)


def _detect(
    reference: str, target: Target, names: Sequence[str], stages: Sequence[Baseline], environment: Mapping[str, str]
) -> Detection:
    loaded = contract.load(reference)
    planted = mutations_of(loaded).find(names)
    first = planted[0]
    several = replace(first, name=TOGETHER, family="together", imitates=f"{len(planted)} variations together.")
    shown_as = first if len(planted) == 1 else several
    detection = None
    shown = 0
    for stage in stages if first.kind == "contract" else stages[-1:]:
        try:
            times, result = checked(loaded, target, planted, stage.run, environment)
        except InconclusiveError as error:
            detection = detection or _detection(shown_as, [f"no result: {str(error).splitlines()[-1]}"], 3, shown)
            continue
        shown += times
        found = [each for each in result.findings if each.fingerprint not in stage.findings and _counts(first, each)]
        lines = [f"{each.kind} · {each.operation} {each.location or '(body)'}: {each.value}" for each in found]
        if first.kind != "contract" and not found and int(result.exit_status) != stage.status:
            lines = [f"exit status {int(result.exit_status)}: {'; '.join(result.blind_spots)}"]
        detection = _detection(shown_as, lines, int(result.exit_status), shown)
        if lines:
            break
    assert detection is not None
    return detection


def _counts(mutation: Mutation, finding: Finding) -> bool:
    """Whether a finding reports the mutation: a notice of a documented value is no alarm."""
    return mutation.kind == "contract" or finding.severity is not Severity.NOTICE


def _detection(mutation: Mutation, lines: Sequence[str], status: int, shown: int) -> Detection:
    return Detection(mutation.name, mutation.kind, mutation.family, mutation.imitates, tuple(lines), status, shown)


def checked(
    loaded: Contract, target: Target, planted: Sequence[Mutation], run: Configuration, environment: Mapping[str, str]
) -> tuple[int, Result]:
    """The number of changes that were made on the way, and the result of the check.

    Args:
        loaded: The contract that the mutations were made from: they know its schemas by identity.
        target: The service.
        planted: The mutations.
        run: The check; its target is replaced by the proxy.
        environment: The environment, with the service's credentials.
    """
    with MutationProxy(loaded, target, planted) as proxy:
        result = runner.run(replace(run, target=proxy.url), environment, progress=False)
        return proxy.shown.total(), result


def _baseline(run: Configuration, result: Result) -> Baseline:
    return Baseline(run, frozenset(each.fingerprint for each in result.findings), int(result.exit_status))


@contextmanager
def emulator(kit: ApiKit, options: Sequence[str] = ()) -> Iterator[Target]:
    """The kit's own emulator as the service behind the proxy."""
    with EmbeddedEmulator(kit, options) as started:
        yield started.target


def variables_of(kit: ApiKit, target: Target) -> dict[str, str]:
    """The environment variables that hand a target's credentials to the check.

    Raises:
        UsageError: the kit names no variables that fit.
    """
    authentication = kit.authentication
    if authentication.scheme == "none":
        return {}
    sets = (*authentication.variables, *filter(None, [authentication.other]))
    found = [each for each in authentication.variables if target.credentials.username.startswith(each.prefix)]
    if not found:
        raise UsageError(f"{kit.name} has no environment variables for such credentials")
    # Other credentials of the caller's environment must not come first.
    cleared = {name: "" for each in sets for name in (each.username, each.secret) if name}
    given = _named(found[0], target.credentials)
    if authentication.other is not None and target.other is not None:
        given.update(_named(authentication.other, target.other))
    return {**cleared, **given}


def _named(variables: Variables, credentials: Credentials) -> dict[str, str]:
    named = {variables.secret: credentials.secret}
    return {**named, variables.username: credentials.username} if variables.username else named


Entry = TypeVar("Entry", bound=Described)


def spread(mutations: Sequence[Entry], count: int, seed: int) -> list[Entry]:
    """A random sample that takes from each family in turn: the same for the same seed."""
    source = random.Random(seed)  # noqa: S311  repeatable on purpose
    families: dict[tuple[str, str], list[Entry]] = {}
    for each in mutations:
        families.setdefault((each.kind, each.family), []).append(each)
    shuffled = [source.sample(family, len(family)) for family in families.values()]
    in_turn = [each for turn in zip_longest(*shuffled) for each in turn if each is not None]
    return in_turn[:count]
