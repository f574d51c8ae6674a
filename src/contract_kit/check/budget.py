"""How many requests a run may still send, by operation and by check."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from contract_kit.document import Operation


class Budget:
    """So many requests for the whole run, spread over the operations, and within each over the checks to come.

    Small budgets thus still see every operation, and an early check does not leave the later ones with nothing. What a
    check leaves over goes to those after it.

    Args:
        operations: Those with more parameters have more to be asked.
        most: The bound, or None for no bound at all.
    """

    def __init__(self, operations: Sequence[Operation], most: int | None) -> None:
        self.most = most
        weights = {operation.name: 2 + len(operation.parameters) for operation in operations}
        self._left: dict[str, int] | None = None if most is None else _shared(most, weights)
        self._allowance: dict[str, int] = dict(self._left or {})

    def begin(self, share: float) -> None:
        """A check begins; ``share`` is its part of what is left, above 0 to 1."""
        if self._left is not None:
            self._allowance = {name: math.ceil(left * min(1.0, share)) for name, left in self._left.items()}

    def left(self, operation: str) -> int | None:
        """How many requests the check that runs may still send, or None where nothing bounds them."""
        return None if self._left is None else min(self._allowance[operation], self._left[operation])

    def take(self, operation: str) -> bool:
        """Count one request; False where there is none left."""
        if self._left is None:
            return True
        if (self.left(operation) or 0) <= 0:
            return False
        self._left[operation] -= 1
        self._allowance[operation] -= 1
        return True


def _shared(most: int, weights: Mapping[str, int]) -> dict[str, int]:
    """``most`` in parts as their weights are, one for each before any gets more."""
    parts = dict.fromkeys(weights, 0)
    for _ in range(most):
        # The one that is furthest behind its weight.
        name = min(parts, key=lambda each: (parts[each] > 0, parts[each] / weights[each]))
        parts[name] += 1
    return parts
