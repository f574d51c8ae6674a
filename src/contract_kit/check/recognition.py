"""Recognise a target that is not this API at all: a plain web server, a mock that shows examples."""

from __future__ import annotations

from collections.abc import Iterator

from contract_kit.api import Credentials, Resource
from contract_kit.check.authorization import NOBODY, Sender
from contract_kit.check.list_laws import own_page_judgements
from contract_kit.check.observed_response import ObservedResponse
from contract_kit.check.pages import Page, listed
from contract_kit.check.query import valid_part
from contract_kit.check.refusals import strange_keys
from contract_kit.check.requester import Requester
from contract_kit.contract import Contract
from contract_kit.schema import is_json, media_type_of


def signs_of_another(requester: Requester, resource: Resource, first: ObservedResponse) -> list[str]:
    """What shows that the target is something else, in sentences; empty if it looks like this API.

    Nothing is asked if the first page looks right. One fault must not count as another API, so it takes several signs.

    Args:
        requester: Sends the requests; none of the responses is judged.
        resource: The resource whose list was requested.
        first: The first page of the list.
    """
    contract = requester.session.contract
    if first.status >= 500 or first.status == 429 or _looks_right(contract, resource, first):
        return []
    answers = [first, *_of_invented_keys(requester, contract)]
    if len(answers) > 1 and not any(_has_part_of(contract, answer) for answer in answers):
        return [_described(answer) for answer in answers]
    invented = answers[1:]
    if len(invented) == 2 and invented[0].body == invented[1].body and {each.status for each in invented} == {200}:
        scheme = contract.kit.authentication.scheme
        wrong = Sender(contract.kit.authentication, Credentials(NOBODY, NOBODY))
        anybody = requester.ask(first.operation, first.url, wrong) if scheme != "none" else None
        if anybody is None or anybody.status == 200:
            signs = [f"two {resource.name} keys that nobody has get the same resource, with status 200"]
            return [*signs, *(["wrong credentials get status 200"] if anybody is not None else [])]
    return []


def _of_invented_keys(requester: Requester, contract: Contract) -> Iterator[ObservedResponse]:
    for resource in contract.kit.resources:
        if not resource.fetch or resource.parent:
            continue
        key = strange_keys(contract, resource)["unknown key"]
        for other in (key, key[:-1] + ("1" if key[-1] != "1" else "2")):
            yield requester.ask(resource.fetch, contract.path(resource.fetch, {resource.parameter: other}))
        return


def _looks_right(contract: Contract, resource: Resource, answer: ObservedResponse) -> bool:
    rows, style = listed(answer.excerpt, resource), contract.kit.paging
    if answer.status != 200 or rows is None:
        return False
    if style is None:
        return True
    query = valid_part(contract.document, contract.document.operation(answer.operation), answer.query)
    page = Page(style, resource, answer, tuple(rows))
    return all(judgement.holds for judgement in own_page_judgements(page, query))


def _has_part_of(contract: Contract, answer: ObservedResponse) -> bool:
    """Whether the body is JSON with any property that the document names, or an array as it says."""
    body = answer.excerpt
    known = contract.document.property_names
    rows = body if isinstance(body, list) else [body]
    return any(isinstance(row, dict) and not known.isdisjoint(row) for row in rows)


def _described(answer: ObservedResponse) -> str:
    media_type = media_type_of(answer.headers.get("content-type", "")) or "no media type"
    what = "JSON without any key of the document" if is_json(media_type) else answer.masker.key(media_type)
    return f"{answer.masker.request(answer.method, answer.url.partition('?')[0])} gives {answer.status}, {what}"
