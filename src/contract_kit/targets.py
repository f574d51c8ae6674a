"""What is checked: a URL, and the credentials for it."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from contract_kit.errors import UsageError

VENDOR_HOST = "insights.twilio.com"
# The vendor's regional hosts put an edge and a region between: insights.dublin.ie1.twilio.com.
_VENDOR_HOSTS = re.compile(r"insights\.(?:[a-z0-9-]+\.){0,2}twilio\.com")
DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Credentials:
    """User name and password for HTTP Basic; neither shows in ``repr()``."""

    username: str = field(repr=False)
    password: str = field(repr=False)


@dataclass(frozen=True)
class Target:
    """A service to check.

    Attributes:
        url: Its origin, without a path: ``https://insights.twilio.com``.
        credentials: What to authenticate with.
        embedded: Whether this is the emulator that the check started itself.
        faults: The names of faults that were planted into it.
        other: Credentials of another account, whose rooms the first must not see; None if there are none.
        strain: Whether wrong requests and other methods may be sent; None where the host decides.
    """

    url: str
    credentials: Credentials
    embedded: bool = False
    faults: tuple[str, ...] = ()
    other: Credentials | None = None
    strain: bool | None = None

    @property
    def is_loopback(self) -> bool:
        """Whether it runs on this machine: proxies are bypassed."""
        return is_loopback(urlsplit(self.url).hostname or "")

    @property
    def may_be_strained(self) -> bool:
        """Whether wrong requests, other methods and more than a few hundred requests may be sent."""
        return self.is_loopback if self.strain is None else self.strain

    @property
    def is_live(self) -> bool:
        """Whether it is the vendor's own service; nothing else is evidence about the live API."""
        parts = urlsplit(self.url)
        return parts.scheme == "https" and _VENDOR_HOSTS.fullmatch(parts.hostname or "") is not None

    @property
    def kind(self) -> str:
        """``live``, ``embedded`` or ``other``; what is not live counts as an emulator."""
        if self.is_live:
            return "live"
        return "embedded" if self.embedded else "other"

    @property
    def label(self) -> str:
        """What a reader must know about where an answer came from."""
        if self.is_live:
            return f"the live API at {self.url}"
        if self.embedded:
            planted = f" with {', '.join(self.faults)} planted" if self.faults else ""
            return f"the embedded emulator{planted} (no evidence about the live API)"
        return f"{self.url} (not the vendor's host: no evidence about the live API)"


def is_loopback(host: str) -> bool:
    """Whether ``host`` (``localhost``, ``127.0.0.1``, ``::1``) is this machine."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def parse_url(text: str, *, allow_http: bool = False) -> str:
    """The origin that ``text`` names, without a port that its scheme has anyway.

    Args:
        text: ``https://insights.twilio.com``.
        allow_http: Let ``http`` lead to another machine, for example to a service container of a CI job.

    Raises:
        UsageError: it is not an absolute http or https URL, has more than an origin, or would send credentials in
            the clear to another machine.
    """
    example = f"for example https://{VENDOR_HOST} or http://127.0.0.1:8080"
    try:
        parts = urlsplit(text.strip())
        port = parts.port
    except ValueError as error:
        raise UsageError(f"--target {text!r} is not a URL ({error}): give an origin, {example}") from None
    if parts.username is not None or parts.password is not None:
        raise UsageError("--target must not hold credentials: put them into the environment (see `vla check --help`)")
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise UsageError(f"--target {text!r} is not an http or https URL: give an origin, {example}")
    if re.search(r"[^a-zA-Z0-9.:_-]", parts.hostname):
        raise UsageError(f"--target {text!r} has no usable host name: give an origin, {example}")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise UsageError(f"--target {text!r} has more than an origin: leave out {parts.path or '?'}…; {example}")
    if parts.scheme == "http" and not allow_http and not is_loopback(parts.hostname):
        raise UsageError(
            f"--target {text!r} would send credentials in the clear: use https, or --allow-http where you trust it"
        )
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    # As HTTP clients spell it: what they ask begins with it.
    is_default = port in {None, DEFAULT_PORTS[parts.scheme]}
    return f"{parts.scheme}://{host}" + ("" if is_default else f":{port}")


def credentials_from(environment: Mapping[str, str]) -> Credentials:
    """The API key and its secret where both are set, else the account SID and its auth token.

    Raises:
        UsageError: neither pair is complete, or a value cannot be sent in HTTP Basic.
    """
    for names in (("TWILIO_API_KEY", "SK", "TWILIO_API_SECRET"), ("TWILIO_ACCOUNT_SID", "AC", "TWILIO_AUTH_TOKEN")):
        if (found := _pair(environment, *names)) is not None:
            return found
    variables = ("TWILIO_API_KEY", "TWILIO_API_SECRET", "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN")
    half = [name for name in variables if environment.get(name)]
    some = f" (found only {', '.join(half)})" if half else ""
    raise UsageError(
        "--target needs credentials in the environment: TWILIO_API_KEY and TWILIO_API_SECRET, "
        f"or TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN{some}"
    )


def other_credentials_from(environment: Mapping[str, str]) -> Credentials | None:
    """Another account's SID and token, from ``VLA_OTHER_ACCOUNT_SID`` and ``VLA_OTHER_AUTH_TOKEN``; None without both.

    Raises:
        UsageError: a value cannot be sent in HTTP Basic.
    """
    return _pair(environment, "VLA_OTHER_ACCOUNT_SID", "AC", "VLA_OTHER_AUTH_TOKEN")


def _pair(
    environment: Mapping[str, str], user_variable: str, prefix: str, password_variable: str
) -> Credentials | None:
    username, password = environment.get(user_variable, ""), environment.get(password_variable, "")
    if not username or not password:
        return None
    for variable, value in ((user_variable, username), (password_variable, password)):
        if not value.isprintable() or not value.isascii() or value != value.strip():
            raise UsageError(f"{variable} has blanks around it or characters that no credential has: set it again")
    if not username.startswith(prefix) or ":" in username:
        raise UsageError(f"{user_variable} is not a SID that begins with {prefix}: set it again")
    return Credentials(username, password)
