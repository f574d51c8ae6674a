"""Ways in which such an API drifts or fails, by name, to measure a check against.

A ``contract`` fault breaks what the sources say: a check must report it. A ``transient failure`` (latency, bursts,
drops) ends within a few retries: a check must ride it out. One module a family; each fault is one small function, and
its docstring's one line says what it imitates. A fault wraps one of the hooks of ``App``: ``authenticate``, ``select``
(the store's page of a list), ``respond`` (request to response) or ``serve`` (the ASGI application).
"""

from contract_kit.emulator.faults import bodies, transient_failures
from contract_kit.emulator.faults import headers as any_headers
from contract_kit.emulator.faults.registry import FaultRegistry
from video_log_analyzer.emulator.faults import (
    authentication,
    consistency,
    errors,
    filters,
    formats,
    headers,
    keys,
    nulls,
    paging,
    parameters,
    statuses,
    values,
    wrong_types,
)

FAULTS = FaultRegistry(
    [
        authentication.faults,
        bodies.faults,
        consistency.faults,
        errors.faults,
        filters.faults,
        formats.faults,
        any_headers.faults,
        headers.faults,
        keys.faults,
        wrong_types.faults,
        nulls.faults,
        paging.faults,
        parameters.faults,
        statuses.faults,
        values.faults,
        transient_failures.faults,
    ]
)

__all__ = ["FAULTS"]
