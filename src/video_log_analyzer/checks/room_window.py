"""All rooms of a closed part of the past: what filtered and paged lists are held against."""

from __future__ import annotations

from typing import Any

from contract_kit.check.list_laws import follow, rows_of, walk
from contract_kit.check.observed_response import Answer
from contract_kit.check.requester import ROOMS, Api, Query

# Larger lists are cut to their newest part, and to less where the budget is small.
_MOST_PAGES = 200
_BOUNDS = ("CreatedAfter", "CreatedBefore")


class Whole:
    """The rooms of a window, read in pages as large as they get.

    Args:
        api: Requests to the target.
        first: The answer to the first page; its query says which window it is.

    Raises:
        NoAnswerError: a page cannot be had.
    """

    def __init__(self, api: Api, first: Answer) -> None:
        self._api = api
        self.window: Query = [pair for pair in first.query if pair[0] in _BOUNDS]
        self.pages = follow(api, first, self._most())
        self.rooms = rows_of(self.pages)
        self.is_narrowed = False
        if self.pages[-1].url("next_page_url") is not None:
            self._narrow()

    def read_again(self) -> None:
        """Read the same window once more: something in it may have moved.

        Raises:
            NoAnswerError: a page cannot be had.
        """
        self.pages = walk(self._api, "list_rooms", ROOMS, [*self.window, ("PageSize", "1000")])
        self.rooms = rows_of(self.pages)

    def counts(self, room: dict[str, Any]) -> bool:
        """Whether a room holds still: on a live target only one whose processing is complete does."""
        return not self._api.session.target.is_live or room.get("processing_state") == "complete"

    def _most(self) -> int:
        left = self._api.session.door.budget.left("list_rooms")
        return _MOST_PAGES if left is None else max(1, min(_MOST_PAGES, left // 4))

    def _narrow(self) -> None:
        """Make the window as small as what was read of it: from the oldest start that was surely read to its end."""
        starts = [start for room in self.rooms if isinstance(start := room.get("create_time"), str)]
        if starts != sorted(starts, reverse=True) or len(set(starts)) < 2:
            return
        # More rooms may have started in the second that was read last, so it is left out.
        oldest = min(start for start in starts if start != starts[-1])
        self.is_narrowed = True
        self.window = [("CreatedAfter", oldest), *(pair for pair in self.window if pair[0] != "CreatedAfter")]
        self.rooms = [room for room in self.rooms if str(room.get("create_time")) >= oldest]
