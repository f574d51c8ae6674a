"""Rounds that alternate between the compared sides, and medians of what they gave."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from statistics import median


def alternate(
    sides: Mapping[str, Callable[[], float]], rounds: int, *, say: Callable[[str], None] = lambda _line: None
) -> dict[str, list[float]]:
    """Measure each side once a round, the first side first in even rounds and last in odd ones.

    What else the machine does then falls on all sides alike.

    Returns:
        For each side its figures in the order of the rounds.
    """
    figures: dict[str, list[float]] = {name: [] for name in sides}
    for number in range(rounds):
        for name in list(sides) if number % 2 == 0 else reversed(list(sides)):
            figures[name].append(sides[name]())
        say(f"round {number + 1} of {rounds}: " + ", ".join(f"{name} {each[-1]:.4g}" for name, each in figures.items()))
    return figures


def ratio(one: list[float], other: list[float]) -> float:
    """Return the ratio of the medians."""
    return median(one) / median(other)
