"""What a kit declares about its API. Read this file first: the rest of the engine depends on it.

A kit is one ``ApiKit``, usually in its own module (``my_api/kit.py``), and is referred to as ``my_api.kit:KIT``::

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

Only ``name``, ``program``, ``document`` and ``resources`` are required. Without an emulator, the check needs
``--target``; without a ledger, findings have no basis; without a client, the check skips the client's tests.
A kit names its code as ``module:NAME``. The engine imports it only when it needs it, so that ``--help`` is fast.

JSON pointers name locations in a body: ``/meta/next_page_url``; ``""`` is the body itself.
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
    """The credentials of a caller; ``repr()`` does not show them.

    Attributes:
        username: The user name of HTTP Basic; ``""`` for every other scheme.
        secret: The password, token or key.
    """

    username: str = field(repr=False)
    secret: str = field(repr=False)


@dataclass(frozen=True)
class Variables:
    """The environment variables that hold credentials.

    Attributes:
        secret: The variable of the password, token or key: ``LIBRARY_TOKEN``.
        username: The variable of the user name, for HTTP Basic.
        prefix: The prefix that every user name has.
    """

    secret: str
    username: str = ""
    prefix: str = ""


@dataclass(frozen=True)
class Authentication:
    """How requests authenticate.

    Attributes:
        scheme: ``header`` and ``query`` send the secret as the value of ``name``.
        variables: The variables to read, in this order; the first complete set is used.
        other: The variables of another account, whose resources the first account must not see.
        name: The header (``X-Api-Key``) or query parameter (``api_key``) of the schemes ``header`` and ``query``.
    """

    scheme: Literal["Basic", "Bearer", "header", "query", "none"] = "none"
    variables: tuple[Variables, ...] = ()
    other: Variables | None = None
    name: str = ""


@dataclass(frozen=True)
class Law:
    """The evidence for a property (law) of this API.

    Attributes:
        basis: The subject or decision of the ledger: ``D12``.
        inferred: Whether the law is only likely; on the live API it then only warns until a recording confirms it.
    """

    basis: str = "inferred"
    inferred: bool = True


@dataclass(frozen=True)
class DefaultWindow:
    """The rows that a list shows if its request gives no bound.

    Attributes:
        property: The property with the time that counts.
        length: How long ago that time may be.
        law: The evidence for it.
    """

    property: str
    length: timedelta
    law: Law = Law()


@dataclass(frozen=True)
class Window:
    """The part of a list that does not change while the check reads it: rows from a past period.

    Attributes:
        since: The query parameter of the period's start, inclusive.
        until: The query parameter of the period's end, exclusive.
        property: The property of a row that both parameters filter.
        oldest: How long ago the period starts.
        newest: How long ago the period ends.
        format: The ``strftime`` format of both parameters.
        default: The rows of the list without both parameters; None if it shows all rows then.
    """

    since: str
    until: str
    property: str
    oldest: timedelta
    newest: timedelta
    format: str = "%Y-%m-%dT%H:%M:%SZ"
    default: DefaultWindow | None = None


@dataclass(frozen=True)
class Filter:
    """A query parameter of a list that selects rows by one property.

    Attributes:
        parameter: The query parameter: ``status``.
        property: The property of a row that it selects by; a list matches if it has any of the values.
        selects: The rows it selects: ``equal`` to one of the values, ``from`` it (inclusive), or ``before`` it.
        law: The evidence that the list keeps to this filter.
    """

    parameter: str
    property: str
    selects: Literal["equal", "from", "before"] = "equal"
    law: Law = Law()


@dataclass(frozen=True)
class Resource:
    """One kind of resource: how to list it, fetch it and identify it.

    Attributes:
        name: What people call it: ``member``.
        key: The property that identifies a resource of this kind: ``id``; text or integer.
        list: The operationId of the list; ``""`` if there is none.
        fetch: The operationId that returns one resource.
        parameter: The path parameter that takes the key: ``memberId``.
        rows: The JSON pointer of the list's rows: ``/members``; ``""`` if the body is the array.
        parent: The name of the resource whose path the list is below.
        children: The property of a row that counts its children; the check reads rows with the most children first.
        window: The part of the list that does not change; None if the whole list does not.
        filters: The query parameters that select rows.
        descending: The property by which the list is sorted, largest first; ``""`` if its order is not documented.
        past: The properties with times that must not be in the future.
        owner: The property with the account of a resource, which is the caller's.
        is_unique: Whether a key identifies a resource by itself, whatever its parent.
        is_final: Whether a row will not change any more; None if no row ever changes.
        others_key: A well-formed key of another kind of resource; the API must answer "not found".
        nobodys_key: A well-formed key that no resource has; default: generated from the schema of ``parameter``.
        malformed_key: A malformed key; default: generated from the same schema.
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
    filters: tuple[Filter, ...] = ()
    descending: str = ""
    past: tuple[str, ...] = ()
    owner: str = ""
    is_unique: bool = False
    is_final: Callable[[Row], bool] | None = None
    others_key: str = ""
    nobodys_key: str = ""
    malformed_key: str = ""


@dataclass(frozen=True)
class PageStyle:
    """How lists are paged. The check finds the next page by the first of these that is declared: ``next``,
    ``next_token``, ``after_key``, ``number``, ``offset``.

    Attributes:
        size: The query parameter of the most rows that a page may have: ``limit``.
        default_size: The page size without that parameter; None if unknown.
        largest_size: The largest page size that the API accepts.
        next, previous, first, this: The pointer of that page's URL, or ``Link`` for the header of RFC 8288; ``""`` if
            the API does not give it.
        token: The query parameter of the page token: ``cursor``.
        next_token: The pointer of the next page's token, if the API gives no URL; null or empty on the last page.
        after_key: The query parameter of the last row's key: ``starting_after``.
        more: The pointer of the flag that says whether more pages follow; used with ``after_key``.
        number: The query parameter of the page number.
        first_number: The number of the first page.
        offset: The query parameter of the number of rows to skip.
        size_echo, number_echo, rows_echo: The pointers of the page's size, its number, and the name of its list.
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
    """The API's error responses.

    Attributes:
        unauthorized, not_found, invalid: The allowed statuses for a request without credentials, with an unknown key,
            and with an invalid parameter.
        status: The pointer of the HTTP status in an error's body; ``""`` if there is none.
        code: The pointer of the error code.
        more_info: The pointer of a URL that ends with the error code.
        codes: The known error code of each reason: ``unauthorized``, ``not found``, ``too large``, ``no date``,
            ``page size too large``, ``page token``, ``page number``.
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
class Privacy:
    """Which parts of responses are personal, and which may be kept. Everything that is not listed is masked.

    The docstring of ``contract_kit.cassettes.scrubbing`` lists what recordings keep, and why.

    Attributes:
        identifier: A regular expression of the API's identifiers; reports may show its first group.
        secrets: A regular expression of values that grant access like a password: page tokens.
        pseudonyms: The name of a property or parameter → the label of its pseudonyms: ``name``. An integer value gets
            another integer as its pseudonym, as keys of resources do.
        token_prefix: The prefix of pseudonyms of page tokens.
        safe: The name of a property without an enum → a regular expression of values that are public.
        safe_urls: A regular expression of URLs that are public.
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
        read: ``module:function`` that parses a response: from an operationId, a status and a body in bytes to a model
            with ``to_dict()``. Any exception it raises is a finding.
        connect: ``module:function`` from a URL and credentials and a transport of httpx to a context manager that
            yields the client.
        error: ``module:NAME`` of the base class of the client's exceptions.
        no_answer: ``module:NAME`` of the exception that it raises when no response arrives.
        distributions: The packages whose versions a cassette records.
    """

    read: str
    connect: str = ""
    error: str = "builtins:Exception"
    no_answer: str = "httpx:TransportError"
    distributions: tuple[str, ...] = ()


@dataclass(frozen=True)
class EmulatorModule:
    """An emulator of the API that the check can start.

    Attributes:
        command: The arguments of ``python`` that serve it on a free port: ``("-m", "my_api", "emulator")``. The
            command prints ``NAME=value`` lines when it is ready.
        url, username, secret: The names in those lines.
        fault_option: The option that plants a fault.
        faults: ``module:NAME`` of the ``FaultRegistry``.
        other: ``module:function`` from the options to the credentials of another account.
        recorded: The emulator's options while scenarios are recorded.
        arrange: ``module:function`` that prepares the state to record.
        differences: ``module:function`` from a cassette and a target to the differences between them.
        size_option: The option that says how much data it makes up.
        worlds: ``module:NAME`` of the worlds that it can live in, by name: ``D17=kept-longer``.
        rehearsed: ``module:function`` from URL, seed and worlds to a context manager that changes the data while
            ``settle`` is rehearsed, and gives the clauses that can be seen in it.
        same_effect: Worlds with the effect of another one, which a client cannot tell from it.
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
    size_option: str = ""
    worlds: str = ""
    rehearsed: str = ""
    same_effect: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class LedgerFolder:
    """The ledger: the sources, claims and decisions from which the document was written.

    Attributes:
        folder: The folder with ``sources.yaml``, ``claims/`` and ``decisions.yaml``.
        notations: ``module:NAME`` of a mapping from notation to the function that reads such a source.
    """

    folder: Path
    notations: str = ""


@dataclass(frozen=True)
class ApiKit:
    """One API.

    Attributes:
        name: ``Lending Library``.
        program: The command of this kit; also the name of its settings file (``library.toml``) and report folder
            (``build/library``) and, in capitals, the prefix of its environment variables.
        document: The path of the OpenAPI document.
        resources: The API's resources, parents before their children.
        live_host: A regular expression of the live API's hosts; no other host gives evidence about the live API.
        example_target: An origin for examples in messages: ``https://library.example``.
        authentication, paging, errors, privacy: See their classes.
        laws: The evidence for each property (law), by its name; None disables a law that this API does not keep.
        time_spelling: A regular expression that every date-time of a response must match, if the API is stricter than
            RFC 3339.
        operations: Further operations to check besides those of ``resources``; the check only sends GET.
        row_laws: ``module:function`` from a ``check.seen.View`` of a resource to the judgements of this API's own laws.
        sum_laws: ``module:function`` from the view of a parent and all of its children to judgements of its totals.
        request_id: The response header with an id that is new for every request.
        signed: The names of integer properties that may be negative; all others count something.
        path_values: Values of path parameters that belong to no resource: ``{"owner": "octocat"}``.
        checks: A folder of further pytest checks.
        cassettes: The folder of recordings that the check replays.
        scenarios: ``module:NAME`` of further scenarios to record, by name. They are added to those generated from
            ``resources`` (see ``record --list``); one of the same name replaces a generated one.
        commands: Further subcommands: name → (``module``, summary).
        mutations: ``module:NAME`` of the ``OwnMutations``, which add to the generated mutations of ``selftest``.
        probes: ``module:function`` that makes the probes of one run of ``settle``; see ``contract_kit.settle``.
        ledger, client, emulator: See their classes; None if the kit has none.
        reference: ``module:NAME`` of this object; ``load_kit`` sets it.
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
    row_laws: str = ""
    sum_laws: str = ""
    request_id: str = ""
    signed: frozenset[str] = frozenset()
    path_values: Mapping[str, str] = field(default_factory=dict)
    checks: Path | None = None
    cassettes: Path | None = None
    scenarios: str = ""
    commands: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    mutations: str = ""
    probes: str = ""
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
        """Return the resource with this name.

        Raises:
            KeyError: the kit has no such resource.
        """
        for each in self.resources:
            if each.name == name:
                return each
        raise KeyError(name)

    def listed_by(self, operation: str) -> Resource | None:
        """Return the resource that this operation lists, or None."""
        return next((each for each in self.resources if operation and each.list == operation), None)

    def fetched_by(self, operation: str) -> Resource | None:
        """Return the resource that this operation fetches, or None."""
        return next((each for each in self.resources if operation and each.fetch == operation), None)

    def chain(self, resource: Resource) -> tuple[Resource, ...]:
        """Return the resource and its ancestors, the topmost ancestor first."""
        above = self.chain(self.resource(resource.parent)) if resource.parent else ()
        return (*above, resource)
