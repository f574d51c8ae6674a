"""What a kit declares about its API. Read this file first: everything else in the engine goes by it.

A kit is one ``ApiKit``, usually in a module of its own (``my_api/kit.py``), and is named ``my_api.kit:KIT``::

    KIT = ApiKit(
        name="Lending Library",
        program="library",
        document=Path("openapi.yaml"),
        authentication=Authentication("Bearer", (Variables(secret="LIBRARY_TOKEN"),)),
        resources=(
            Resource("member", key="id", list="listMembers", fetch="getMember", parameter="memberId"),
            Resource("loan", key="id", list="listLoans", fetch="getLoan", parameter="loanId", parent="member"),
        ),
        paging=PageStyle(size="limit", next="Link", previous="Link", first="Link", token="cursor"),
    )

Only ``name``, ``program``, ``document`` and ``resources`` are needed. A kit without an emulator is checked with
``--target`` alone, one without a ledger has findings without a basis, and one without a client skips what needs it.
What a kit has as code is named, not imported: ``module:NAME`` is loaded when it is needed, so that help is quick.

Where a value stands in a body is said by a JSON pointer: ``/meta/next_page_url``; ``""`` is the body itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

Row = Mapping[str, Any]
Query = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Credentials:
    """What authenticates a caller; it does not show in ``repr()``.

    Attributes:
        username: For HTTP Basic; ``""`` for every other scheme.
        secret: The password, token or key.
    """

    username: str = field(repr=False)
    secret: str = field(repr=False)


@dataclass(frozen=True)
class Variables:
    """The environment variables that hold credentials.

    Attributes:
        secret: Of the password, token or key: ``LIBRARY_TOKEN``.
        username: Of the user name, for HTTP Basic.
        prefix: What every user name begins with.
    """

    secret: str
    username: str = ""
    prefix: str = ""


@dataclass(frozen=True)
class Authentication:
    """How a request says who sends it.

    Attributes:
        scheme: ``header`` and ``query`` send the secret as the value of ``name``.
        variables: Where credentials are looked for; the first that are complete are taken.
        other: Those of another account, whose resources the first must not see.
        name: ``X-Api-Key`` or ``api_key``, for the schemes ``header`` and ``query``.
    """

    scheme: Literal["Basic", "Bearer", "header", "query", "none"] = "none"
    variables: tuple[Variables, ...] = ()
    other: Variables | None = None
    name: str = ""


@dataclass(frozen=True)
class Window:
    """The part of a list that holds still while it is read.

    Attributes:
        since: The query parameter of its beginning, inclusive.
        until: The query parameter of its end, exclusive.
        property: The property of a row that both speak of.
        oldest: How long ago it begins.
        newest: How long ago it ends.
        format: How both parameters are written, for ``strftime``.
    """

    since: str
    until: str
    property: str
    oldest: timedelta
    newest: timedelta
    format: str = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True)
class Resource:
    """One kind of resource: how it is listed, fetched and told apart.

    Attributes:
        name: What people call it: ``member``.
        key: The property that tells resources of this kind apart: ``id``; text or integer.
        list: The operationId of the list; ``""`` where there is none.
        fetch: The operationId that gives one of them.
        parameter: The path parameter that takes the key: ``memberId``.
        rows: Where the rows of the list stand: ``/members``; ``""`` where the body is the array.
        parent: The name of the resource below which it is listed.
        children: The property of a row that says how many children it has; those with the most are looked at first.
        window: The part of the list that holds still; None where all of it does.
        is_final: Whether a row will not change any more; None where that is true of every row.
        others_key: A key of another kind of resource, well-formed for the API: it must not be found.
        nobodys_key: A well-formed key that no resource has; default: made from the schema of ``parameter``.
        malformed_key: A key that cannot be one; default: likewise.
    """

    name: str
    key: str
    list: str = ""
    fetch: str = ""
    parameter: str = ""
    rows: str = ""
    parent: str = ""
    children: str = ""
    window: Window | None = None
    is_final: Callable[[Row], bool] | None = None
    others_key: str = ""
    nobodys_key: str = ""
    malformed_key: str = ""


@dataclass(frozen=True)
class PageStyle:
    """How lists come in pages. The way to the next page is the first of these that is declared: ``next``,
    ``next_token``, ``after_key``, ``number``, ``offset``.

    Attributes:
        size: The query parameter with the number of rows that a page has at most: ``limit``.
        default_size: How many that are without it; None where nobody says.
        largest_size: The most that may be asked for.
        next, previous, first, this: Where the URL of that page stands: a pointer, or ``Link`` for the header of
            RFC 8288; ``""`` where the API does not give it.
        token: The query parameter with what the API gave out as the place to go on from: ``cursor``.
        next_token: Where the token for the next page stands, if the API gives no URL; null or empty at the end.
        after_key: The query parameter with the key of the last row seen: ``starting_after``.
        more: Where a page says whether there are more; used with ``after_key``.
        number: The query parameter with the number of a page.
        first_number: The number of the first page.
        offset: The query parameter with how many rows to leave out.
        size_echo, number_echo, rows_echo: Where a page says its size, its number, and the name of its list.
    """

    size: str = ""
    default_size: int | None = None
    largest_size: int = 100
    next: str = ""
    previous: str = ""
    first: str = ""
    this: str = ""
    token: str = ""
    next_token: str = ""
    after_key: str = ""
    more: str = ""
    number: str = ""
    first_number: int = 0
    offset: str = ""
    size_echo: str = ""
    number_echo: str = ""
    rows_echo: str = ""


@dataclass(frozen=True)
class ErrorShape:
    """How the API says no.

    Attributes:
        unauthorized, not_found, invalid: The statuses that are right for a request without credentials, with a key that
            nobody has, and with a parameter that cannot be used.
        status: Where an error says the status of its answer; ``""`` where it does not.
        code: Where it says its code.
        more_info: Where it says a URL that ends with that code.
        codes: The code of each reason, as far as it is known: ``unauthorized``, ``not found``, ``too large``,
            ``no date``, ``page token``, ``page number``.
        message: The property whose text is a sentence for people.
    """

    unauthorized: frozenset[int] = frozenset({401})
    not_found: frozenset[int] = frozenset({404})
    invalid: frozenset[int] = frozenset({400})
    status: str = ""
    code: str = ""
    more_info: str = ""
    codes: Mapping[str, int | str] = field(default_factory=dict)
    message: str = "message"


@dataclass(frozen=True)
class Law:
    """What a property of meaning rests on for this API.

    Attributes:
        basis: The subject or decision of the ledger: ``D12``.
        inferred: Whether that is no more than likely; on the live API it then only warns until a recording confirms it.
    """

    basis: str = "inferred"
    inferred: bool = True


@dataclass(frozen=True)
class Privacy:
    """What is personal in answers, and what may be kept of them. Everything that is not listed is masked.

    All that recordings keep, and why, stands at the top of ``contract_kit.cassettes.scrubbing``.

    Attributes:
        identifier: A regular expression of the API's identifiers, whose first group may be shown.
        secrets: A regular expression of what is as good as a password: page tokens.
        pseudonyms: The name of a property or parameter → the label of what stands for its values: ``name``. An integer
            in such a place becomes another integer, as the keys of resources do.
        token_prefix: What pseudonyms of page tokens begin with.
        safe: The name of a property without an enum → a regular expression of values that anybody may see.
        safe_urls: A regular expression of URLs that anybody may see.
        words: Further words that headers and messages may keep.
    """

    identifier: str = ""
    secrets: str = ""
    pseudonyms: Mapping[str, str] = field(default_factory=dict)
    token_prefix: str = "token-"  # noqa: S105  what stands for one
    safe: Mapping[str, str] = field(default_factory=dict)
    safe_urls: str = ""
    words: frozenset[str] = frozenset()


@dataclass(frozen=True)
class ClientModule:
    """The client that was generated from the document.

    Attributes:
        read: ``module:function`` from an operationId, a status and a body as bytes to what the client makes of it: an
            object with ``to_dict()``. Whatever it raises is a finding.
        connect: ``module:function`` from a URL and credentials to a context manager that gives the client.
        error: ``module:NAME`` of the class of everything that it raises.
        no_answer: ``module:NAME`` of what it raises when no answer came.
        distributions: The packages whose versions a cassette names.
    """

    read: str
    connect: str = ""
    error: str = "builtins:Exception"
    no_answer: str = "httpx:TransportError"
    distributions: tuple[str, ...] = ()


@dataclass(frozen=True)
class EmulatorModule:
    """An emulator of the API, which the check can start.

    Attributes:
        command: The arguments behind ``python`` that serve it on a free port: ``("-m", "my_api", "emulator")``. Once it
            answers it prints ``NAME=value`` lines.
        url, username, secret: The names of those lines.
        fault_option: The option that plants a fault.
        faults: ``module:NAME`` of the ``FaultRegistry``.
        other: ``module:function`` from the options to the credentials of another account.
        recorded: The options with which it is recorded.
        arrange: ``module:function`` that brings it into the state in which it is recorded.
        differences: ``module:function`` from a cassette and a target to where that answers otherwise.
    """

    command: tuple[str, ...]
    url: str = "BASE_URL"
    username: str = "USERNAME"
    secret: str = "SECRET"  # noqa: S105  the name of a line
    fault_option: str = "--fault"
    faults: str = ""
    other: str = ""
    recorded: tuple[str, ...] = ()
    arrange: str = ""
    differences: str = ""


@dataclass(frozen=True)
class LedgerFolder:
    """The ledger that the document follows from.

    Attributes:
        folder: With ``sources.yaml``, ``claims/`` and ``decisions.yaml``.
        notations: ``module:NAME`` of the readers of its sources, by notation.
    """

    folder: Path
    notations: str = ""


@dataclass(frozen=True)
class ApiKit:
    """One API.

    Attributes:
        name: ``Lending Library``.
        program: The command that is this API's; also the name of its settings (``library.toml``), of its folder of
            reports (``build/library``) and, in capitals, the beginning of its environment variables.
        document: The OpenAPI document.
        resources: Parents before their children.
        live_host: A regular expression of the hosts that are the live API; nothing else is evidence about it.
        example_target: An origin that messages may show: ``https://library.example``.
        authentication, paging, errors, privacy: As their classes say.
        laws: What the properties rest on, by their names; None takes one out that does not hold for this API.
        time_spelling: A regular expression that every date-time of an answer matches, where the API is stricter than
            RFC 3339.
        operations: Further operations to check, besides those of ``resources``; only GET is ever sent.
        path_values: Path parameters that no resource fills: ``{"owner": "octocat"}``.
        checks: A folder of further checks for pytest.
        cassettes: The folder of recordings that the check replays.
        scenarios: ``module:NAME`` of further scenarios to record, by name, besides those that follow from ``resources``
            (``record --list`` has them); one of the same name replaces such a scenario.
        commands: Further subcommands: name → (``module``, summary).
        ledger, client, emulator: As their classes say; None where there is none.
        reference: ``module:NAME`` of this object; ``contract.load`` puts it in.
    """

    name: str
    program: str
    document: Path
    resources: tuple[Resource, ...]
    live_host: str = ""
    example_target: str = "https://api.example.com"
    authentication: Authentication = Authentication()
    paging: PageStyle | None = None
    errors: ErrorShape = ErrorShape()
    privacy: Privacy = Privacy()
    laws: Mapping[str, Law | None] = field(default_factory=dict)
    time_spelling: str = ""
    operations: tuple[str, ...] = ()
    path_values: Mapping[str, str] = field(default_factory=dict)
    checks: Path | None = None
    cassettes: Path | None = None
    scenarios: str = ""
    commands: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    ledger: LedgerFolder | None = None
    client: ClientModule | None = None
    emulator: EmulatorModule | None = None
    reference: str = ""

    @property
    def settings_file(self) -> Path:
        """``library.toml``."""
        return Path(f"{self.program}.toml")

    @property
    def report_folder(self) -> Path:
        """``build/library``."""
        return Path("build") / self.program

    def variable(self, name: str) -> str:
        """The environment variable of this kit: ``LIBRARY_MASK_KEY`` for ``MASK_KEY``."""
        return f"{self.program.upper().replace('-', '_')}_{name}"

    def resource(self, name: str) -> Resource:
        """The resource of this name.

        Raises:
            KeyError: there is none.
        """
        for each in self.resources:
            if each.name == name:
                return each
        raise KeyError(name)

    def listed_by(self, operation: str) -> Resource | None:
        """The resource whose list this operation is."""
        return next((each for each in self.resources if operation and each.list == operation), None)

    def fetched_by(self, operation: str) -> Resource | None:
        """The resource of which this operation gives one."""
        return next((each for each in self.resources if operation and each.fetch == operation), None)

    def chain(self, resource: Resource) -> tuple[Resource, ...]:
        """A resource and what it is below, the topmost first."""
        above = self.chain(self.resource(resource.parent)) if resource.parent else ()
        return (*above, resource)
