"""The generated client against the vendor's own library and against the generator's stock output, in one run."""

from __future__ import annotations

import base64
import gc
import json
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

import httpx
import msgspec
import video_log_analyzer_client
from twilio.http.http_client import TwilioHttpClient  # type: ignore[import-untyped]
from twilio.rest import Client as TwilioClient  # type: ignore[import-untyped]
from twilio.rest.insights.v1.room import RoomPage as TwilioRoomPage  # type: ignore[import-untyped]

from benchmarks import measuring, rooms
from benchmarks.results import Goal, Measurement, spaced
from benchmarks.run import Run
from benchmarks.servers import DOCUMENT, Emulator

_PAGE = 1000
_REPEATS = 20
_FEW, _MANY = 1000, 100_000
_ROOT = Path(__file__).parent.parent
_ITERATE = """
import sys
from datetime import UTC, datetime, timedelta
from video_log_analyzer_client import Client

url, username, password, limit = sys.argv[1:]
with Client(username, password, base_url=url) as client:
    after = datetime.now(UTC) - timedelta(days=9)
    count = sum(1 for _ in client.rooms.iterate(created_after=after, page_size=1000, limit=int(limit)))
assert count == int(limit), count
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""
_DELAY = 0.03
_AT_ONCE = """
import asyncio, sys, time
from datetime import datetime

url, username, password, after, side = sys.argv[1:]
after = datetime.fromisoformat(after)


async def vendor():
    from twilio.http.async_http_client import AsyncTwilioHttpClient
    from twilio.rest import Client

    http = AsyncTwilioHttpClient()
    client = Client(username, password, http_client=http)
    client.insights.base_url = url
    rooms = await client.insights.v1.rooms.list_async(created_after=after, limit=500, page_size=500)
    lists = client.insights.v1.rooms
    figures = await timed([room.room_sid for room in rooms], lambda sid: lists(sid).participants.list_async(limit=50))
    await http.close()
    return figures


async def ours():
    from video_log_analyzer_client import AsyncClient

    async with AsyncClient(username, password, base_url=url, transport=side) as client:
        sids = [room.room_sid async for room in client.rooms.iterate(created_after=after, limit=500)]
        return await timed(sids, lambda sid: client.rooms.participants(sid).list())


async def timed(sids, ask):
    gate = asyncio.Semaphore(50)

    async def one(sid):
        async with gate:
            await ask(sid)

    assert len(sids) == 500
    await ask(sids[0])
    wall, processor = time.perf_counter(), time.process_time()
    await asyncio.gather(*map(one, sids))
    return time.process_time() - processor, time.perf_counter() - wall


print(*asyncio.run(vendor() if side == "twilio" else ours()))
"""
_IMPORT = """
import time
started = time.perf_counter()
{imported}
Client("AC" + "0" * 32, "secret")
print(time.perf_counter() - started)
"""


def against_peers(run: Run) -> list[Measurement]:
    """Every figure that the client is to have."""
    run.peers |= {name: version(name) for name in ("twilio", "openapi-python-client", "httpx", "msgspec", "aiohttp")}
    with Emulator("--database", str(rooms.database(run, run.small))) as emulator:
        username, password = _credentials(emulator)
        measurements = _decode(run, emulator.get(f"/v1/Video/Rooms?CreatedAfter={_AFTER}&PageSize={_PAGE}").content)
        for size in (50, _PAGE):
            measurements += _iterate(run, emulator, username, password, size)
        measurements += _strict(run, emulator.get(f"/v1/Video/Rooms?CreatedAfter={_AFTER}&PageSize={_PAGE}").content)
        measurements += _far_away(run, emulator, username, password)
    # Rooms that have participants, which those of the database have not.
    with Emulator("--rooms", "600") as emulator:
        measurements += _many_at_once(run, emulator, *_credentials(emulator))
    return [*measurements, *_memory(run), *_import(run), *_generate(run)]


def _decode(run: Run, body: bytes) -> list[Measurement]:
    """From the bytes of a page to its rooms."""
    stock = _stock_client(run.folder / "stock").RoomPage
    raw = msgspec.json.Decoder(video_log_analyzer_client.RoomPage)
    vendor = TwilioClient("AC" + "0" * 32, "secret").insights.v1

    class Answer:
        """What twilio's page needs of an answer; its own HTTP layer decodes the text, too."""

        status_code = 200

        @property
        def text(self) -> str:
            return body.decode()

    sides: dict[str, Callable[[], object]] = {
        "client": lambda: video_log_analyzer_client.RoomPage.from_json(body),
        "twilio": lambda: list(TwilioRoomPage(vendor, Answer(), {})),
        "stock": lambda: stock.from_dict(json.loads(body)),
        "msgspec.json.decode": lambda: raw.decode(body),
    }
    figures = measuring.alternate({name: _repeated(side) for name, side in sides.items()}, run.rounds, say=run.say)
    what = f"decode a {_PAGE}-room page"
    return [
        Measurement(
            f"{what}: twilio ÷ client",
            measuring.ratio(figures["twilio"], figures["client"]),
            "×",
            Goal("≥", 5),
            figures,
            "s",
        ),
        Measurement(
            f"{what}: the generator's stock output ÷ client",
            measuring.ratio(figures["stock"], figures["client"]),
            "×",
            Goal("≥", 5),
            figures,
            "s",
        ),
        Measurement(
            f"{what}: msgspec.json.decode into the same structs ÷ client",
            measuring.ratio(figures["msgspec.json.decode"], figures["client"]),
            "×",
            Goal("≥", 0.85),
            figures,
            "s",
        ),
    ]


def _iterate(run: Run, emulator: Emulator, username: str, password: str, size: int) -> list[Measurement]:
    """All rooms over HTTP, page after page."""
    after = datetime.fromisoformat(_AFTER)
    vendor = TwilioClient(username, password)
    vendor.insights.base_url = emulator.url
    with video_log_analyzer_client.Client(username, password, base_url=emulator.url) as client:

        def ours() -> int:
            return sum(1 for _ in client.rooms.iterate(created_after=after, page_size=size))

        def theirs() -> int:
            return sum(1 for _ in vendor.insights.v1.rooms.stream(created_after=after, page_size=size))

        if not ours() == theirs() == run.small:
            raise RuntimeError(f"{ours()} and {theirs()} of {run.small} rooms were read")
        figures = measuring.alternate({"client": _timed(ours), "twilio": _timed(theirs)}, run.rounds, say=run.say)
    what = f"iterate {spaced(run.small)} rooms over HTTP, {size} a page: twilio ÷ client"
    value = measuring.ratio(figures["twilio"], figures["client"])
    return [Measurement(what, value, "×", Goal("≥", 2), figures, "s")]


def _strict(run: Run, body: bytes) -> list[Measurement]:
    """Reading a page with strict or on_unknown: of a page that the document knows, and of one with news in each row."""
    values = json.loads(body)
    rooms_ = values["rooms"]
    pages = {
        "all known": body,
        "an unknown value in each row": json.dumps(
            {**values, "rooms": [{**room, "media_region": "us9"} for room in rooms_]}
        ).encode(),
        "an extra key in each row": json.dumps({**values, "rooms": [{**room, "new": 1} for room in rooms_]}).encode(),
    }
    measurements = []
    for name, page in pages.items():
        with _answered(page) as plain, _answered(page, on_unknown=lambda _: None) as told:
            sides: dict[str, Callable[[], object]] = {"plain": plain.rooms.list, "on_unknown": told.rooms.list}
            figures = measuring.alternate(
                {side: _repeated(each) for side, each in sides.items()}, run.rounds, say=run.say
            )
        what = f"a {_PAGE}-room page, {name}: on_unknown ÷ plain"
        value = measuring.ratio(figures["on_unknown"], figures["plain"])
        measurements.append(Measurement(what, value, "×", Goal("≤", 3), figures, "s"))
    return measurements


def _answered(page: bytes, **settings: Any) -> video_log_analyzer_client.Client:
    """A client whose every request is answered with this page."""
    transport = httpx.MockTransport(lambda _request: httpx.Response(200, content=page))
    return video_log_analyzer_client.Client("AC1", "secret", httpx_args={"transport": transport}, **settings)


class _Far(httpx.HTTPTransport):
    """A service that is 30 ms away."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        time.sleep(_DELAY)
        return super().handle_request(request)


class _FarFromTwilio(TwilioHttpClient):  # type: ignore[misc]
    def request(self, *arguments: Any, **options: Any) -> Any:
        time.sleep(_DELAY)
        return super().request(*arguments, **options)


def _far_away(run: Run, emulator: Emulator, username: str, password: str) -> list[Measurement]:
    """Iterating as one does who has not read the docstring, and with the next page asked for ahead."""
    after = datetime.fromisoformat(_AFTER)
    vendor = TwilioClient(username, password, http_client=_FarFromTwilio())
    vendor.insights.base_url = emulator.url
    arguments = {"transport": _Far()}
    with video_log_analyzer_client.Client(username, password, base_url=emulator.url, httpx_args=arguments) as client:

        def ours(**options: Any) -> int:
            return sum(1 for _ in client.rooms.iterate(created_after=after, **options))

        def working(*, prefetch: bool) -> None:
            for _ in client.rooms.iterate(created_after=after, page_size=50, limit=1000, prefetch=prefetch):
                time.sleep(0.0005)

        sides: dict[str, Callable[[], object]] = {
            "client": ours,
            "twilio": lambda: sum(1 for _ in vendor.insights.v1.rooms.stream(created_after=after)),
        }
        figures = measuring.alternate({name: _timed(side) for name, side in sides.items()}, run.rounds, say=run.say)
        ahead: dict[str, Callable[[], object]] = {
            "one after the other": lambda: working(prefetch=False),
            "prefetch": lambda: working(prefetch=True),
        }
        overlapping = measuring.alternate({name: _timed(side) for name, side in ahead.items()}, run.rounds, say=run.say)
    far = f"{_DELAY * 1000:.0f} ms a request"
    what = "1 000 rooms, 50 a page, 0.5 ms of work a row"
    return [
        Measurement(
            f"iterate {spaced(run.small)} rooms, {far}, nothing else said: twilio ÷ client",
            measuring.ratio(figures["twilio"], figures["client"]),
            "×",
            Goal("≥", 2),
            figures,
            "s",
        ),
        Measurement(
            f"{what}, {far}: one after the other ÷ prefetch",
            measuring.ratio(overlapping["one after the other"], overlapping["prefetch"]),
            "×",
            Goal("≥", 1.5),
            overlapping,
            "s",
        ),
    ]


def _many_at_once(run: Run, emulator: Emulator, username: str, password: str) -> list[Measurement]:
    """The participants of 500 rooms, 50 lists at once: processor and wall time of the client's process."""

    def measured(side: str) -> tuple[float, float]:
        arguments = (emulator.url, username, password, _AFTER, side)
        processor, wall = _run(_AT_ONCE, *arguments).split()
        return float(processor), float(wall)

    sides = ("aiohttp", "httpx", "twilio")
    walls: dict[str, list[float]] = {side: [] for side in sides}

    def one(side: str) -> float:
        processor, wall = measured(side)
        walls[side].append(wall)
        return processor

    figures = measuring.alternate(
        {side: lambda side=side: one(side) for side in sides},  # type: ignore[misc]
        run.rounds,
        say=run.say,
    )
    what = "500 lists of participants, 50 at once"
    return [
        Measurement(
            f"{what}, {transport}: {unit} of the client ÷ twilio",
            measuring.ratio(each[transport], each["twilio"]),
            "×",
            Goal("≤", 0.7) if transport == "aiohttp" else None,
            each,
            "s",
        )
        for transport in ("aiohttp", "httpx")
        for unit, each in (("processor time", figures), ("wall time", walls))
    ]


def _memory(run: Run) -> list[Measurement]:
    """The most memory that a process holds which iterates."""
    with Emulator("--database", str(rooms.database(run, _MANY))) as emulator:
        username, password = _credentials(emulator)

        def held(limit: int) -> float:
            return float(_run(_ITERATE, emulator.url, username, password, str(limit))) / 1000

        figures = measuring.alternate(
            {str(_MANY): lambda: held(_MANY), str(_FEW): lambda: held(_FEW)}, min(run.rounds, 3), say=run.say
        )
    what = f"peak memory while iterating: {spaced(_MANY)} ÷ {spaced(_FEW)} rooms"
    value = measuring.ratio(figures[str(_MANY)], figures[str(_FEW)])
    return [Measurement(what, value, "×", Goal("≤", 1.2), figures, "MB")]


def _import(run: Run) -> list[Measurement]:
    """Import and construction, each time in a new interpreter, whose own start does not count."""
    figures = measuring.alternate(
        {
            name: lambda imported=imported: float(_run(_IMPORT.format(imported=imported)))  # type: ignore[misc]
            for name, imported in {
                "client": "from video_log_analyzer_client import Client",
                "twilio": "from twilio.rest import Client",
            }.items()
        },
        2 * run.rounds,
        say=run.say,
    )
    value = measuring.ratio(figures["client"], figures["twilio"])
    return [Measurement("import and make a client: client ÷ twilio", value, "×", Goal("≤", 1), figures, "s")]


def _generate(run: Run) -> list[Measurement]:
    """The whole client, from the start of the process to its end."""

    def generate() -> float:
        started = time.perf_counter()
        command = [sys.executable, str(_ROOT / "scripts" / "generate_client.py"), "--check"]
        subprocess.run(command, check=True, capture_output=True)
        return time.perf_counter() - started

    figures = measuring.alternate({"generate_client": generate}, run.rounds, say=run.say)
    value = median(figures["generate_client"])
    return [Measurement("generate the whole client", value, "s", Goal("≤", 2), figures, "s")]


def _stock_client(folder: Path) -> Any:
    """The models that the generator makes of the document without templates of ours."""
    command = [sys.executable, "-m", "openapi_python_client", "generate", "--meta", "none"]
    command += ["--path", str(DOCUMENT), "--output-path", str(folder / "stock_client")]
    folder.mkdir()
    subprocess.run(command, check=True, capture_output=True, cwd=folder)
    sys.path.insert(0, str(folder))
    try:
        return import_module("stock_client.models")
    finally:
        sys.path.remove(str(folder))


def _credentials(emulator: Emulator) -> tuple[str, str]:
    username, _, password = base64.b64decode(emulator.headers["Authorization"].split()[1]).decode().partition(":")
    return username, password


def _repeated(side: Callable[[], object]) -> Callable[[], float]:
    """Seconds of one call, the mean of some."""

    def measure() -> float:
        # What the side before has left is not this one's to clear away.
        gc.collect()
        started = time.perf_counter()
        for _ in range(_REPEATS):
            side()
        return (time.perf_counter() - started) / _REPEATS

    return measure


def _timed(side: Callable[[], object]) -> Callable[[], float]:
    def measure() -> float:
        started = time.perf_counter()
        side()
        return time.perf_counter() - started

    return measure


def _run(script: str, *arguments: str) -> str:
    return subprocess.check_output([sys.executable, "-c", script, *arguments], text=True)


_AFTER = (datetime.now(UTC) - timedelta(days=9)).strftime("%Y-%m-%dT%H:%M:%SZ")
