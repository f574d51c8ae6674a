"""The request of an example as a command for a shell."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import replace

from contract_kit.api import ApiKit, Variables
from contract_kit.findings.finding import Example
from contract_kit.targets import Target

# The caller without credentials, or with wrong ones.
NOBODY = "nobody"
_REQUEST = re.compile(r"([A-Z]{1,20}) (/\S*)")
_MASKED = re.compile(r"[^/?&=\s]{0,40}…[0-9a-f]{6}")


def with_command(example: Example, kit: ApiKit, target: Target, environment: Mapping[str, str]) -> Example:
    """Return an example with its request as a command; see ``command``."""
    return replace(example, curl=command(example, kit, target, environment))


def command(example: Example, kit: ApiKit, target: Target, environment: Mapping[str, str]) -> str:
    """Return ``curl -u "$USER:$TOKEN" 'https://…/items?limit=2'``; ``""`` if the example has no whole request.

    Credentials are variables of the environment: those of the run, or for an embedded emulator those that it prints
    when it is started. Masked keys stay masked, and a comment names them.
    """
    request = _REQUEST.fullmatch(example.request)
    if request is None:
        return ""
    method, path = request[1], request[2]
    variables = _variables(example.caller, kit, target, environment)
    option, query = _credentials(kit, variables)
    origin = f"${kit.emulator.url}" if target.embedded and kit.emulator is not None else target.url
    url = f"{origin}{path}" + (f"{'&' if '?' in path else '?'}{query}" if query else "")
    # Only what we wrote is expanded by the shell, never what the target or its data gave.
    quoted = shlex.quote(url) if "$" not in origin + query else _expanding(url, origin, query)
    how = f"-X {method}" if method not in {"GET", "HEAD"} else "-I" if method == "HEAD" else ""
    notes = []
    if masked := dict.fromkeys(_MASKED.findall(path)):
        notes.append(f"masked: {', '.join(masked)}")
    if example.caller and variables is None:
        notes.append(f"sent as {example.caller}: with wrong credentials, or none")
    return " ".join(filter(None, ["curl", how, option, quoted, f" # {'; '.join(notes)}" if notes else ""]))


def _variables(caller: str, kit: ApiKit, target: Target, environment: Mapping[str, str]) -> Variables | None:
    """Return the variables of the caller's credentials; None for those that no variable holds."""
    if caller:
        return None if caller == NOBODY else kit.authentication.other
    if target.embedded and kit.emulator is not None:
        return Variables(kit.emulator.secret, username=kit.emulator.username)
    given = kit.authentication.variables
    complete = (each for each in given if all(map(environment.get, filter(None, (each.username, each.secret)))))
    return next(complete, given[0] if given else None)


def _credentials(kit: ApiKit, variables: Variables | None) -> tuple[str, str]:
    """Return curl's option, and a part of the query, with the credentials."""
    if variables is None:
        return "", ""
    match kit.authentication.scheme:
        case "Basic":
            return f'-u "${variables.username}:${variables.secret}"', ""
        case "Bearer":
            return f'-H "Authorization: Bearer ${variables.secret}"', ""
        case "header":
            return f'-H "{kit.authentication.name}: ${variables.secret}"', ""
        case "query":
            return "", f"{kit.authentication.name}=${variables.secret}"
        case _:
            return "", ""


def _expanding(url: str, *expanded: str) -> str:
    """Quote a URL of which the parts that hold variables are expanded."""
    start, end = expanded
    middle = url[len(start) : len(url) - len(end)] if end else url[len(start) :]
    parts = [f'"{start}"', shlex.quote(middle), f'"{end}"' if end else ""]
    return "".join(parts)
