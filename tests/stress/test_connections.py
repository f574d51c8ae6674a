"""Two hundred connections at once for half a minute, without an error."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.stress.conftest import Victim

CONNECTIONS = 200
SECONDS = int(os.environ.get("STRESS_SECONDS", "30"))
LIST = "/v1/Video/Rooms?CreatedAfter=2000-01-01T00:00:00Z&PageSize=5"


async def client(victim: Victim, until: float, latencies: list[float]) -> None:
    """Walk over the list again and again, and fetch a room and its participants of each page."""
    reader, writer = await asyncio.open_connection("127.0.0.1", victim.port)
    credentials = base64.b64encode(":".join(victim.credentials).encode()).decode()

    async def get(target: str) -> dict[str, object]:
        started = time.monotonic()
        writer.write(f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Basic {credentials}\r\n\r\n".encode())
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        assert head.startswith("http/1.1 200 "), head
        body = await reader.readexactly(int(head.partition("content-length: ")[2].partition("\r\n")[0]))
        latencies.append(time.monotonic() - started)
        document: dict[str, object] = json.loads(body)
        return document

    target = LIST
    while time.monotonic() < until:
        page = await get(target)
        assert isinstance(page["rooms"], list)
        assert isinstance(page["meta"], dict)
        room = page["rooms"][0]
        assert await get(f"/v1/Video/Rooms/{room['room_sid']}") == room
        await get(f"/v1/Video/Rooms/{room['room_sid']}/Participants")
        target = (page["meta"]["next_page_url"] or LIST).partition("127.0.0.1")[2] or LIST
    writer.close()
    await writer.wait_closed()


async def crowd(victim: Victim) -> list[float]:
    latencies: list[float] = []
    until = time.monotonic() + SECONDS
    async with asyncio.TaskGroup() as group:
        for _ in range(CONNECTIONS):
            group.create_task(client(victim, until, latencies))
    return latencies


def test_two_hundred_connections(victim: Victim) -> None:
    files = victim.open_files()
    latencies = sorted(asyncio.run(crowd(victim)))
    p99 = latencies[len(latencies) * 99 // 100]
    sys.stdout.write(f"{len(latencies) / SECONDS:.0f} requests/s, p99 {p99 * 1000:.0f} ms\n")
    assert len(latencies) > CONNECTIONS * 3
    assert b"Traceback" not in victim.log.read_bytes()
    time.sleep(0.5)
    assert victim.open_files() <= files + 2
