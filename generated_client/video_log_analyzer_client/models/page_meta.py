from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

T = TypeVar("T", bound="PageMeta")


@_attrs_define
class PageMeta:
    """Where a page stands among the others, and how to reach them.

    Attributes:
        key (str): The name of the key beside `meta` that holds the rows.
        url (str): This page.
        first_page_url (str): The first page of the same list.
        next_page_url (None | str): The next page; null on the last.
        previous_page_url (None | str): The page before; null on the first.
        page (int): The index of this page, from 0.
        page_size (int): How many rows this page could have held. It may hold fewer.
    """

    key: str
    url: str
    first_page_url: str
    next_page_url: None | str
    previous_page_url: None | str
    page: int
    page_size: int

    def to_dict(self) -> dict[str, Any]:
        key = self.key

        url = self.url

        first_page_url = self.first_page_url

        next_page_url: None | str
        next_page_url = self.next_page_url

        previous_page_url: None | str
        previous_page_url = self.previous_page_url

        page = self.page

        page_size = self.page_size

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "key": key,
                "url": url,
                "first_page_url": first_page_url,
                "next_page_url": next_page_url,
                "previous_page_url": previous_page_url,
                "page": page,
                "page_size": page_size,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        key = d.pop("key")

        url = d.pop("url")

        first_page_url = d.pop("first_page_url")

        def _parse_next_page_url(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        next_page_url = _parse_next_page_url(d.pop("next_page_url"))

        def _parse_previous_page_url(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        previous_page_url = _parse_previous_page_url(d.pop("previous_page_url"))

        page = d.pop("page")

        page_size = d.pop("page_size")

        page_meta = cls(
            key=key,
            url=url,
            first_page_url=first_page_url,
            next_page_url=next_page_url,
            previous_page_url=previous_page_url,
            page=page,
            page_size=page_size,
        )

        return page_meta
