"""Accounts as people configure them: a YAML file, or the same text in an environment variable.

::

    accounts:
      - sid: AC…            # 32 hexadecimal digits
        auth_token: secret
        api_keys:           # may be left out
          - {sid: SK…, secret: secret}

JSON is YAML, so a JSON file does as well. The first account is the one whose credentials the emulator prints.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from pathlib import Path
from typing import Any

from contract_kit import yaml_file
from contract_kit.errors import FileError
from contract_kit.yaml_file import YamlFile
from video_log_analyzer.emulator.accounts import Account, ApiKey

VARIABLE = "VLA_EMULATOR_ACCOUNTS"
_SECRET = re.compile(r"[!-~]{1,256}")


def load(path: Path) -> tuple[Account, ...]:
    """Return the accounts of a file; raises FileError in one line, which never shows a secret."""
    return _AccountsReader(yaml_file.load(path)).accounts()


def parse(text: str) -> tuple[Account, ...]:
    """Return the accounts of the environment variable's text; raises FileError as ``load`` does."""
    return _AccountsReader(yaml_file.parse(text, Path(VARIABLE))).accounts()


class _AccountsReader:
    def __init__(self, file: YamlFile) -> None:
        self._file = file
        self._seen: set[str] = set()

    def accounts(self) -> tuple[Account, ...]:
        top = self._mapping("", self._file.data, {"accounts"})
        return tuple(
            self._account(f"/accounts/{index}", one)
            for index, one in enumerate(self._list("/accounts", top["accounts"], smallest=1))
        )

    def _account(self, pointer: str, data: Any) -> Account:
        fields = self._mapping(pointer, data, {"sid", "auth_token"}, {"api_keys"})
        keys = []
        for index, one in enumerate(self._list(f"{pointer}/api_keys", fields.get("api_keys", []), smallest=0)):
            place = f"{pointer}/api_keys/{index}"
            key = self._mapping(place, one, {"sid", "secret"})
            keys.append(
                ApiKey(self._sid(f"{place}/sid", key["sid"], "SK"), self._secret(f"{place}/secret", key["secret"]))
            )
        return Account(
            self._sid(f"{pointer}/sid", fields["sid"], "AC"),
            self._secret(f"{pointer}/auth_token", fields["auth_token"]),
            tuple(keys),
        )

    def _mapping(
        self, pointer: str, data: Any, required: Set[str], optional: Set[str] = frozenset()
    ) -> Mapping[str, Any]:
        names = ", ".join(sorted(required | optional))
        if not isinstance(data, dict):
            raise self._error(pointer, f"expected a mapping with {names}")
        for key in data:
            if key not in required | optional:
                shown = yaml_file.shown(key)
                place = pointer if shown == "key" else f"{pointer}/{key}"
                raise self._error(place, f"unknown {shown}: expected {names}")
        for key in sorted(required - data.keys()):
            raise self._error(pointer, f"the key {key!r} is missing")
        return data

    def _list(self, pointer: str, data: Any, smallest: int) -> list[Any]:
        if not isinstance(data, list) or len(data) < smallest:
            raise self._error(pointer, "expected a list" + (" with at least one entry" if smallest else ""))
        return data

    def _sid(self, pointer: str, data: Any, prefix: str) -> str:
        if not isinstance(data, str) or not re.fullmatch(f"{prefix}[0-9a-f]{{32}}", data):
            raise self._error(pointer, f"expected {prefix} and 32 hexadecimal digits in lower case")
        if data in self._seen:
            raise self._error(pointer, f"{data} stands there twice")
        self._seen.add(data)
        return data

    def _secret(self, pointer: str, data: Any) -> str:
        # The message does not show the value: it may be a secret with a blank too many.
        if not isinstance(data, str) or not _SECRET.fullmatch(data):
            raise self._error(
                pointer, "expected a secret of 1 to 256 printable ASCII characters; quote one of digits only"
            )
        return data

    def _error(self, pointer: str, problem: str) -> FileError:
        where = f"{pointer[1:].replace('/', '.')}: " if pointer else ""
        return FileError(self._file.path, where + problem, self._file.line(pointer))
