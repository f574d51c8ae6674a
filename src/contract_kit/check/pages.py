"""One page of a list, and how to get the next one, for every style of paging."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from contract_kit import foreign_text
from contract_kit.api import PageStyle, Query, Resource, Row
from contract_kit.check.observed_response import ObservedResponse
from contract_kit.foreign_text import integer, joined_url
from contract_kit.pointer import value_at

# RFC 8288, as servers write it: <URL>; rel="next"
_LINK = re.compile(r"<([^<>]*)>((?:\s*;[^,<]*)?)")
_RELATION = re.compile(r';\s*rel\s*=\s*"?([^";]*)"?', re.IGNORECASE)
_RELATIONS = {"next": "next", "previous": "prev", "first": "first", "this": "self"}


@dataclass(frozen=True)
class Page:
    """One page of a list.

    Attributes:
        style: How the API pages.
        resource: The resource that is listed.
        response: The response that holds the page.
        rows: The rows that are objects; anything else in the array is left out.
    """

    style: PageStyle
    resource: Resource
    response: ObservedResponse
    rows: tuple[Row, ...]

    @property
    def keys(self) -> list[str]:
        """The keys of the rows as text, in order; rows without a key are left out."""
        return keys_of(self.resource, self.rows)

    def at(self, pointer: str) -> object:
        """The value at ``pointer`` in the body: ``/meta/next``."""
        return value_at(self.response.json, pointer)

    def url(self, role: str) -> str | None:
        """The URL of the ``next``, ``previous``, ``first`` or ``this`` page, or None."""
        where = getattr(self.style, role)
        if not where:
            return None
        if where == "Link":
            return dict(self._links()).get(_RELATIONS[role])
        value = self.at(where)
        return value if isinstance(value, str) else None

    def location(self, role: str) -> str:
        """Where the response has that URL, as a finding names it: ``header:Link`` or a JSON pointer."""
        where: str = getattr(self.style, role)
        return "header:Link" if where == "Link" else where

    @property
    def following(self) -> Query | str | None:
        """The URL or the query of the next page, or None on the last page."""
        style = self.style
        query = [pair for pair in self.response.query if pair[0] not in {style.token, style.after_key}]
        if style.next:
            return self.url("next")
        if style.next_token:
            token = self.at(style.next_token)
            return [*query, (style.token, str(token))] if token not in {None, ""} else None
        if style.after_key:
            ended = self.at(style.more) is not True if style.more else not self.rows
            return None if ended or not self.keys else [*query, (style.after_key, self.keys[-1])]
        for name, first, step in ((style.number, style.first_number, 1), (style.offset, 0, len(self.rows))):
            if name and self.rows:
                now = integer(dict(self.response.query).get(name, str(first))) or first
                return [*(pair for pair in query if pair[0] != name), (name, str(now + step))]
        return None

    @property
    def is_first(self) -> bool:
        """Whether the request asked for the first page: it names no place in the list."""
        style, query = self.style, dict(self.response.query)
        numbers = {style.number: style.first_number, style.offset: 0}
        return not (query.keys() & ({style.token, style.after_key} - {""})) and all(
            query.get(name, str(first)) == str(first) for name, first in numbers.items() if name
        )

    def _links(self) -> Iterator[tuple[str, str]]:
        for url, attributes in _LINK.findall(self.response.headers.get("link", "")):
            for relations in _RELATION.findall(attributes):
                for relation in relations.split():
                    # One that cannot be joined is reported as it stands when it is followed.
                    yield relation.lower(), joined_url(self.response.url, url) or url


def query_of(following: Query | str | None) -> list[tuple[str, str]]:
    """The query of ``Page.following``, which is a URL or a query; empty if there is no next page."""
    return foreign_text.query_of(following) if isinstance(following, str) else list(following or ())


def keys_of(resource: Resource, rows: tuple[Row, ...] | list[Row]) -> list[str]:
    """The keys of the rows as text, in order; rows without a key are left out (conformance reports those)."""
    found = (row.get(resource.key) for row in rows)
    return [str(key) for key in found if isinstance(key, str | int) and not isinstance(key, bool)]


def listed(body: object, resource: Resource) -> list[Row] | None:
    """The rows in the body of a list that are objects; None if it has no array where the rows should be."""
    rows = value_at(body, resource.rows)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else None


def rows_of(pages: list[Page]) -> list[Row]:
    """The rows of all pages, in order."""
    return [row for page in pages for row in page.rows]
