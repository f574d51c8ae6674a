"""The emulator as a child process, for whoever needs a target of their own."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from contract_kit.errors import UsageError
from contract_kit.targets import Credentials, Target
from video_log_analyzer.emulator.accounts import second_account

_START_SECONDS = 60


class EmbeddedEmulator:
    """``vla emulator`` on a free port of 127.0.0.1 with a temporary database, as a context manager.

    Args:
        options: Further options of ``vla emulator``, for example ``["--rooms", "500"]``.
    """

    def __init__(self, options: Sequence[str] = ()) -> None:
        self._options = list(options)

    def __enter__(self) -> Self:
        # -P: a stray module in the current folder must not stand in for one of ours.
        command = [sys.executable, "-P", "-m", "video_log_analyzer", "emulator", "--port", "0", *self._options]
        self._log = tempfile.TemporaryFile()
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self._log,
            # A Ctrl-C is for us, who stop the emulator when we no longer need it.
            start_new_session=True,
        )
        try:
            answers = dict(line.split("=", 1) for line in self._first_lines(3))
            other = second_account(self._seed())
            self.target = Target(
                answers["BASE_URL"],
                Credentials(answers["TWILIO_ACCOUNT_SID"], answers["TWILIO_AUTH_TOKEN"]),
                embedded=True,
                other=Credentials(other.sid, other.auth_token),
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
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._log.close()

    def _seed(self) -> int:
        return int(self._options[self._options.index("--seed") + 1]) if "--seed" in self._options else 1

    def _first_lines(self, count: int) -> list[str]:
        """The lines that the emulator prints once it answers.

        Raises:
            UsageError: it ended instead, with what it said; or it said nothing for a minute.
        """
        output = self._process.stdout
        assert output is not None
        deadline = time.monotonic() + _START_SECONDS
        received = b""
        while received.count(b"\n") < count:
            ready, _, _ = select.select([output], [], [], max(0.0, deadline - time.monotonic()))
            chunk = os.read(output.fileno(), 4096) if ready else b""
            if not chunk:
                self._log.seek(0)
                said = self._log.read().decode("utf-8", "replace").strip()
                reason = said or ("it ended without a word" if ready else f"no answer in {_START_SECONDS} s")
                raise UsageError(f"the embedded emulator did not start: {reason.removeprefix('vla emulator: ')}")
            received += chunk
        return received.decode().splitlines()[:count]
