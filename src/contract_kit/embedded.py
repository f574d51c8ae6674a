"""The emulator as a child process, for runs without ``--target``."""

from __future__ import annotations

import os
import select
import subprocess
import tempfile
import time
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from contract_kit import lifeline
from contract_kit.api import ApiKit, Credentials
from contract_kit.errors import UsageError
from contract_kit.kits import named
from contract_kit.targets import Target

_START_SECONDS = 60


class EmbeddedEmulator:
    """The emulator of a kit on a free port of 127.0.0.1, as a context manager.

    Args:
        kit: The kit whose emulator is started.
        options: Further options of the emulator: ``["--seed", "7"]``.
        faults: Names of faults to plant.

    Raises:
        UsageError: the kit has no emulator, or it does not start.
    """

    def __init__(self, kit: ApiKit, options: Sequence[str] = (), faults: Sequence[str] = ()) -> None:
        if kit.emulator is None:
            raise UsageError(f"{kit.name} has no emulator: give --target, for example {kit.example_target}")
        self._kit = kit
        self._emulator = kit.emulator
        planted = [part for name in faults for part in (kit.emulator.fault_option, name)]
        self._options = [*planted, *options]

    def __enter__(self) -> Self:
        self._log = tempfile.TemporaryFile()
        self._process = subprocess.Popen(
            lifeline.command([*self._emulator.command, *self._options]),
            stdin=lifeline.STDIN,
            stdout=subprocess.PIPE,
            stderr=self._log,
            # Ctrl-C must not reach the emulator: this process stops it itself.
            start_new_session=True,
        )
        try:
            lines = dict(line.split("=", 1) for line in self._first_lines())
            emulator = self._emulator
            self.target = Target(
                lines[emulator.url],
                Credentials(lines.get(emulator.username, ""), lines[emulator.secret]),
                embedded=True,
                other=named(emulator.other)(self._options) if emulator.other else None,
                live_host=self._kit.live_host,
            )
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc_value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._process.terminate()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        self._log.close()

    def _first_lines(self) -> list[str]:
        """Read the ``NAME=value`` lines that the emulator prints when it is ready.

        Raises:
            UsageError: the emulator exited (the message quotes its output), or printed nothing for a minute.
        """
        output = self._process.stdout
        assert output is not None
        deadline = time.monotonic() + _START_SECONDS
        received = b""
        count = len({self._emulator.url, self._emulator.username, self._emulator.secret} - {""})
        while received.count(b"\n") < count:
            ready, _, _ = select.select([output], [], [], max(0.0, deadline - time.monotonic()))
            chunk = os.read(output.fileno(), 4096) if ready else b""
            if not chunk:
                self._log.seek(0)
                said = self._log.read().decode("utf-8", "replace").strip()
                reason = said or ("it ended without a word" if ready else f"no answer in {_START_SECONDS} s")
                raise UsageError(f"the embedded emulator did not start: {reason.partition(': ')[2] or reason}")
            received += chunk
        return received.decode().splitlines()[:count]
