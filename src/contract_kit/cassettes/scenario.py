"""What is recorded: a scenario makes requests, and recording and replay run it.

A scenario goes by answers and by the time it is given alone, never by the machine's clock: so the replay asks the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import httpx

from contract_kit.api import Credentials, Query
from contract_kit.check.authorization import Sender
from contract_kit.check.requester import with_query
from contract_kit.contract import Contract, named
from contract_kit.errors import InconclusiveError
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

    def stranger(self) -> Caller:
        """The same caller with a secret that is wrong."""
        wrong = Credentials("", "wrong")
        return replace(self, http=httpx.Client(base_url=self.url, auth=Sender(self.contract.kit.authentication, wrong)))

    def json(self, path: str, query: Query = (), method: str = "GET", *, anonymous: bool = False) -> Any:
        """The JSON that answers a path with a query, or a URL of an answer; None where the answer is empty.

        Raises:
            InconclusiveError: a URL of an answer leads elsewhere; credentials do not follow it.
        """
        url = with_query(path, query)
        if not url.startswith("/") and origin(url) != origin(self.url):
            check = f"{self.contract.kit.program} check"
            raise InconclusiveError(f"a page URL leads to another origin: run `{check}` first")
        options: dict[str, Any] = {"auth": Sender(self.contract.kit.authentication, None)} if anonymous else {}
        response = self.http.request(method, url, **options)
        return response.json() if response.content else None


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


def scenarios_of(contract: Contract) -> Mapping[str, Scenario]:
    """The scenarios of a kit by name."""
    found: Mapping[str, Scenario] = named(contract.kit.scenarios)
    return found
