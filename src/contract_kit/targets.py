"""The target of a check: its URL and credentials."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from contract_kit.api import ApiKit, Credentials, Variables
from contract_kit.errors import UsageError
from contract_kit.foreign_text import split_url

DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Target:
    """A service to check.

    Attributes:
        url: Its origin, without a path: ``https://api.example.com``.
        credentials: The credentials to send.
        embedded: Whether this is the emulator that the check started itself.
        faults: The names of the faults planted into it.
        other: Credentials of another account, whose resources the first account must not see, or None.
        sends_invalid: Whether to send invalid requests and methods other than GET; None: only to loopback hosts.
        live_host: ``ApiKit.live_host``.
    """

    url: str
    credentials: Credentials
    embedded: bool = False
    faults: tuple[str, ...] = ()
    other: Credentials | None = None
    sends_invalid: bool | None = None
    live_host: str = ""

    @property
    def is_loopback(self) -> bool:
        """Whether it runs on this machine; requests then bypass proxies."""
        return is_loopback(urlsplit(self.url).hostname or "")

    @property
    def may_get_invalid(self) -> bool:
        """Whether invalid requests, other methods and more than a few hundred requests may be sent."""
        return self.is_loopback if self.sends_invalid is None else self.sends_invalid

    @property
    def is_live(self) -> bool:
        """Whether it is the vendor's own service; only this gives evidence about the live API."""
        parts = urlsplit(self.url)
        return parts.scheme == "https" and is_live_host(parts.hostname or "", self.live_host)

    @property
    def kind(self) -> str:
        """``live``, ``embedded`` or ``other``; targets that are not live count as emulators."""
        if self.is_live:
            return "live"
        return "embedded" if self.embedded else "other"

    @property
    def label(self) -> str:
        """The target as reports name it, with whether it gives evidence about the live API."""
        if self.is_live:
            return f"the live API at {self.url}"
        if self.embedded:
            planted = f" with {', '.join(self.faults)} planted" if self.faults else ""
            return f"the embedded emulator{planted} (no evidence about the live API)"
        return f"{self.url} (not the vendor's host: no evidence about the live API)"


def is_live_host(host: str, live_host: str) -> bool:
    """Whether ``host`` serves the live API, by the ``live_host`` of its kit."""
    return bool(live_host) and re.fullmatch(live_host, host) is not None


def is_loopback(host: str) -> bool:
    """Whether ``host`` (``localhost``, ``127.0.0.1``, ``::1``) is this machine."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def parse_url(text: str, kit: ApiKit, *, allow_http: bool = False, source: str = "--target") -> str:
    """Return the origin that ``text`` gives, without a default port.

    Args:
        text: ``https://api.example.com``.
        kit: The kit, for examples in messages.
        allow_http: Allow ``http`` to another machine, for example to a service container of a CI job.
        source: Where the text was given, for messages: ``--target``, or ``library.toml:2: 'target'``.

    Raises:
        UsageError: it is not an absolute http or https URL, has more than an origin, or would send credentials
            unencrypted to another machine.
    """
    example = f"for example {kit.example_target} or http://127.0.0.1:8080"
    try:
        parts = urlsplit(text.strip())
        port = parts.port
    except ValueError as error:
        raise UsageError(f"{source} {text!r} is not a URL ({error}): give an origin, {example}") from None
    if parts.username is not None or parts.password is not None:
        raise UsageError(
            f"{source} must not hold credentials: put them into the environment (see `{kit.program} check --help`)"
        )
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise UsageError(f"{source} {text!r} is not an http or https URL: give an origin, {example}")
    if re.search(r"[^a-zA-Z0-9.:_-]", parts.hostname):
        raise UsageError(f"{source} {text!r} has no usable host name: give an origin, {example}")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise UsageError(f"{source} {text!r} has more than an origin: leave out {parts.path or '?'}…; {example}")
    if parts.scheme == "http" and not allow_http and not is_loopback(parts.hostname):
        raise UsageError(
            f"{source} {text!r} would send credentials in the clear: use https, or --allow-http where you trust it"
        )
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    # HTTP clients leave out default ports; the URLs of their requests must begin with this origin.
    is_default = port in {None, DEFAULT_PORTS[parts.scheme]}
    return f"{parts.scheme}://{host}" + ("" if is_default else f":{port}")


def credentials_from(environment: Mapping[str, str], kit: ApiKit) -> Credentials:
    """Return the first credentials, in the kit's order, whose environment variables are all set.

    Raises:
        UsageError: no credentials are complete, or a value has blanks or invalid characters.
    """
    authentication = kit.authentication
    if authentication.scheme == "none":
        return Credentials("", "")
    for variables in authentication.variables:
        if (found := _credentials(environment, variables)) is not None:
            return found
    half = [name for name in credential_names(kit) if environment.get(name)]
    some = f" (found only {', '.join(half)})" if half else ""
    raise UsageError(f"the target needs credentials in the environment: {variable_names(kit)}{some}")


def other_credentials_from(environment: Mapping[str, str], kit: ApiKit) -> Credentials | None:
    """Return the credentials of another account, or None if they are not set.

    Raises:
        UsageError: a value has blanks or invalid characters.
    """
    other = kit.authentication.other
    return None if other is None else _credentials(environment, other)


def credential_names(kit: ApiKit) -> list[str]:
    """Return the names of the environment variables of the kit's credentials."""
    return [name for each in kit.authentication.variables for name in (each.username, each.secret) if name]


def variable_names(kit: ApiKit) -> str:
    """Return the variables of the kit's credentials, for messages: ``USER and TOKEN, or KEY``."""
    pairs = ([each.username, each.secret] if each.username else [each.secret] for each in kit.authentication.variables)
    return ", or ".join(" and ".join(pair) for pair in pairs)


def _credentials(environment: Mapping[str, str], variables: Variables) -> Credentials | None:
    username, secret = environment.get(variables.username, ""), environment.get(variables.secret, "")
    if not secret or (variables.username and not username):
        return None
    for name, value in ((variables.username, username), (variables.secret, secret)):
        if not value.isprintable() or not value.isascii() or value != value.strip():
            raise UsageError(f"{name} has blanks around it or characters that no credential has: set it again")
    if not username.startswith(variables.prefix) or ":" in username:
        raise UsageError(
            f"{variables.username} is no user name that begins with {variables.prefix} and has no colon: set it again"
        )
    return Credentials(username, secret)


def origin(url: str) -> tuple[str, str, int | None]:
    """Return scheme, host and port of ``url``, including default ports; ``("", "", None)`` if it cannot be parsed."""
    parts = split_url(url)
    if parts is None:
        return "", "", None
    return parts.scheme, parts.hostname or "", parts.port or DEFAULT_PORTS.get(parts.scheme)
