"""Every fault by its name."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from weakref import WeakKeyDictionary

from contract_kit.emulator.messages import Request, Response
from contract_kit.errors import UsageError
from video_log_analyzer.emulator.pages import Select

if TYPE_CHECKING:
    from contract_kit.emulator.asgi import ASGIApp
    from video_log_analyzer.emulator.app import App

Authenticate = Callable[[Request], str]
Respond = Callable[[Request], Response]
Kind = Literal["contract", "weather"]


@dataclass(frozen=True)
class Fault:
    """One fault: ``plant`` wraps a seam of an app. What the fault remembers begins anew each time it is planted."""

    name: str
    kind: Kind
    family: str
    imitates: str
    plant: Callable[[App], None]


REGISTRY: dict[str, Fault] = {}
# The seams of each app as they were before the first fault.
_SOUND: WeakKeyDictionary[App, tuple[Authenticate, Select, Respond, ASGIApp]] = WeakKeyDictionary()


def register(function: Callable[..., object], plant: Callable[[App], None], kind: Kind = "contract") -> None:
    """Enter the fault ``no-cors`` of the family ``headers`` for a function ``_no_cors`` in a module ``headers``."""
    name = function.__name__.removeprefix("_").replace("_", "-")
    if name in REGISTRY:
        raise ValueError(f"two faults are named {name!r}")
    family = function.__module__.rpartition(".")[2]
    REGISTRY[name] = Fault(name, kind, family, (function.__doc__ or "").rstrip("."), plant)


def find(names: Iterable[str]) -> list[Fault]:
    """Return the faults of these names; raises UsageError for an unknown one."""
    faults = []
    for name in names:
        if name not in REGISTRY:
            near = difflib.get_close_matches(name, REGISTRY, n=4, cutoff=0.4)
            hint = f"did you mean {', '.join(near)}?" if near else "see `vla emulator --list-faults`"
            raise UsageError(f"fault {name!r}: unknown; {hint}")
        faults.append(REGISTRY[name])
    return faults


def apply(app: App, names: Iterable[str]) -> None:
    """Plant exactly these faults in a running app and lift all others; raises UsageError before it changes anything."""
    chosen = find(names)
    seams = _SOUND.setdefault(app, (app.authenticate, app.select, app.respond, app.serve))
    app.authenticate, app.select, app.respond, app.serve = seams
    for fault in chosen:
        fault.plant(app)


def table() -> str:
    """Return all faults as text: one line each with name and what it imitates, under their kind and family."""
    width = max(map(len, REGISTRY))
    lines: list[str] = []
    heading = ""
    for fault in REGISTRY.values():
        if heading != (heading := fault.family if fault.kind == "weather" else f"{fault.kind}: {fault.family}"):
            lines += ["", heading] if lines else [heading]
        lines.append(f"  {fault.name:{width}}  {fault.imitates}")
    return "\n".join(lines)
