"""HTML that is escaped by construction: text becomes an ``Html`` only through ``element``."""

from __future__ import annotations

from html import escape
from typing import Self

from contract_kit.reports.text import visible

_VOID = frozenset({"input", "link", "meta"})


class Html(str):
    """Markup of ours, which is not escaped again."""

    __slots__ = ()

    @classmethod
    def joined(cls, *parts: str) -> Self:
        """The parts one behind the other; those that are not markup are escaped."""
        return cls("".join(part if isinstance(part, Html) else escape(visible(part, keep="\n\t")) for part in parts))


def element(name: str, /, *children: str, **attributes: str | bool) -> Html:
    """``element("td", "a < b", class_="x", aria_label="y")``.

    Underscores in attributes are dashes; ``True`` writes a name without a value, ``False`` nothing.
    """
    written = "".join(
        f" {key.rstrip('_').replace('_', '-')}" + ("" if value is True else f'="{escape(visible(str(value)))}"')
        for key, value in attributes.items()
        if value is not False
    )
    if name in _VOID:
        return Html(f"<{name}{written}>")
    return Html(f"<{name}{written}>{Html.joined(*children)}</{name}>")
