"""Whether a page costs the same among a million rooms as among ten thousand: every filter, every pair of filters.

Measured twice: at the store's ``select``, where nothing else dilutes the ratio, and over HTTP, which is what users see.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from itertools import combinations
from statistics import median
from urllib.parse import urlencode

import httpx

from benchmarks import rooms
from benchmarks.results import Goal, Measurement, spaced
from benchmarks.run import Run
from benchmarks.servers import ROOMS_PATH, Emulator
from video_log_analyzer.emulator.selection import Cursor, Filters, PageSelection
from video_log_analyzer.emulator.store import Store

PAGE = 50
DAY = 86_400
AFTER, BEFORE = 3 * DAY, 2 * DAY  # seconds ago: CreatedAfter and CreatedBefore
_EVER = 10 * DAY  # seconds ago: a CreatedAfter that leaves out nothing
_DEFAULT_WINDOW = DAY
_REPEATS, _ENOUGH_NS = 15, 400_000_000  # a page that takes long is asked for less often
_NO_SID = "RM" + "0" * 32
_AT_MOST = Goal("≤", 2)
_NEXT = re.compile(rb'"next_page_url":"([^"]+)"')

Timed = Callable[[random.Random], object]
"""Asks for one page; how deep it lies comes from its argument."""
_ANYWHERE = "whole list, each time another place"


@dataclass(frozen=True)
class Case:
    """One list. ``values`` are its filters' values by parameter; times are seconds ago."""

    name: str
    values: tuple[tuple[str, str | int], ...] = ()

    @property
    def rare(self) -> bool:
        """Whether one of its values is held by few rooms."""
        return "rare" in self.name

    def path(self, now: int, page_size: int = PAGE) -> str:
        """Return path and query of its first page."""
        pairs = [(name, _rfc3339(now - value) if isinstance(value, int) else value) for name, value in self.values]
        return f"{ROOMS_PATH}?{urlencode([*pairs, ('PageSize', str(page_size))])}"

    def filters(self, now: int) -> Filters:
        """Return its filters as the store takes them."""
        values = dict(self.values)

        def time_of(name: str) -> int | None:
            ago = values.get(name)
            return now - ago if isinstance(ago, int) else None

        return Filters(
            room_types=tuple(str(values[name]) for name in ("RoomType",) if name in values),
            codecs=tuple(str(values[name]) for name in ("Codec",) if name in values),
            room_name=str(values["RoomName"]) if "RoomName" in values else None,
            created_after=time_of("CreatedAfter"),
            created_before=time_of("CreatedBefore"),
        )

    def deep(self, now: int, source: random.Random) -> int:
        """Return a time somewhere in the older half of its rooms."""
        ago = dict(self.values)
        newest = int(ago.get("CreatedBefore", 0))
        oldest = min(
            int(ago.get("CreatedAfter", rooms.SPAN if "CreatedBefore" in ago else _DEFAULT_WINDOW)), rooms.SPAN
        )
        return now - source.randrange((newest + oldest) // 2, oldest)


def _cases() -> tuple[Case, ...]:
    kinds: tuple[tuple[tuple[str, str, str | int], ...], ...] = (
        (("type", "RoomType", rooms.COMMON_TYPE), ("rare type", "RoomType", rooms.RARE_TYPE)),
        (("codec", "Codec", rooms.COMMON_CODEC), ("rare codec", "Codec", rooms.RARE_CODEC)),
        (("name", "RoomName", rooms.COMMON_NAME), ("rare name", "RoomName", rooms.RARE_NAME)),
        (("after", "CreatedAfter", AFTER),),
        (("before", "CreatedBefore", BEFORE),),
    )
    singles = [[value] for kind in kinds for value in kind]
    pairs = [[one, other] for first, second in combinations(kinds, 2) for one in first for other in second]
    return (
        Case("default window"),
        *(
            Case(" + ".join(name for name, _, _ in chosen), tuple((key, value) for _, key, value in chosen))
            for chosen in [*singles, *pairs]
        ),
    )


CASES = _cases()
_WHOLE_LIST = Case("whole list", (("CreatedAfter", _EVER),))


def store(run: Run) -> list[Measurement]:
    """At the store: for each list its first page, a page in its older half, and its last page."""
    with ExitStack() as opened:
        stores = {
            count: opened.enter_context(closing(Store.open(rooms.database(run, count))))
            for count in (run.small, run.large)
        }
        return of_stores(run, stores, "store")


def of_stores(run: Run, stores: Mapping[int, Store], at: str) -> list[Measurement]:
    """Measure ``select`` of stores with ``run.small`` and ``run.large`` rooms; ``at`` begins each line of the table."""
    now = int(time.time())
    return _measurements(run, _times(run, {count: _selects(each, now) for count, each in stores.items()}), at)


def http(run: Run) -> list[Measurement]:
    """Over HTTP with one connection: for each list its first page, and pages deep in the list of all rooms."""
    paths = {count: rooms.database(run, count) for count in (run.small, run.large)}
    now = int(time.time())
    with (
        Emulator("--database", str(paths[run.small])) as small,
        Emulator("--database", str(paths[run.large])) as large,
    ):
        times = _times(run, {run.small: _gets(small, now, run), run.large: _gets(large, now, run)})
    return _measurements(run, times, "HTTP")


def _selects(of: Store, now: int) -> dict[str, Timed]:
    account_sid = of.accounts()[0].sid
    probes: dict[str, Timed] = {}
    for case in (*CASES, _WHOLE_LIST):
        first = PageSelection(account_sid, None, case.filters(now), now, None, backward=False, limit=PAGE)
        end = Cursor(now - _EVER, _NO_SID, after=False)
        last_rows = of.select(_at(first, end, backward=True)).rows

        def select_first(_source: random.Random, first: PageSelection = first) -> object:
            # A first page's window ends now; that of the pages behind it is frozen, as page tokens freeze it.
            return of.select(replace(first, now=int(time.time())))

        def select_deep(source: random.Random, first: PageSelection = first, case: Case = case) -> object:
            return of.select(_at(first, Cursor(case.deep(now, source), _NO_SID, after=True)))

        probes[f"{case.name}, first page"] = select_first
        probes[f"{case.name}, deep page"] = select_deep
        if last_rows:
            start = Cursor(last_rows[0].time, last_rows[0].sid, after=False)

            def select_last(_source: random.Random, first: PageSelection = first, start: Cursor = start) -> object:
                return of.select(_at(first, start))

            probes[f"{case.name}, last page"] = select_last
    wandering = random.Random(0)
    probes[_ANYWHERE] = lambda _source: probes[f"{_WHOLE_LIST.name}, deep page"](wandering)
    return probes


def _at(selection: PageSelection, cursor: Cursor, *, backward: bool = False) -> PageSelection:
    return replace(selection, cursor=cursor, backward=backward)


def _gets(emulator: Emulator, now: int, run: Run) -> dict[str, Timed]:
    client = httpx.Client(base_url=emulator.url, headers=emulator.headers, timeout=60)

    def getting(path: str) -> Timed:
        return lambda _source: client.get(path).raise_for_status()

    probes = {f"{case.name}, first page": getting(case.path(now)) for case in (*CASES, _WHOLE_LIST)}
    deep = _page_urls(client, _WHOLE_LIST.path(now, page_size=1000))
    run.say(f"walked over {len(deep)} pages")
    older_half = [re.sub("PageSize=1000", f"PageSize={PAGE}", url) for url in deep[len(deep) // 2 :]]

    def get_deep(source: random.Random) -> object:
        return client.get(source.choice(older_half)).raise_for_status()

    wandering = random.Random(0)
    probes[f"{_WHOLE_LIST.name}, deep page"] = get_deep
    probes[_ANYWHERE] = lambda _source: get_deep(wandering)
    return probes


def _page_urls(client: httpx.Client, url: str) -> list[str]:
    """Walk over a list; all its pages' URLs."""
    urls = [url]
    # meta comes first: no need to read a thousand rooms to find where the next page is.
    while found := _NEXT.search(client.get(urls[-1]).raise_for_status().content):
        urls.append(found[1].decode())
    return urls


def _times(run: Run, probes: Mapping[int, Mapping[str, Timed]]) -> dict[str, dict[int, list[float]]]:
    """Time each probe that both sizes have, alternating; milliseconds by probe and size, one figure a round."""
    names = [name for name in probes[run.large] if name in probes[run.small]]
    times: dict[str, dict[int, list[float]]] = {name: {size: [] for size in probes} for name in names}
    for number in range(run.rounds):
        run.say(f"round {number + 1} of {run.rounds}, {len(names)} kinds of page")
        for name in names:
            for size in probes if number % 2 == 0 else reversed(list(probes)):
                times[name][size].append(_milliseconds(probes[size][name], number))
    return times


def _milliseconds(probe: Timed, place: int) -> float:
    """Median of one page's times. It is asked for before, and always the same: deep pages are as warm as first ones."""
    probe(random.Random(place))
    taken: list[int] = []
    while len(taken) < _REPEATS and sum(taken) < _ENOUGH_NS:
        source = random.Random(place)
        started = time.perf_counter_ns()
        probe(source)
        taken.append(time.perf_counter_ns() - started)
    return median(taken) / 1e6


def _measurements(run: Run, times: Mapping[str, Mapping[int, list[float]]], at: str) -> list[Measurement]:
    sizes = f"{spaced(run.large)} ÷ {spaced(run.small)} rooms"

    def grown(name: str) -> float:
        return median(times[name][run.large]) / median(times[name][run.small])

    def worst(what: str, names: Iterable[str]) -> list[Measurement]:
        names = list(names)
        if not names:
            return []
        slowest = max(names, key=grown)
        sides = {str(size): figures for size, figures in times[slowest].items()}
        most = f"{at}, {sizes}: {what}" + (f", the worst of {len(names)} ({slowest})" if len(names) > 1 else "")
        return [Measurement(most, grown(slowest), "×", _AT_MOST, sides, "ms", {name: grown(name) for name in names})]

    measurements = []
    for page in ("first", "deep", "last"):
        of_page = {case.name: f"{case.name}, {page} page" for case in CASES if f"{case.name}, {page} page" in times}
        for what, chosen in (
            ("default window", [case for case in CASES if not case.values]),
            ("a filter or pair", [case for case in CASES if case.values and not case.rare]),
            ("with a rare value", [case for case in CASES if case.rare]),
        ):
            measurements += worst(f"{what}, {page} page", [of_page[one.name] for one in chosen if one.name in of_page])
    first = times[f"{_WHOLE_LIST.name}, first page"][run.large]
    for what, name, goal in (
        ("deep page ÷ first page", f"{_WHOLE_LIST.name}, deep page", _AT_MOST),
        ("deep page never asked for before ÷ first page", _ANYWHERE, None),
    ):
        deep = times[name][run.large]
        what = f"{at}, {spaced(run.large)} rooms: {what}"
        sides = {"deep": deep, "first": first}
        measurements.append(Measurement(what, median(deep) / median(first), "×", goal, sides, "ms"))
    run.say("\n".join(f"  {name}: {grown(name):.2f} ({median(times[name][run.large]):.3f} ms)" for name in times))
    return measurements


def _rfc3339(seconds: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
