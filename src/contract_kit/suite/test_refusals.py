"""Refusals: every operation refuses invalid requests, with a status and a body that say why."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from itertools import islice
from typing import TypeVar

import pytest

from contract_kit.api import PageStyle, Query, Resource
from contract_kit.check import near_misses, refusals
from contract_kit.check.pages import query_of
from contract_kit.check.properties import Judgement
from contract_kit.check.refusals import (
    ALLOWED,
    ONE_ACCOUNT,
    InvalidValue,
    Refusal,
    invalid_values,
    operations_below,
    refusal_judgements,
    single_values,
    strange_keys,
)
from contract_kit.check.requester import Requester, with_query
from contract_kit.check.survey import Survey, window_query
from contract_kit.check.throttle import NoAnswerError
from contract_kit.contract import Contract
from contract_kit.findings.finding import Kind
from contract_kit.targets import origin

ORDER = 50
METHODS = ("HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
OTHER = "another account"
# Invalid requests of one kind to a target that is neither ours nor asked for them.
MOST_INVALID = 3

Item = TypeVar("Item")


@pytest.fixture(scope="session")
def paths(survey: Survey) -> dict[str, str]:
    """An existing path for each operation, by operationId."""
    return survey.paths()


@pytest.mark.share(2)
def test_nobody_gets_in_without_credentials(requester: Requester, contract: Contract, paths: dict[str, str]) -> None:
    """Every operation refuses missing, wrong and nearly right credentials."""
    target = requester.session.target
    attempts = near_misses.attempts(contract.kit.authentication, target.credentials, nearly=target.may_get_invalid)
    if not attempts:
        pytest.skip("the kit declares no authentication")
    for what, credentials in attempts.items():
        for operation, path in paths.items():
            answer = requester.get_as(operation, path, credentials)
            requester.session.judge(refusal_judgements(answer, unauthorized(contract, what), contract))


def test_nobody_learns_what_exists(
    requester: Requester, contract: Contract, survey: Survey, paths: dict[str, str]
) -> None:
    """Without credentials every kind of request is refused alike, whatever it asks for."""
    if contract.kit.authentication.scheme == "none":
        pytest.skip("the kit declares no authentication")
    asked: dict[tuple[str, str], str] = {}
    for resource in contract.kit.resources:
        if resource.parameter and resource.fetch in paths:
            values = survey.located(resource)[0].values
            for what, key in strange_keys(contract, resource).items():
                path = survey.path(resource.fetch, {**values, resource.parameter: key})
                asked[resource.fetch, f"{what} without credentials"] = path
    for (operation, parameter), invalid in by_parameter(contract, paths).items():
        path = with_query(paths[operation], [(parameter, invalid[0].value)])
        asked[operation, f"invalid {parameter} without credentials"] = path
    style = contract.kit.paging
    for resource in contract.kit.resources if style is not None and style.token and style.size else ():
        if resource.list in paths and style is not None:
            first = requester.get(resource.list, paths[resource.list], [(style.size, "1")])
            url = requester.page(first, resource).url("next")
            if url is not None and origin(url) == origin(requester.session.target.url):
                asked[resource.list, "a page token without credentials"] = url
    if requester.session.target.may_get_invalid:
        for operation, path in paths.items():
            for method in METHODS:
                with suppress(NoAnswerError):
                    answer = requester.send(method, operation, path, caller="nobody")
                    refusal = unauthorized(contract, f"{method} without credentials")
                    requester.session.judge(refusal_judgements(answer, refusal, contract))
    for (operation, what), path in few(requester, asked.items()):
        with suppress(NoAnswerError):
            answer = requester.get_as(operation, path, None)
            requester.session.judge(refusal_judgements(answer, unauthorized(contract, what), contract))


def unauthorized(contract: Contract, what: str) -> Refusal:
    """How a request without the right credentials must be refused."""
    statuses, law = contract.kit.errors.unauthorized, refusals.CREDENTIALS
    return Refusal(statuses, Kind.AUTHENTICATION, "header:Authorization", what, law, "unauthorized")


def test_unknown_paths_are_not_found(requester: Requester, contract: Contract, paths: dict[str, str]) -> None:
    """Paths that are nearly right are not found."""
    for operation, path in paths.items():
        for what, other in few(requester, near_misses.paths(contract.document.operation(operation), path).items()):
            location = f"path: {what}"
            refusal = Refusal(
                contract.kit.errors.not_found, Kind.STATUS, location, what, refusals.UNKNOWN_PATHS, "not found"
            )
            with suppress(NoAnswerError):
                answer = requester.get(operation, other)
                requester.session.judge(refusal_judgements(answer, refusal, contract))


def test_allow_names_the_methods_that_work(requester: Requester, contract: Contract, paths: dict[str, str]) -> None:
    """A method that is not allowed is refused, and the header Allow names exactly those that work."""
    if not requester.session.target.may_get_invalid:
        pytest.skip("not run: methods other than GET go only to targets that may get invalid requests")
    for operation, path in paths.items():
        answers = {}
        for method in METHODS:
            with suppress(NoAnswerError):
                answers[method] = requester.send(method, operation, path)
        works = {"GET", *(method for method, answer in answers.items() if answer.status not in {405, 501})}
        for answer in answers.values():
            if answer.status == 405 and "allow" in answer.headers:
                allowed = {name.strip() for name in answer.headers["allow"].split(",") if name.strip()}
                holds = allowed == works
                detail = f"it names {', '.join(sorted(allowed)) or 'none'}; {', '.join(sorted(works))} work"
                requester.session.judge([Judgement(ALLOWED, answer, "header:Allow", holds, detail)])


def test_unknown_resources_are_not_found(
    requester: Requester, contract: Contract, survey: Survey, paths: dict[str, str]
) -> None:
    """Unknown keys, malformed keys and keys of another resource are not found."""
    for resource in contract.kit.resources:
        if not resource.parameter or resource.fetch not in paths:
            continue
        values = survey.located(resource)[0].values
        for what, key in strange_keys(contract, resource).items():
            refusal = unknown(contract, resource.parameter, what)
            for operation in operations_below(contract, resource, paths):
                path = survey.path(operation, {**values, resource.parameter: key})
                requester.session.judge(refusal_judgements(requester.get(operation, path), refusal, contract))


def test_children_are_not_found_below_another_parent(
    requester: Requester, contract: Contract, survey: Survey, paths: dict[str, str]
) -> None:
    """A resource is not found below an unknown parent."""
    for resource in contract.kit.resources:
        parent = contract.kit.resource(resource.parent) if resource.parent else None
        if parent is None or resource.fetch not in paths or not parent.parameter:
            continue
        if parent.parameter not in contract.document.operation(resource.fetch).path_parameters:
            continue
        refusal = unknown(contract, parent.parameter, f"{resource.name} of another {parent.name}")
        values = {**survey.located(resource)[0].values, parent.parameter: strange_keys(contract, parent)["unknown key"]}
        answer = requester.get(resource.fetch, survey.path(resource.fetch, values))
        requester.session.judge(refusal_judgements(answer, refusal, contract))


def unknown(contract: Contract, parameter: str, what: str) -> Refusal:
    """How a key must be refused that does not exist."""
    location = f"path:{parameter}"
    return Refusal(contract.kit.errors.not_found, Kind.STATUS, location, what, refusals.UNKNOWN_KEYS, "not found")


def test_other_accounts_stay_out_of_sight(
    requester: Requester, contract: Contract, survey: Survey, paths: dict[str, str]
) -> None:
    """Each account sees only its own resources; a key or page token of the other account is refused."""
    kit, target, other = contract.kit, requester.session.target, requester.session.target.other
    if other is None:
        names = kit.authentication.other
        needed = "" if names is None else f": set {' and '.join(filter(None, [names.username, names.secret]))}"
        pytest.skip(f"needs the credentials of another account{needed}")
    assert target.other is not None
    law = refusals.OTHER_ACCOUNTS
    for resource in kit.resources:
        if resource.parent or not resource.list:
            continue
        complete = survey.complete(resource)
        query: Query = [*complete.window, *((kit.paging.size, "1") for _ in [0] if kit.paging and kit.paging.size)]
        path = with_query(paths[resource.list], query)
        page = requester.page(requester.get_as(resource.list, path, other, caller=OTHER), resource)
        foreign = f"{resource.name} of another account"
        refusal = Refusal(
            kit.errors.not_found, Kind.AUTHENTICATION, f"path:{resource.parameter}", foreign, law, "not found"
        )
        for row in page.rows[:1]:
            for operation in operations_below(contract, resource, paths):
                path = survey.path(operation, {resource.parameter: str(row.get(resource.key))})
                requester.session.judge(refusal_judgements(requester.get(operation, path), refusal, contract))
        if page.rows:
            own = set(complete_keys(survey, resource))
            shared = own.intersection(page.keys)
            requester.session.judge([Judgement(ONE_ACCOUNT, page.response, resource.rows, not shared)])
        following = page.following
        if isinstance(following, str) and kit.paging and kit.paging.token:
            location, what = f"query:{kit.paging.token}", "token of another account"
            token = Refusal(kit.errors.invalid, Kind.PAGING, location, what, refusals.PAGING, "page token")
            answer = requester.follow(resource.list, following)
            requester.session.judge(refusal_judgements(answer, token, contract))
        for operation in own_operations(contract, resource, paths):
            answer = requester.get_as(operation, paths[operation], other, caller=OTHER)
            requester.session.judge(refusal_judgements(answer, refusal, contract))


def complete_keys(survey: Survey, resource: Resource) -> list[str]:
    """The keys of all rows of the list."""
    return [key for page in survey.complete(resource).pages for key in page.keys]


def own_operations(contract: Contract, resource: Resource, paths: dict[str, str]) -> list[str]:
    """The operations that need the key of a resource: its fetch, and all operations below it."""
    found = []
    for each in contract.kit.resources:
        if contract.kit.chain(each)[0] is resource:
            found += [name for name in (each.fetch, each.list if each.parent else "") if name in paths]
    return found


def test_invalid_values_are_refused(requester: Requester, contract: Contract, paths: dict[str, str]) -> None:
    """An invalid filter or page size is refused, not ignored."""
    for (operation, parameter), values in by_parameter(contract, paths).items():
        for invalid in few(requester, values):
            with suppress(NoAnswerError):
                answer = requester.get(operation, paths[operation], [(parameter, invalid.value)])
                requester.session.judge(refusal_judgements(answer, refused(contract, invalid), contract))


def by_parameter(contract: Contract, paths: Collection[str]) -> dict[tuple[str, str], list[InvalidValue]]:
    """The invalid values of each parameter of the operations with a known path."""
    found: dict[tuple[str, str], list[InvalidValue]] = {}
    for invalid in invalid_values(contract):
        if invalid.operation in paths:
            found.setdefault((invalid.operation, invalid.parameter), []).append(invalid)
    return found


def few(requester: Requester, asked: Iterable[Item]) -> Iterator[Item]:
    """All of these requests, or the first few for a target that should get no more invalid ones than needed."""
    return islice(asked, None if requester.session.target.may_get_invalid else MOST_INVALID)


def refused(contract: Contract, invalid: InvalidValue) -> Refusal:
    """How an invalid value must be refused."""
    kit = contract.kit
    pages = (kit.paging.size, kit.paging.token, kit.paging.number, kit.paging.offset) if kit.paging else ()
    law = refusals.PAGING if invalid.parameter in pages else refusals.VALUES
    is_size = kit.paging is not None and invalid.parameter == kit.paging.size
    reason = f"page size {invalid.what}" if is_size else invalid.what
    return Refusal(kit.errors.invalid, Kind.VALIDATION, f"query:{invalid.parameter}", invalid.what, law, reason)


def test_duplicate_parameters_are_refused(
    requester: Requester, contract: Contract, survey: Survey, paths: dict[str, str]
) -> None:
    """A parameter that takes one value is refused if it has two."""
    if not requester.session.target.may_get_invalid:
        pytest.skip("nobody documents this; it is asked only of targets that may get invalid requests")
    style = contract.kit.paging or PageStyle()
    for resource in contract.kit.resources:
        if resource.list not in paths:
            continue
        operation, path = contract.document.operation(resource.list), paths[resource.list]
        bounds = dict(window_query(resource, requester.session.started))
        for name, one, two in single_values(operation, contract.document):
            pairs = [((name, bounds.get(name, one)), (name, bounds.get(name, two)))]
            if name == style.token:
                # One right token and an invented one, in either order: whichever counts, the target must refuse both.
                token = next_token(requester, resource, path, style)
                pairs = [((name, token), (name, one)), ((name, one), (name, token))] if token else []
            location = f"query:{name}"
            refusal = Refusal(
                contract.kit.errors.invalid, Kind.VALIDATION, location, "given twice", "duplicate-parameters"
            )
            for pair in pairs:
                with suppress(NoAnswerError):
                    answer = requester.get(resource.list, path, pair)
                    requester.session.judge(refusal_judgements(answer, refusal, contract))


def next_token(requester: Requester, resource: Resource, path: str, style: PageStyle) -> str:
    """The token of the second page of one row, or ``""``."""
    with suppress(NoAnswerError):
        query = [*window_query(resource, requester.session.started), *([(style.size, "1")] if style.size else [])]
        following = requester.page(requester.get(resource.list, path, query), resource).following
        return dict(query_of(following)).get(style.token, "")
    return ""
