"""The faults of one emulator, by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from contract_kit.emulator.asgi import ASGIApp
from contract_kit.emulator.messages import Request, Response
from contract_kit.errors import UsageError
from contract_kit.near_miss import did_you_mean

Respond = Callable[[Request], Response]
FaultKind = Literal["contract", "transient failure"]


class HookedApp(Protocol):
    """An application that faults can be planted in: they wrap its hooks, which may be more than these two."""

    serve: ASGIApp  # the connection
    respond: Respond  # from a request to its response

    def unhook(self) -> None:
        """Make every hook what it was before the first fault."""

    def error_body(self, status: int) -> bytes:
        """Return the body of an error with this status, such as 429, in the API's own shape."""


@dataclass(frozen=True)
class Fault:
    """One fault: ``plant`` wraps a hook of an app. What the fault remembers begins anew each time it is planted.

    A check must report a fault of the kind ``contract``, and must not notice a ``transient failure``, since it ends
    within a few retries. ``imitates`` says in one line what happens in the world.
    """

    name: str
    kind: FaultKind
    family: str
    imitates: str
    plant: Callable[[Any], None]


class FaultRegistry:
    """Every fault of one emulator, in the order given. Raises ValueError if two have the same name."""

    def __init__(self, families: Iterable[Iterable[Fault]]) -> None:
        self._faults: dict[str, Fault] = {}
        for family in families:
            for fault in family:
                if fault.name in self._faults:
                    raise ValueError(f"two faults are named {fault.name!r}")
                self._faults[fault.name] = fault

    def __iter__(self) -> Iterator[Fault]:
        return iter(self._faults.values())

    def find(self, names: Iterable[str]) -> list[Fault]:
        """Return the faults of these names; raises UsageError for an unknown one."""
        found = []
        for name in names:
            if name not in self._faults:
                hint = did_you_mean(name, self._faults)
                raise UsageError(f"fault {name!r}: unknown{hint}; --list-faults of the emulator names all of them")
            found.append(self._faults[name])
        return found

    def apply(self, app: HookedApp, names: Iterable[str]) -> None:
        """Plant exactly these faults in a running app and lift all others.

        Raises UsageError for an unknown name, before anything changes.
        """
        chosen = self.find(names)
        app.unhook()
        for fault in chosen:
            fault.plant(app)

    def table(self) -> str:
        """Return all faults as text: one line each with name and what it imitates, under their kind and family."""
        width = max(map(len, self._faults))
        lines: list[str] = []
        heading = ""
        for fault in self:
            new = fault.kind if fault.kind == fault.family else f"{fault.kind}: {fault.family}"
            if heading != new:
                heading = new
                lines += ["", heading] if lines else [heading]
            lines.append(f"  {fault.name:{width}}  {fault.imitates}")
        return "\n".join(lines)
