from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="Error")


@_attrs_define
class Error:
    """What went wrong.

    Attributes:
        code (int): The vendor's code for the error.
        message (str): What went wrong, for a person.
        more_info (str): Where the vendor explains the code.
        status (int): The HTTP status of the answer, again.
    """

    code: int
    message: str
    more_info: str
    status: int

    def to_dict(self) -> dict[str, Any]:
        code = self.code

        message = self.message

        more_info = self.more_info

        status = self.status

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "code": code,
                "message": message,
                "more_info": more_info,
                "status": status,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        code = d.pop("code")

        message = d.pop("message")

        more_info = d.pop("more_info")

        status = d.pop("status")

        error = cls(
            code=code,
            message=message,
            more_info=more_info,
            status=status,
        )

        return error
