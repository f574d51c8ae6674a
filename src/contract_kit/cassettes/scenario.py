"""What is recorded: a scenario makes requests, and recording and replay run it.

A scenario goes by answers and by the time it is given alone, never by the machine's clock: so the replay asks the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx

from contract_kit.api import Credentials, PageStyle, Query, Resource
from contract_kit.check.authorization import Sender
from contract_kit.check.observed_response import NotJsonError, ObservedResponse
from contract_kit.check.pages import Page
from contract_kit.check.requester import with_query
from contract_kit.contract import Contract
from contract_kit.errors import InconclusiveError
from contract_kit.kits import named
from contract_kit.masking import Masker
from contract_kit.pointer import value_at
from contract_kit.targets import origin


@dataclass(frozen=True)
class Caller:
    """Who runs a scenario.

    Attributes:
        contract: What is asked.
        url: The origin of the target.
        http: Sends requests with the caller's credentials.
        client: What the kit's client connects with; ``http`` where the kit has no client.
        now: What time it is for the target.
    """

    contract: Contract
    url: str
    http: httpx.Client
    client: Any
    now: datetime

    def ask(self, path: str, query: Query = (), method: str = "GET", auth: Sender | None = None) -> httpx.Response:
        """What answers a path with a query, or a URL of an answer.

        Args:
            path: The path or URL.
            query: Further pairs of its query.
            method: Of the request.
            auth: Sends other credentials than the caller's, or none.

        Raises:
            InconclusiveError: a URL of an answer leads elsewhere; credentials do not follow it.
        """
        url = with_query(path, query)
        if not url.startswith("/") and origin(url) != origin(self.url):
            check = f"{self.contract.kit.program} check"
            raise InconclusiveError(f"a page URL leads to another origin: run `{check}` first")
        return self.http.request(method, url, auth=auth or httpx.USE_CLIENT_DEFAULT)

    def json(self, path: str, query: Query = (), method: str = "GET") -> Any:
        """The JSON of such an answer, which the kit's client can read as well; None where it is empty.

        Raises:
            InconclusiveError: as ``ask``.
            ValueError: it is no JSON; besides, whatever the client raises.
        """
        response = self.ask(path, query, method)
        if not response.content:
            return None
        operation = self.contract.document.operation_at(response.url.path)
        return self._read(response, operation.name if operation is not None else "")

    def page(self, resource: Resource, path: str, query: Query = ()) -> Page:
        """A page of the list of ``resource``; raises as ``json`` does."""
        response = self.ask(path, query)
        answer = ObservedResponse(
            resource.list,
            "GET",
            str(response.url),
            response.status_code,
            {name.lower(): value for name, value in response.headers.items()},
            response.content,
            Masker.of(self.contract),
        )
        self._read(response, resource.list)
        try:
            rows = value_at(answer.json, resource.rows)
        except NotJsonError as error:
            raise ValueError(str(error)) from None
        if not isinstance(rows, list):
            raise ValueError(f"no array at {resource.rows or 'the body'}")
        style = self.contract.kit.paging or PageStyle()
        return Page(style, resource, answer, tuple(row for row in rows if isinstance(row, dict)))

    def _read(self, response: httpx.Response, operation: str) -> Any:
        client = self.contract.kit.client
        if client is not None and operation:
            named(client.read)(operation, response.status_code, response.content)
        return response.json()


@dataclass(frozen=True)
class Scenario:
    """Something to record.

    Attributes:
        name: Also of its file.
        shows: What, for a person.
        run: Makes the requests.
        sends_invalid: Whether it sends what only a target that may get invalid requests should get.
        arrange: What an emulator needs first, given its URL; such a scenario is recorded from nothing else.
        provokes: The failures that it asks for, and which are then no findings: ``5XX``.
        statuses: What it may be answered; any other answer shows something else than the scenario, or nothing.
    """

    name: str
    shows: str
    run: Callable[[Caller], None]
    sends_invalid: bool = False
    arrange: Callable[[str], None] | None = None
    provokes: str = ""
    statuses: frozenset[int] = frozenset({200})


@contextmanager
def calling(
    contract: Contract, url: str, credentials: Credentials, now: datetime, *, through_proxies: bool = False
) -> Iterator[Caller]:
    """A caller for one scenario.

    Args:
        contract: What is asked.
        url: Where.
        credentials: As whom.
        now: What time it is there.
        through_proxies: Use those of the environment. Its certificates stay out of it all the same: a proxy that breaks
            TLS open could else pass for the live API.
    """
    kit = contract.kit
    with httpx.Client(
        base_url=url,
        auth=Sender(kit.authentication, credentials),
        trust_env=through_proxies,
        verify=httpx.create_ssl_context(trust_env=False),
        timeout=30,
    ) as http:
        if kit.client is None or not kit.client.connect:
            yield Caller(contract, url, http, http, now)
            return
        with named(kit.client.connect)(url, credentials, through_proxies=through_proxies) as client:
            yield Caller(contract, url, http, client, now)
