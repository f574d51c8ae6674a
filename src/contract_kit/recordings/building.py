"""Build one value from a parser's events, within bounds on its size."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from contract_kit.recordings.bounds import DEEPEST, MOST_NODES


class Bounded:
    """Builds one value; beyond ``DEEPEST`` levels or ``MOST_NODES`` values it drops the value and only counts levels.

    Attributes:
        value: The value.
        too_large: Whether the value exceeded the bounds; ``value`` is then None.
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
        """Whether the value has ended; also true before the first event."""
        return self._level == 0

    def begin(self, container: dict[str, Any] | list[Any]) -> None:
        """Begin an object or array."""
        self._level += 1
        self._nodes += 1
        if self._level > DEEPEST or self._nodes > MOST_NODES:
            self._give_up()
        if not self.too_large:
            self._attach(container)
            self._containers.append(container)
            self._keys.append("")

    def end(self) -> None:
        """End the innermost object or array."""
        self._level -= 1
        if not self.too_large:
            self._containers.pop()
            self._keys.pop()

    def key(self, name: str) -> None:
        """Set the next key of the innermost object."""
        if not self.too_large:
            self._keys[-1] = name

    def scalar(self, value: Any) -> None:
        """Add a text, number, boolean or null, or a value that is already built."""
        self._nodes += 1
        if self._nodes > MOST_NODES:
            self._give_up()
        if not self.too_large:
            self._attach(value)

    def json(self, events: Sequence[tuple[str, Any]], start: int) -> int:
        """Process ijson's events from ``start`` until the value is complete; return the index after the last one.

        This loop does the work of the methods above inline, since it is the innermost loop for large files.
        """
        containers, keys = self._containers, self._keys
        index = start
        for index in range(start, len(events)):
            event, value = events[index]
            if event == "map_key":
                if keys:
                    keys[-1] = value
                continue
            if event == "end_map" or event == "end_array":
                self.end()
            elif event == "start_map":
                self.begin({})
            elif event == "start_array":
                self.begin([])
            else:
                self._nodes += 1
                if self._nodes > MOST_NODES:
                    self._give_up()
                elif containers:
                    above = containers[-1]
                    if type(above) is dict:
                        above[keys[-1]] = value
                    else:
                        above.append(value)
                    continue
                elif not self.too_large:
                    self.value = value
            if not self._level:
                break
        return index + 1

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
