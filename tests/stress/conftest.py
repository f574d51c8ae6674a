"""Minutes of load on one emulator: run by ``tox run -e stress``, skipped elsewhere."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from contract_kit.embedded import EmbeddedEmulator
from video_log_analyzer.emulator.accounts import first_account, second_account
from video_log_analyzer.kit import KIT


@pytest.fixture(autouse=True)
def _only_when_asked() -> None:
    if not os.environ.get("STRESS"):
        pytest.skip("takes minutes: run `tox run -e stress`")


@dataclass(frozen=True)
class Victim:
    """An emulator's process from inside and outside."""

    port: int
    credentials: tuple[str, str]
    secrets: tuple[bytes, ...]  # what no answer may contain: secrets, and the SID of the other account
    pid: int
    log: Path

    def open_files(self) -> int:
        return len(list(Path(f"/proc/{self.pid}/fd").iterdir()))

    def memory(self) -> int:
        """Bytes of memory in use."""
        return int(Path(f"/proc/{self.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def threads(self) -> int:
        return len(list(Path(f"/proc/{self.pid}/task").iterdir()))


@pytest.fixture
def victim() -> Iterator[Victim]:
    with EmbeddedEmulator(KIT, ["--seed", "1"]) as emulator:
        first, second = first_account(1), second_account(1)
        assert emulator.target.credentials.username == first.sid
        yield Victim(
            port=int(emulator.target.url.rpartition(":")[2]),
            credentials=(first.sid, first.auth_token),
            secrets=(first.auth_token.encode(), second.auth_token.encode(), second.sid.encode()),
            pid=emulator._process.pid,
            log=Path(f"/proc/{os.getpid()}/fd/{emulator._log.fileno()}"),
        )
