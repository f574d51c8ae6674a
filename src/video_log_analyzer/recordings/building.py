"""One value built from a parser's events, and never more of it than the bounds allow."""

from __future__ import annotations

from typing import Any

from video_log_analyzer.recordings.bounds import DEEPEST, MOST_NODES


class Bounded:
    """Takes events until the value is complete; beyond the bounds it only counts levels, and holds nothing.

    Attributes:
        value: What was built.
        too_large: Whether the bounds were passed; ``value`` is then of no use.
    """

    def __init__(self) -> None:
        self.value: Any = None
        self.too_large = False
        self._containers: list[Any] = []
        self._keys: list[str] = []
        self._level = 0
        self._nodes = 0

    @property
    def complete(self) -> bool:
        """Whether the value has ended; true before the first event, too."""
        return self._level == 0

    def begin(self, container: dict[str, Any] | list[Any]) -> None:
        """An object or array begins."""
        self._level += 1
        self._nodes += 1
        if self._level > DEEPEST or self._nodes > MOST_NODES:
            self._give_up()
        if not self.too_large:
            self._attach(container)
            self._containers.append(container)
            self._keys.append("")

    def end(self) -> None:
        """It ends."""
        self._level -= 1
        if not self.too_large:
            self._containers.pop()
            self._keys.pop()

    def key(self, name: str) -> None:
        """A key of the innermost object."""
        if not self.too_large:
            self._keys[-1] = name

    def scalar(self, value: Any) -> None:
        """Text, a number, true, false, null; or a value that was built before."""
        self._nodes += 1
        if self._nodes > MOST_NODES:
            self._give_up()
        if not self.too_large:
            self._attach(value)

    def _attach(self, value: Any) -> None:
        if not self._containers:
            self.value = value
        elif isinstance(self._containers[-1], dict):
            self._containers[-1][self._keys[-1]] = value
        else:
            self._containers[-1].append(value)

    def _give_up(self) -> None:
        self.too_large = True
        self.value = None
        self._containers.clear()
        self._keys.clear()
