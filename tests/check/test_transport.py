"""The transport of check and recorder: no answer holds it, swells it or makes it say what the target wrote."""

from __future__ import annotations

import gzip
import itertools
import resource
import time
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import httpx
import pytest

from contract_kit.api import Credentials
from contract_kit.check.transport import MOST_BYTES, BoundedTransport, TooLongError, TooSlowError, trouble
from contract_kit.errors import UsageError
from contract_kit.targets import Target
from tests.check.raw_service import Answer, response, serving
from tests.real_clients.tls_proxy import standing_in_for

NOBODY = Credentials("nobody", "nothing")
MEBIBYTE = b"\0" * 2**20


def ask(url: str, seconds: float | None = None) -> httpx.Response:
    """The answer of a service."""
    with httpx.Client(transport=BoundedTransport(Target(url, NOBODY), lambda: seconds)) as http:
        return http.get(url)


def packed(*wanted: int) -> bytes:
    """Gzip of so many mebibytes, packed once more for each further number."""
    data = gzip.compress(MEBIBYTE) * wanted[0]
    for _ in wanted[1:]:
        data = gzip.compress(data)
    return data


@pytest.mark.parametrize(
    ("answer", "content"),
    [
        (response(b"plain"), b"plain"),
        (response(gzip.compress(b"packed"), b"Content-Encoding: gzip"), b"packed"),
        (response(gzip.compress(b"pa") + gzip.compress(b"cked"), b"Content-Encoding: GZIP"), b"packed"),
        (response(zlib.compress(b"packed"), b"Content-Encoding: deflate"), b"packed"),
        (response(zlib.compress(b"packed")[2:-4], b"Content-Encoding: deflate"), b"packed"),
        (response(gzip.compress(zlib.compress(b"twice")), b"Content-Encoding: deflate, gzip"), b"twice"),
        (response(b"", b"Content-Encoding: gzip"), b""),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX: trailer\r\n\r\n", b"abc"),
        (b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" * 3 + response(b"after hints"), b"after hints"),
        (b"HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n" + response(b"at last"), b"at last"),
    ],
)
def test_every_spelling_of_an_answer_is_read(answer: bytes, content: bytes) -> None:
    with serving(lambda _: [answer]) as url:
        found = ask(url)
    assert (found.status_code, found.content) == (200, content)


@pytest.mark.parametrize(
    "answer",
    [
        lambda _: itertools.chain([b"HTTP/1.1 200 OK\r\n\r\n"], itertools.repeat(MEBIBYTE)),
        lambda _: itertools.chain(
            [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"],
            itertools.repeat(b"100000\r\n" + MEBIBYTE + b"\r\n"),
        ),
        lambda _: [response(packed(1025), b"Content-Encoding: gzip")],
        lambda _: [response(packed(1025, 1, 1), b"Content-Encoding: gzip, gzip, gzip")],
        lambda _: [response(zlib.compress(MEBIBYTE * 80), b"Content-Encoding: deflate")],
    ],
    ids=["endless", "endless chunks", "gzip", "gzip thrice", "deflate"],
)
def test_no_answer_swells_the_memory(answer: Answer) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with serving(answer) as url, pytest.raises(TooLongError) as raised:
        ask(url)
    assert trouble(raised.value) == "an answer longer than 64 MiB"
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
    assert grown < 5 * MOST_BYTES


def dripping(start: bytes, piece: bytes) -> Answer:
    """An answer that begins, and then comes in pieces for ever."""

    def pieces(_: bytes) -> Iterator[bytes]:
        yield start
        while True:
            time.sleep(0.05)
            yield piece

    return pieces


@pytest.mark.parametrize(
    "answer",
    [
        dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b"x"),
        dripping(b"HTTP/1.1 200 OK\r\nX-Long: ", b"x"),
        dripping(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"),
        dripping(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        dripping(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        dripping(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", b"X: y\r\n"),
        dripping(b"", b""),
    ],
    ids=["body", "header", "headers", "interim answers", "chunks", "trailers", "nothing"],
)
def test_no_answer_holds_the_run(answer: Answer) -> None:
    with serving(answer) as url, pytest.raises(TooSlowError) as raised:
        ask(url, seconds=0.5)
    assert trouble(raised.value) == "no complete answer in the time of a request"


def not_encoded() -> Iterable[bytes]:
    """Answers whose body does not have the encoding that it names."""
    yield response(b"SECRET", b"Content-Encoding: gzip")
    yield response(b"SECRET", b"Content-Encoding: deflate")
    yield response(b"SECRET", b"Content-Encoding: SECRET")
    yield response(b"SECRET", b"Content-Encoding: br")


@pytest.mark.parametrize(
    "answer",
    [
        *not_encoded(),
        b"SECRET\r\n\r\n",
        b"HTTP/1.1 SECRET\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nSECRET\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nSECRET SECRET: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nSECRET\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: SECRET\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: SECRET\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nSECRET",
        b"HTTP/1.1 200 OK\r\nX: " + b"SECRET" * 100_000 + b"\r\n\r\n",
    ],
    ids=lambda answer: repr(answer[:60]),
)
def test_what_is_wrong_is_said_in_our_words(answer: bytes) -> None:
    with serving(lambda _: [answer]) as url, pytest.raises(httpx.RequestError) as raised:
        ask(url)
    assert "SECRET" not in trouble(raised.value)
    assert " " in trouble(raised.value), "words, not the name of a class"


def test_certificates_of_the_environment_make_nobody_live(
    target: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with standing_in_for("api.example", target.url, tmp_path) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"):
            monkeypatch.setenv(name, str(proxy.authority))
        url = "https://api.example"
        transport = BoundedTransport(Target(url, NOBODY, live_host=r"api\.example"))
        with httpx.Client(transport=transport) as http, pytest.raises(httpx.ConnectError) as raised:
            http.get(url)
        assert trouble(raised.value) == "its certificate is of no trusted authority, or of another host"
        # Another host than the vendor's is believed.
        with httpx.Client(transport=BoundedTransport(Target(url, NOBODY))) as http:
            assert http.get(f"{url}/v1").status_code in {401, 404}


@pytest.mark.parametrize(
    ("name", "value"), [("SSL_CERT_FILE", "/no/such/file"), ("SSL_CERT_FILE", __file__), ("HTTPS_PROXY", "http://[::1")]
)
def test_an_unusable_environment_is_one_clear_line(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(UsageError, match=r"HTTPS_PROXY|SSL_CERT_FILE names no readable file"):
        BoundedTransport(Target("https://staging.example", NOBODY))
