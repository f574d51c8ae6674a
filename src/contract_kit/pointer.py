"""JSON pointers into a body: ``/meta/next_page_url``; ``""`` is the body itself."""

from __future__ import annotations

from typing import Any


def value_at(body: object, pointer: str) -> Any:
    """Return the value at ``pointer``, or None if there is none."""
    found: Any = body
    for step in pointer.split("/")[1:]:
        key = step.replace("~1", "/").replace("~0", "~")
        if isinstance(found, dict):
            found = found.get(key)
        elif isinstance(found, list) and key.isdigit() and int(key) < len(found):
            found = found[int(key)]
        else:
            return None
    return found
