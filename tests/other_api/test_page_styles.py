"""Styles of paging that no API of these tests has: the way to the next page, from one page."""

from __future__ import annotations

import json
from typing import Any

import pytest

from contract_kit.api import PageStyle, Query, Resource
from contract_kit.check.observed_response import ObservedResponse
from contract_kit.check.pages import Page
from contract_kit.masking import Masker
from contract_kit.pointer import value_at

URL = "https://api.example.com/items?limit=2"


def page(style: PageStyle, body: Any, rows: str = "", url: str = URL, link: str = "") -> Page:
    resource = Resource("item", key="id", list="listItems", rows=rows)
    headers = {"link": link} if link else {}
    response = ObservedResponse("listItems", "GET", url, 200, headers, json.dumps(body).encode(), Masker())
    return Page(style, resource, response, tuple(value_at(body, rows)))


TOKEN = PageStyle(size="limit", token="page", next_token="/next")
KEY = PageStyle(size="limit", after_key="starting_after", more="/has_more")
NUMBER = PageStyle(size="limit", number="page", first_number=1)
OFFSET = PageStyle(size="limit", offset="skip")
LINK = PageStyle(size="limit", next="Link", token="cursor")
TWO = [{"id": "a"}, {"id": 7}]


@pytest.mark.parametrize(
    ("style", "body", "rows", "query", "following"),
    [
        (TOKEN, {"items": TWO, "next": "t2"}, "/items", "", [("limit", "2"), ("page", "t2")]),
        (TOKEN, {"items": TWO, "next": "t3"}, "/items", "&page=t2", [("limit", "2"), ("page", "t3")]),
        (TOKEN, {"items": TWO, "next": None}, "/items", "", None),
        (TOKEN, {"items": TWO, "next": ""}, "/items", "", None),
        (TOKEN, {"items": TWO}, "/items", "", None),
        (KEY, {"data": TWO, "has_more": True}, "/data", "", [("limit", "2"), ("starting_after", "7")]),
        (KEY, {"data": TWO, "has_more": True}, "/data", "&starting_after=x", [("limit", "2"), ("starting_after", "7")]),
        (KEY, {"data": TWO, "has_more": False}, "/data", "", None),
        (NUMBER, TWO, "", "", [("limit", "2"), ("page", "2")]),
        (NUMBER, TWO, "", "&page=4", [("limit", "2"), ("page", "5")]),
        (NUMBER, [], "", "&page=4", None),
        (OFFSET, TWO, "", "&skip=6", [("limit", "2"), ("skip", "8")]),
        (OFFSET, [], "", "&skip=6", None),
    ],
)
def test_the_way_to_the_next_page(style: PageStyle, body: Any, rows: str, query: str, following: Query | None) -> None:
    assert page(style, body, rows, URL + query).following == following


@pytest.mark.parametrize(
    ("link", "following"),
    [
        ('<https://api.example.com/items?cursor=c>; rel="next"', "https://api.example.com/items?cursor=c"),
        ("</items?cursor=c>; rel=next", "https://api.example.com/items?cursor=c"),
        ('</a>; rel="prev", </b?x=1,2>; title="x"; rel="last next"', "https://api.example.com/b?x=1,2"),
        ('</a>; rel="prev"', None),
        ("", None),
    ],
)
def test_links_as_servers_write_them(link: str, following: str | None) -> None:
    assert page(LINK, TWO, link=link).following == following
