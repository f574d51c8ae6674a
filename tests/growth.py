"""How the work of a call grows with its input: a ratio within one process, so that a busy machine does not matter."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

FACTOR = 16
# Work in proportion to the input grows 16 times, quadratic work 256 times.
MOST = 64
# Below this the clock and the call itself count for more than the work.
_LEAST = 2e-5

Input = TypeVar("Input")


def grows_too_fast(call: Callable[[Input], object], small: Input, large: Input) -> bool:
    """Whether ``call`` takes more than ``MOST`` times as long for ``large``, which is ``FACTOR`` times ``small``."""
    return all(_grows(call, small, large, times) for times in (2, 5, 5))


def _grows(call: Callable[[Input], object], small: Input, large: Input, times: int) -> bool:
    return _quickest(call, large, times) > MOST * max(_quickest(call, small, times), _LEAST)


def _quickest(call: Callable[[Input], object], given: Input, times: int) -> float:
    quickest = float("inf")
    for _ in range(times):
        begun = time.perf_counter()
        call(given)
        quickest = min(quickest, time.perf_counter() - begun)
    return quickest
