"""A scenario sends the requests of a cassette; recording and replay both run it.

It depends only on responses and the given time, never on the machine's clock, so that a replay sends the same requests.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx

from contract_kit.api import PageStyle, Query, Resource
from contract_kit.check.authorization import Sender
from contract_kit.check.observed_response import NotJsonError, ObservedResponse
from contract_kit.check.pages import Page, listed
from contract_kit.check.requester import with_query
from contract_kit.check.transport import PATIENCE, BoundedTransport
from contract_kit.contract import Contract
from contract_kit.errors import InconclusiveError
from contract_kit.kits import named
from contract_kit.masking import Masker
from contract_kit.targets import Target, origin


@dataclass(frozen=True)
class Caller:
    """Sends the requests of a scenario.

    Attributes:
        contract: The API's contract.
        url: The origin of the target.
        http: Sends requests with the caller's credentials.
        client: The kit's connected client; ``http`` if the kit has no client.
        now: The target's current time.
    """

    contract: Contract
    url: str
    http: httpx.Client
    client: Any
    now: datetime

    def ask(self, path: str, query: Query = (), method: str = "GET", auth: Sender | None = None) -> httpx.Response:
        """Send a request to a path, or to a URL from a response.

        Args:
            path: The path or URL.
            query: Further query pairs.
            method: The HTTP method.
            auth: Replaces the caller's credentials.

        Raises:
            InconclusiveError: the URL has another origin; credentials are not sent there.
        """
        url = with_query(path, query)
        if not url.startswith("/") and origin(url) != origin(self.url):
            check = f"{self.contract.kit.program} check"
            raise InconclusiveError(f"a page URL leads to another origin: run `{check}` first")
        return self.http.request(method, url, auth=auth or httpx.USE_CLIENT_DEFAULT)

    def json(self, path: str, query: Query = (), method: str = "GET") -> Any:
        """Send a request and return its JSON, or None for an empty body; the kit's client must parse it, too.

        Raises:
            InconclusiveError: as ``ask``.
            ValueError: the body is not JSON; the kit's client may raise its own errors.
        """
        response = self.ask(path, query, method)
        if not response.content:
            return None
        operation = self.contract.document.operation_at(response.url.path)
        return self._read(response, operation.name if operation is not None else "")

    def page(self, resource: Resource, path: str, query: Query = ()) -> Page:
        """Fetch a page of the list of ``resource``; raises as ``json`` does."""
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
            rows = listed(answer.json, resource)
        except NotJsonError as error:
            raise ValueError(str(error)) from None
        if rows is None:
            raise ValueError(f"no array at {resource.rows or 'the body'}")
        style = self.contract.kit.paging or PageStyle()
        return Page(style, resource, answer, tuple(rows))

    def _read(self, response: httpx.Response, operation: str) -> Any:
        client = self.contract.kit.client
        if client is not None and operation:
            named(client.read)(operation, response.status_code, response.content)
        return response.json()


@dataclass(frozen=True)
class Scenario:
    """A sequence of requests to record.

    Attributes:
        name: Its name, and the name of its file.
        shows: One line for ``record --list``.
        run: Sends the requests.
        sends_invalid: Whether it sends requests that only targets that accept invalid requests should get.
        arrange: Prepares an emulator, given its URL; such a scenario is only recorded from the emulator.
        provokes: The failures that it provokes, which are then no findings: ``5XX``.
        statuses: The allowed response statuses; with any other, nothing is recorded.
    """

    name: str
    shows: str
    run: Callable[[Caller], None]
    sends_invalid: bool = False
    arrange: Callable[[str], None] | None = None
    provokes: str = ""
    statuses: frozenset[int] = frozenset({200})


@contextmanager
def calling(contract: Contract, target: Target, now: datetime) -> Iterator[Caller]:
    """Yield a caller for one scenario.

    Args:
        contract: The API's contract.
        target: The target.
        now: The target's current time.
    """
    kit, url, credentials = contract.kit, target.url, target.credentials
    own = Sender(kit.authentication, credentials)
    with httpx.Client(base_url=url, auth=own, transport=BoundedTransport(target), timeout=PATIENCE) as http:
        if kit.client is None or not kit.client.connect:
            yield Caller(contract, url, http, http, now)
            return
        with named(kit.client.connect)(url, credentials, BoundedTransport(target)) as client:
            yield Caller(contract, url, http, client, now)
