"""The page URLs of an answer: read them, change them, and the queries in them."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import parse_qsl, urlencode

from contract_kit.api import PageStyle
from contract_kit.mutation.exchange import Pairs, ProxyAnswer, set_at
from contract_kit.pointer import value_at

ROLES = ("next", "previous", "first", "this")
_LINK = re.compile(r'<([^<>]*)>\s*;\s*rel="?(\w+)"?')
_RELATIONS = {"next": "next", "previous": "prev", "first": "first", "this": "self"}


def page_url(answer: ProxyAnswer, style: PageStyle, role: str) -> str | None:
    """The URL of the ``next``, ``previous``, ``first`` or ``this`` page, or None."""
    where = getattr(style, role)
    if where == "Link":
        return {relation: url for url, relation in _LINK.findall(answer.header("Link"))}.get(_RELATIONS[role])
    value = value_at(answer.document(), where) if where else None
    return value if isinstance(value, str) else None


def with_page_url(answer: ProxyAnswer, style: PageStyle, role: str, url: str | None) -> ProxyAnswer:
    """The answer with another URL for a page; None takes it away."""
    where = getattr(style, role)
    if where == "Link":
        links = [(each, relation) for each, relation in _LINK.findall(answer.header("Link"))]
        links = [link for link in links if link[1] != _RELATIONS[role]]
        if url is not None:
            links.append((url, _RELATIONS[role]))
        value = ", ".join(f'<{each}>; rel="{relation}"' for each, relation in links)
        return answer.with_header("Link", value or None)
    if not where:
        return answer
    document = answer.document()
    set_at(document, where, url)
    return answer.with_document(document)


def with_page_urls(
    answer: ProxyAnswer, style: PageStyle, change: Callable[[str], str], roles: tuple[str, ...] = ROLES
) -> ProxyAnswer:
    """The answer with each of its page URLs changed."""
    for role in roles:
        if (url := page_url(answer, style, role)) is not None and (changed := change(url)) != url:
            answer = with_page_url(answer, style, role, changed)
    return answer


def with_url_queries(answer: ProxyAnswer, style: PageStyle, change: Callable[[Pairs], Pairs]) -> ProxyAnswer:
    """The answer with the query of each of its page URLs changed."""

    def changed(url: str) -> str:
        base, _, query = url.partition("?")
        pairs = tuple(parse_qsl(query, keep_blank_values=True))
        after = change(pairs)
        return url if after == pairs else f"{base}?{urlencode(after)}" if after else base

    return with_page_urls(answer, style, changed)
