"""The lending library as a kit: an API that has nothing in common with the one that this project is about."""

from __future__ import annotations

from pathlib import Path

from contract_kit.api import ApiKit, Authentication, ErrorShape, Filter, PageStyle, Privacy, Resource, Variables

KIT = ApiKit(
    name="Lending Library",
    program="library",
    document=Path(__file__).parent / "document.yaml",
    live_host=r"library\.example",
    example_target="https://library.example",
    authentication=Authentication(
        "Bearer", (Variables(secret="LIBRARY_TOKEN"),), other=Variables(secret="LIBRARY_OTHER_TOKEN")
    ),
    resources=(
        Resource(
            "member",
            key="id",
            list="listMembers",
            fetch="getMember",
            parameter="memberId",
            filters=(
                Filter("status", "status"),
                Filter("joinedFrom", "joined", "from"),
                Filter("joinedUntil", "joined", "before"),
            ),
        ),
        Resource("loan", key="id", list="listLoans", fetch="getLoan", parameter="loanId", parent="member"),
        Resource("fine", key="id", list="listFines", fetch="getFine", parameter="fineId", parent="member"),
    ),
    paging=PageStyle(size="limit", default_size=20, next="Link", previous="Link", first="Link", token="cursor"),
    errors=ErrorShape(status="/status", message="detail"),
    privacy=Privacy(pseudonyms={"name": "name", "email": "email"}),
)
