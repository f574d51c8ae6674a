"""The faults of one emulator, by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from contract_kit.catalogue import Catalogue
from contract_kit.emulator.asgi import ASGIApp
from contract_kit.emulator.messages import Request, Response

Respond = Callable[[Request], Response]
FaultKind = Literal["contract", "transient failure", "alternative"]


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

    An ``alternative`` is no fault, but another behaviour that the sources allow.

    A check must report a fault of the kind ``contract``, and must not notice a ``transient failure``, since it ends
    within a few retries. ``imitates`` says in one line what happens in the world.
    """

    name: str
    kind: FaultKind
    family: str
    imitates: str
    plant: Callable[[Any], None]


class FaultRegistry(Catalogue[Fault]):
    """Every fault of one emulator."""

    def apply(self, app: HookedApp, names: Iterable[str]) -> None:
        """Plant exactly these faults in a running app and lift all others.

        Raises UsageError for an unknown name, before anything changes.
        """
        chosen = self.find(names)
        app.unhook()
        for fault in chosen:
            fault.plant(app)
