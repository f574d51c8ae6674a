"""The library without faults keeps its promises, and every fault breaks one that can be seen from outside."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from tests.other_api.faults import FAULTS
from tests.other_api.server import LendingLibrary

DOCUMENT = yaml.safe_load(Path(__file__).with_name("document.yaml").read_text())
FIRST = "/api/members/101"
# What the faults are looked for in: paths, each with the methods and tokens that say something about it.
QUERIES = [
    "?limit=7",
    "?limit=0",
    "?limit=101",
    "?limit=many",
    "?limit=5&limit=6",
    "?cursor=000a0000",
    "?status=nobody",
    "?status=suspended",
    "?status=closed&status=suspended",
    "?joinedFrom=2026-02-30",
    "?joinedFrom=2019-02-25&joinedUntil=2019-05-18",
]
PATHS = [FIRST, f"{FIRST}/loans", f"{FIRST}/fines", "/api/loans/5001", f"{FIRST}/fines/9001"]
UNKNOWN = ["/api/members/7", "/api/members/7/loans", "/api/members/301", "/api/members/301/loans"]


@pytest.fixture(scope="module")
def library() -> Iterator[LendingLibrary]:
    with LendingLibrary() as library:
        yield library


@pytest.fixture
def client(library: LendingLibrary) -> Iterator[httpx.Client]:
    library.faults = ()
    with httpx.Client(base_url=library.url, headers={"Authorization": f"Bearer {library.token}"}) as client:
        yield client


def walk(client: httpx.Client, url: str, rel: str = "next") -> list[httpx.Response]:
    """The pages from here on: eleven at most, none from elsewhere."""
    pages = [client.get(url)]
    while len(pages) < 11 and (link := pages[-1].links.get(rel, {}).get("url", "")).startswith(str(client.base_url)):
        pages.append(client.get(link))
    return pages


def ids(pages: list[httpx.Response]) -> list[int]:
    return [row["id"] for page in pages for row in page.json()]


def refused(answer: httpx.Response, status: int) -> bool:
    """Is this a problem with the status?"""
    kind = answer.headers["Content-Type"]
    return answer.status_code == status == answer.json()["status"] and kind == "application/problem+json"


def test_the_document_is_valid() -> None:
    validate(DOCUMENT)


@pytest.mark.parametrize("path", ["/api/members", *PATHS])
def test_answers_conform(client: httpx.Client, path: str) -> None:
    name = "Loan" if "loan" in path else "Fine" if "fine" in path else "Member"
    validator = Draft202012Validator({"$ref": f"#/components/schemas/{name}", "components": DOCUMENT["components"]})
    for page in walk(client, path):
        rows = page.json()
        for row in rows if isinstance(rows, list) else [rows]:
            validator.validate(row)
            assert client.get(row["self"]).json() == row


@pytest.mark.parametrize(("path", "total"), [("/api/members", 60), (f"{FIRST}/loans", 25), (f"{FIRST}/fines", 3)])
@pytest.mark.parametrize("limit", [7, 20, 100])
def test_pages_join(client: httpx.Client, path: str, total: int, limit: int) -> None:
    pages = walk(client, f"{path}?limit={limit}")
    assert ids(pages) == ids([client.get(f"{path}?limit=100")])
    assert len(ids(pages)) == total
    assert all(len(page.json()) == limit for page in pages[:-1])
    back = walk(client, str(pages[-1].url), "prev")
    assert [page.json() for page in reversed(back)] == [page.json() for page in pages]
    assert all(client.get(page.links["first"]["url"]).json() == pages[0].json() for page in pages)


def test_filters(client: httpx.Client) -> None:
    rows = client.get("/api/members?limit=100").json()
    query = "status=closed&status=suspended&joinedFrom=2019-02-25&joinedUntil=2021-05-18&limit=4"
    expected = [row["id"] for row in rows if row["status"] != "active" and "2019-02-25" <= row["joined"] < "2021-05-18"]
    assert ids(walk(client, f"/api/members?{query}")) == expected != []


@pytest.mark.parametrize("query", [*QUERIES[1:7], "?limit=", "?limit=%FF", QUERIES[9], "?joinedUntil=20260101"])
def test_400(client: httpx.Client, query: str) -> None:
    assert refused(client.get(f"/api/members{query}"), 400)


def test_a_cursor_is_for_one_list_and_one_caller(client: httpx.Client, library: LendingLibrary) -> None:
    link = client.get("/api/members?status=active&limit=5").links["next"]["url"]
    assert client.get(link).status_code == 200
    assert refused(client.get(link[:-1]), 400)
    assert refused(client.get(link.replace("active", "closed")), 400)
    assert refused(client.get(link, headers={"Authorization": f"Bearer {library.other_token}"}), 400)


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer wrong", "Basic north-branch-token"])
def test_401_comes_first(client: httpx.Client, authorization: str) -> None:
    for method, path in [("GET", "/api/members?limit=0"), ("POST", FIRST), ("GET", "/nowhere")]:
        answer = client.request(method, path, headers={"Authorization": authorization})
        assert refused(answer, 401)
        assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("id_", ["7", "0", "-1", "0101", "1e2", "%31x", "%ZZ", "%D9%A1", "9" * 5000])
def test_404(client: httpx.Client, id_: str) -> None:
    for path in (f"/api/members/{id_}", f"/api/members/{id_}/loans", f"/api/loans/{id_}", f"{FIRST}/fines/{id_}"):
        assert refused(client.get(path), 404)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY", "HEAD", "SPY"])
def test_405(client: httpx.Client, method: str) -> None:
    for path in ("/api/members", *PATHS):
        answer = client.send(client.build_request(method, path, content=b"?"))
        assert (answer.status_code, answer.headers["Allow"]) == (405, "GET")


def test_bodies_are_skipped(client: httpx.Client) -> None:
    for content in (b"GET /nowhere HTTP/1.1\r\n\r\n", iter([b"GET ", b"/nowhere"])):
        assert client.request("GET", FIRST, content=content).json()["id"] == 101
        assert client.get(FIRST).json()["id"] == 101


def test_branches_see_only_their_own(client: httpx.Client, library: LendingLibrary) -> None:
    other = {"Authorization": f"Bearer {library.other_token}"}
    theirs = client.get("/api/members", headers=other).json()
    assert [row["id"] for row in theirs] == list(range(301, 313))
    assert refused(client.get("/api/members/301"), 404)
    for path in PATHS:
        assert refused(client.get(path, headers=other), 404)


@pytest.fixture(scope="module")
def sound(library: LendingLibrary) -> list[Any]:
    library.faults = ()
    return seen(library)


def seen(library: LendingLibrary) -> list[Any]:
    """What a caller gets to see of everything above."""
    with httpx.Client(base_url=library.url, headers={"Authorization": f"Bearer {library.token}"}) as client:
        answers = [page for query in ("", QUERIES[0]) for page in walk(client, f"/api/members{query}")]
        answers += [client.get(f"/api/members{query}") for query in QUERIES]
        answers += [client.get(path) for path in (*PATHS, *UNKNOWN)]
        answers += [client.get(FIRST, headers={"Authorization": value}) for value in ("", "Bearer wrong")]
        answers.append(client.post(FIRST))
        return [
            (answer.status_code, {**answer.headers, "date": ""}, answer.content, str(answer.url)) for answer in answers
        ]


@pytest.mark.parametrize("name", FAULTS)
def test_every_fault_shows(library: LendingLibrary, sound: list[Any], name: str) -> None:
    library.faults = (FAULTS[name],)
    assert seen(library) != sound
