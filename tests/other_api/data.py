"""What the library holds: the same members, loans and fines in every run."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from itertools import count
from typing import Any

Resource = dict[str, Any]

STATUSES = ("active", "suspended", "closed")
INTERESTS = ("history", "poetry", "science", "travel", "crime")
REASONS = ("late", "damaged", "lost")
GIVEN = ("Ada", "Zoë", "Ibrahim", "Mei", "Núria", "Oskar", "Priya")
FAMILY = ("Brandt", "Okafor", "Lindqvist", "Ruiz", "Tanaka")
TITLES = ("The Glass Harbour", "A Field of Clocks", "Winter Tables", "Letters to a Lighthouse")
OPENING = datetime(2025, 9, 1, 9, 30, tzinfo=timezone(timedelta(hours=1)))


def _member(number: int, index: int) -> Resource:
    status = STATUSES[2] if index % 7 == 6 else STATUSES[1] if index % 5 == 4 else STATUSES[0]
    joined = date(2019, 1, 15) + timedelta(days=41 * index)
    return {
        "id": number,
        "name": f"{GIVEN[index % 7]} {FAMILY[index % 5]}",
        "status": status,
        "joined": joined.isoformat(),
        "closedOn": (joined + timedelta(days=30)).isoformat() if status == "closed" else None,
        "email": None if index % 6 == 5 else f"reader{number}@library.example",
        "address": {"street": f"{index + 1} Quay Street", "postalCode": f"{10000 + 37 * index}", "city": "Harbourside"},
        "interests": [INTERESTS[(index + step) % 5] for step in range(index % 4)],
    }


def _loan(number: int, member: int, index: int) -> Resource:
    borrowed = OPENING + timedelta(days=6 * index, minutes=17 * index, milliseconds=125 * index)
    returned = borrowed + timedelta(days=12, hours=3)
    return {
        "id": number,
        "member": member,
        "book": {"title": TITLES[index % 4], "isbn": None if index % 4 == 2 else f"978000000{1000 + number % 9000}"},
        "borrowedAt": _moment(borrowed),
        "due": _moment(borrowed + timedelta(days=28)),
        "returnedAt": _moment(returned) if index % 3 else None,
        "renewals": index % 3,
    }


def _fine(number: int, member: int, index: int, loans: list[Resource]) -> Resource:
    return {
        "id": number,
        "member": member,
        "loan": loans[index]["id"] if index < len(loans) else None,
        "reason": REASONS[index % 3],
        "amount": {"cents": 150 + 225 * index, "currency": "EUR"},
        "issuedOn": date(2025, 11, 3 + index).isoformat(),
        "paidOn": date(2025, 12, 1 + index).isoformat() if index % 2 else None,
    }


def _moment(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")


def _loans(members: list[Resource]) -> dict[int, list[Resource]]:
    """Twenty-five for the first member, fewer or none for the others."""
    numbers = count(5001)
    amounts = {member["id"]: (25 - 7 * index) % 26 for index, member in enumerate(members)}
    return {id_: [_loan(next(numbers), id_, index) for index in range(amount)] for id_, amount in amounts.items()}


def _fines(loans: dict[int, list[Resource]]) -> dict[int, list[Resource]]:
    """Three for the first member, two, one or none for the others."""
    numbers = count(9001)
    amounts = {member: (3 - index) % 4 for index, member in enumerate(loans)}
    return {
        id_: [_fine(next(numbers), id_, index, loans[id_]) for index in range(amount)]
        for id_, amount in amounts.items()
    }


# By branch, then by member.
MEMBERS = {
    "north": [_member(101 + index, index) for index in range(60)],
    "south": [_member(301 + index, index) for index in range(12)],
}
LOANS = _loans([*MEMBERS["north"], *MEMBERS["south"]])
FINES = _fines(LOANS)
