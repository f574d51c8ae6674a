"""Ways in which such an API drifts or fails, by name, to measure a check against.

A ``contract`` fault breaks what the sources say: a check must report it. ``weather`` (latency, bursts, drops) ends
within a few retries: a check must ride it out. One module a family; each fault is one small function, and its
docstring's one line says what it imitates. A fault wraps one of the seams of ``App``: ``authenticate``, ``select`` (the
store's page of a list), ``respond`` (request to response) or ``serve``
(the ASGI application).
"""

from collections.abc import Iterable, Iterator

from contract_kit.emulator.faults import bodies, headers, transient_failures
from contract_kit.emulator.faults.registry import REGISTRY, Fault, apply, find, table
from video_log_analyzer.emulator.faults import (
    authentication,
    consistency,
    errors,
    filters,
    formats,
    keys,
    nulls,
    paging,
    parameters,
    statuses,
    values,
    wrong_types,
)


class _Faults:
    """Every fault of the emulator."""

    def __iter__(self) -> Iterator[Fault]:
        return iter(REGISTRY.values())

    def find(self, names: Iterable[str]) -> list[Fault]:
        """The faults of these names."""
        return find(names)


FAULTS = _Faults()

__all__ = [
    "FAULTS",
    "REGISTRY",
    "Fault",
    "apply",
    "authentication",
    "bodies",
    "consistency",
    "errors",
    "filters",
    "find",
    "formats",
    "headers",
    "keys",
    "nulls",
    "paging",
    "parameters",
    "statuses",
    "table",
    "transient_failures",
    "values",
    "wrong_types",
]
