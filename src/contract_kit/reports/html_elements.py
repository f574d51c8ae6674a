"""HTML that is always escaped: text becomes ``Html`` only through ``element`` and ``Html.joined``."""

from __future__ import annotations

from html import escape
from typing import Self

from contract_kit.reports.text import visible

_VOID = frozenset({"input", "link", "meta"})


class Html(str):
    """Markup that is already escaped."""

    __slots__ = ()

    @classmethod
    def joined(cls, *parts: str) -> Self:
        """Join the parts; those that are not ``Html`` are escaped."""
        return cls("".join(part if isinstance(part, Html) else escape(visible(part, keep="\n\t")) for part in parts))


def element(name: str, /, *children: str, **attributes: str | bool) -> Html:
    """Return an element: ``element("td", "a < b", class_="x", aria_label="y")``.

    Underscores in attribute names become dashes; ``True`` gives an attribute without a value, ``False`` none.
    """
    written = "".join(
        f" {key.rstrip('_').replace('_', '-')}" + ("" if value is True else f'="{escape(visible(str(value)))}"')
        for key, value in attributes.items()
        if value is not False
    )
    if name in _VOID:
        return Html(f"<{name}{written}>")
    return Html(f"<{name}{written}>{Html.joined(*children)}</{name}>")
