"""The number of requests that a run may still send, by operation and by check."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from contract_kit.document import Operation


class Budget:
    """The request budget of a run, shared among the operations, and within each operation among the checks.

    So a small budget still reaches every operation, and early checks leave requests for later ones. Later checks get
    what an earlier one did not use.

    Args:
        operations: The operations; one with more parameters gets a larger share.
        most: The number of requests for the whole run, or None for no limit.
    """

    def __init__(self, operations: Sequence[Operation], most: int | None) -> None:
        self.most = most
        weights = {operation.name: 2 + len(operation.parameters) for operation in operations}
        self._left: dict[str, int] | None = None if most is None else _shared(most, weights)
        self._allowance: dict[str, int] = dict(self._left or {})

    def begin(self, share: float) -> None:
        """Begin a check; ``share``, above 0 and up to 1, is its part of the remaining requests."""
        if self._left is not None:
            self._allowance = {name: math.ceil(left * min(1.0, share)) for name, left in self._left.items()}

    def left(self, operation: str) -> int | None:
        """The number of requests that the running check may still send to ``operation``, or None for no limit."""
        return None if self._left is None else min(self._allowance[operation], self._left[operation])

    def take(self, operation: str) -> bool:
        """Count one request; return False if none is left."""
        if self._left is None:
            return True
        if (self.left(operation) or 0) <= 0:
            return False
        self._left[operation] -= 1
        self._allowance[operation] -= 1
        return True


def _shared(most: int, weights: Mapping[str, int]) -> dict[str, int]:
    """Divide ``most`` in proportion to the weights, giving each name one before any gets a second."""
    names, total = len(weights), sum(weights.values())
    # No name ends further below its proportional part than this; so the loop need not run once a request.
    least = {name: max(1, most * weight // total - names) for name, weight in weights.items()}
    parts = least if most > names else dict.fromkeys(weights, 0)
    for _ in range(most - sum(parts.values())):
        # The name that is furthest behind its weight.
        name = min(parts, key=lambda each: (parts[each] > 0, parts[each] / weights[each]))
        parts[name] += 1
    return parts
