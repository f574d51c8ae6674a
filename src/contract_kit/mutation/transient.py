"""Failures on the way that end within a few retries: a check must ride them out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from contract_kit.contract import Contract
from contract_kit.mutation.exchange import ProxyAnswer, ProxyRequest, Scene
from contract_kit.mutation.mutation import Mutation, OnAnswer

_FAMILY = "transient failure"


def failures(contract: Contract) -> Iterator[Mutation]:
    """Yield failures of the connection, and errors of gateways, for two of forty requests in a row."""
    for name, imitates, changes in (
        ("closed", "A connection is closed without an answer", {"drops": "close"}),
        ("reset", "A connection is reset", {"drops": "reset"}),
        ("cut", "A body is cut off", {"drops": "cut"}),
        ("closed-silently", "A connection is closed behind an answer that did not say so", {"drops": "silent"}),
        ("pause", "An answer waits for a lock", {"pause": 1.5}),
    ):
        yield Mutation(f"passing-{name}", "transient failure", _FAMILY, imitates, answer=_now_and_then(changes, 0))
    for status in (502, 503, 504):
        yield Mutation(
            f"passing-{status}",
            "transient failure",
            _FAMILY,
            f"A gateway answers {status}, in HTML",
            answer=_now_and_then({}, status),
        )


def _now_and_then(changes: dict[str, Any], status: int) -> OnAnswer:
    def change(answer: ProxyAnswer, request: ProxyRequest, scene: Scene) -> ProxyAnswer:
        asked = scene.memory["asked"] = int(scene.memory.get("asked", 0)) + 1
        if asked % 40 < 38:
            return answer
        if not status:
            return answer.delivered(**changes)
        return replace(answer, status=status, headers=(("Content-Type", "text/html"),), body=b"<h1>Try again</h1>")

    return change
