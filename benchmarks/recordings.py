"""How fast and in how much memory recordings are held against the document, beside parsing them and doing nothing."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from benchmarks import measuring, rooms
from benchmarks.results import Goal, Measurement, spaced
from benchmarks.run import Run
from video_log_analyzer.emulator.accounts import first_account
from video_log_analyzer.emulator.records import ORIGIN

_LIVE = b"https://insights.twilio.com"
_HEAD = b'{"log": {"version": "1.2", "creator": {"name": "benchmark", "version": "1"}, "entries": ['
_KEPT = {
    "Content-Type": "application/json",
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "POST, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, Authorization",
    "Access-Control-Allow-Credentials": "true",
    "Access-Control-Expose-Headers": "Twilio-Request-Id",
    "Twilio-Request-Id": "RQ00000000000000000000000000000001",
}

# Each in a process of its own: records for each second of the processor, then kilobytes of memory at most. Of a process
# that another one started, its `ru_maxrss` would begin with the memory of that one.
_PEAK = """
def peak():
    return next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM"))
"""
_PARSE = f"""{_PEAK}
import sys, time, orjson
records, begun = 0, time.process_time()
with open(sys.argv[1], "rb") as file:
    for line in file:
        orjson.loads(line)
        records += 1
print(records / (time.process_time() - begun), peak())
"""
_JUDGE = f"""{_PEAK}
import os, sys, time
from contract_kit.recordings.partitions import partition
partition("video_log_analyzer.kit:KIT", sys.argv[1], 0, 1, "key")
begun = time.process_time()
records = partition("video_log_analyzer.kit:KIT", sys.argv[1], 0, os.path.getsize(sys.argv[1]), "key").tally.judged
print(records / (time.process_time() - begun), peak())
"""
_COMMAND = """
import resource, subprocess, sys
done = subprocess.run([sys.executable, "-m", "video_log_analyzer", *sys.argv[1:]], stdout=subprocess.DEVNULL)
print(done.returncode, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def replay(run: Run) -> list[Measurement]:
    """Bodies of rooms as NDJSON, all sound, and all with the same deviations; then HAR and NDJSON of some size."""
    sound, drifted, har = (run.folder / name for name in ("sound.ndjson", "drifted.ndjson", "browse.har"))
    _write(sound, _bodies(run.bulk))
    _write(drifted, map(_drifted, _bodies(run.bulk // 10)))
    _write_har(har, sound)
    figures = measuring.alternate(
        {
            "parsing alone": lambda: _child(_PARSE, sound)[0],
            "sound": lambda: _child(_JUDGE, sound)[0],
            "all drifted": lambda: _child(_JUDGE, drifted)[0],
        },
        run.rounds,
        say=run.say,
    )
    measurements = [
        Measurement(
            "NDJSON of sound rooms against the document, records/s: vla validate ÷ orjson alone",
            measuring.ratio(figures["sound"], figures["parsing alone"]),
            "×",
            Goal("≥", 0.5),
            figures,
            "records/s",
        ),
        Measurement(
            "NDJSON of rooms that all drifted alike, a second of a processor",
            median(figures["all drifted"]),
            "records/s",
        ),
    ]
    for path in (har, sound):
        begun = time.monotonic()
        size, memory = path.stat().st_size / 1e6, _memory(run, "validate", str(path))
        if path is har:
            speed = run.bulk / (time.monotonic() - begun)
            measurements.append(Measurement("vla validate over HAR, a room an entry", speed, "records/s"))
        what = f"memory of vla validate over {spaced(size)} MB of {path.suffix[1:].upper()}, at most"
        measurements.append(Measurement(what, memory, "MB", Goal("≤", 200)))
    for path in (sound, drifted, har):
        path.unlink()
    return measurements


def audit(run: Run) -> list[Measurement]:
    """One partition of rooms, one in a thousand of them drifted, and the memory of both sorts of processes."""
    path = run.folder / "rooms.ndjson"
    _write(path, (body if number % 1000 else _drifted(body) for number, body in enumerate(_bodies(run.bulk))))
    memory: list[float] = []

    def judged() -> float:
        speed, peak = _child(_JUDGE, path)
        memory.append(peak)
        return speed

    figures = measuring.alternate({"audit": judged}, run.rounds, say=run.say)
    largest = _memory(run, "validate", str(path), "--jobs", "1", "--journal", str(run.folder / "journal"))
    path.unlink()
    return [
        Measurement(
            "vla validate, NDJSON of rooms, a second of a processor",
            median(figures["audit"]),
            "records/s",
            Goal("≥", 200_000),
            figures,
            "records/s",
        ),
        Measurement("memory of a process of vla validate that judges, at most", max(memory), "MB", Goal("≤", 50)),
        Measurement(
            "memory of the one that explains with jsonschema and reads with the client, at most", largest, "MB"
        ),
    ]


def _bodies(count: int) -> Iterator[bytes]:
    records = rooms.rooms(first_account(1).sid, count, int(time.time()))
    return (record.body().replace(ORIGIN, _LIVE) for record in records)


def _drifted(body: bytes) -> bytes:
    return body.replace(b'"room_name"', b'"brand":"new","room_name"')


def _write(path: Path, bodies: Iterator[bytes]) -> None:
    with path.open("wb") as file:
        file.writelines(body + b"\n" for body in bodies)


def _write_har(path: Path, bodies: Path) -> None:
    """Each room as an entry of its own, with the headers that a browser keeps."""
    headers = [{"name": f"header-{number}", "value": "x" * 40} for number in range(15)]
    kept = [{"name": name, "value": value} for name, value in _KEPT.items()]
    with path.open("wb") as file, bodies.open("rb") as lines:
        file.write(_HEAD)
        for number, line in enumerate(lines):
            content = {"size": len(line), "mimeType": "application/json", "text": line.decode()}
            entry = {
                "request": {"method": "GET", "url": json.loads(line)["url"], "headers": headers},
                "response": {"status": 200, "headers": kept, "content": content},
            }
            file.write((b"," if number else b"") + json.dumps(entry).encode())
        file.write(b"]}}")


def _child(program: str, *arguments: object) -> tuple[float, float]:
    """Two numbers that ``program`` prints: its figure, and its memory in MB."""
    done = subprocess.run(
        [sys.executable, "-c", program, *map(str, arguments)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(done.stderr.strip())
    figure, kilobytes = done.stdout.split()
    return float(figure), int(kilobytes) * 1024 / 1e6


def _memory(run: Run, *arguments: str) -> float:
    status, memory = _child(_COMMAND, *arguments, "--report-dir", str(run.folder / "reports"))
    if status not in {0, 1}:
        raise RuntimeError(f"vla {' '.join(arguments)} ended with status {status:.0f}")
    run.say(f"vla {arguments[0]}: {memory:.0f} MB at most")
    return memory
