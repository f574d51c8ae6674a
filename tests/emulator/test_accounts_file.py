"""Accounts and API keys that people configure."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from contract_kit.errors import FileError
from video_log_analyzer.emulator import accounts_file
from video_log_analyzer.emulator.accounts import Account, ApiKey

if TYPE_CHECKING:
    from tests.conftest import Run
    from tests.emulator.conftest import Emulator

ROOMS = "/v1/Video/Rooms?CreatedAfter=0000-01-01T00:00:00Z"
FIRST, SECOND, KEY = "AC00000000" + 24 * "1", "AC00000000" + 24 * "2", "SK00000000" + 24 * "1"
GOOD: Any = {
    "accounts": [
        {"sid": FIRST, "auth_token": "first-secret", "api_keys": [{"sid": KEY, "secret": "key-secret"}]},
        {"sid": SECOND, "auth_token": "second-secret"},
    ]
}
READ = (Account(FIRST, "first-secret", (ApiKey(KEY, "key-secret"),)), Account(SECOND, "second-secret"))
YAML = f"""
accounts:
  - sid: {FIRST}
    auth_token: first-secret
    api_keys:
      - {{sid: {KEY}, secret: key-secret}}
  - sid: {SECOND}
    auth_token: second-secret
"""


def test_yaml_json_and_the_environment_say_the_same(tmp_path: Path) -> None:
    for name, text in (("accounts.yaml", YAML), ("accounts.json", json.dumps(GOOD, indent=2))):
        (tmp_path / name).write_text(text, encoding="utf-8")
        assert accounts_file.load(tmp_path / name) == READ
        assert accounts_file.parse(text) == READ
    assert "secret" not in repr(READ).replace("secret=", "")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "is empty"),
        ("accounts: []", "accounts: expected a list with at least one entry"),
        ("account: []", "account: unknown key 'account': expected accounts"),
        (YAML.replace("auth_token: first", "token: first"), "line 4: accounts.0.token: unknown key 'token'"),
        (YAML.replace("    auth_token: first-secret\n", ""), "line 3: accounts.0: the key 'auth_token' is missing"),
        (YAML.replace(SECOND, FIRST), f"line 7: accounts.1.sid: {FIRST} stands there twice"),
        (YAML.replace(FIRST, "AC1"), "accounts.0.sid: expected AC and 32 hexadecimal digits"),
        (YAML.replace(KEY, FIRST), "accounts.0.api_keys.0.sid: expected SK and 32"),
        (YAML.replace("second-secret", "1234"), "accounts.1.auth_token: expected a secret"),
        (YAML.replace("second-secret", '"hush hush"'), "accounts.1.auth_token: expected a secret"),
        (YAML + "\naccounts: []", "stands twice"),
        ("accounts: [", "is not YAML"),
    ],
)
def test_a_mistake_is_one_line_without_a_secret(text: str, problem: str) -> None:
    with pytest.raises(FileError) as refused:
        accounts_file.parse(text)
    message = str(refused.value).replace("VLA_EMULATOR_ACCOUNTS:", "line ", 1)
    assert problem in message
    assert "\n" not in message
    assert "hush" not in message
    assert "1234" not in message


def test_an_account_and_its_keys_open_only_its_own_rooms(start: Callable[..., Emulator]) -> None:
    emulator = start(accounts=READ, rooms=12)
    seen = {}
    for user, password in ((FIRST, "first-secret"), (KEY, "key-secret"), (SECOND, "second-secret")):
        answer = emulator.stranger.get(ROOMS, auth=(user, password))
        assert answer.status_code == 200
        seen[user] = {(room["account_sid"], room["room_sid"]) for room in answer.json()["rooms"]}
    assert seen[FIRST] == seen[KEY]
    assert {account for account, _ in seen[FIRST]} == {FIRST}
    assert {account for account, _ in seen[SECOND]} == {SECOND}
    for user, password in ((FIRST, "key-secret"), (KEY, "first-secret"), (SECOND, "key-secret"), (KEY, "")):
        assert emulator.stranger.get(ROOMS, auth=(user, password)).status_code == 401


def test_a_page_of_one_account_is_no_page_of_another(start: Callable[..., Emulator]) -> None:
    emulator = start(accounts=READ, rooms=12)
    page = emulator.stranger.get(f"{ROOMS}&PageSize=1", auth=(KEY, "key-secret")).json()
    url = page["meta"]["next_page_url"]
    assert emulator.stranger.get(url, auth=(FIRST, "first-secret")).status_code == 200
    assert emulator.stranger.get(url, auth=(SECOND, "second-secret")).json()["code"] == 21481


def test_the_command_line_takes_a_file_before_the_environment(tmp_path: Path, vla: Run) -> None:
    (tmp_path / "accounts.yaml").write_text(YAML.replace(FIRST, "AC1"), encoding="utf-8")
    environment = {accounts_file.VARIABLE: "accounts: []"}
    for arguments, where in (
        (("--accounts", "accounts.yaml"), "accounts.yaml:3: accounts.0.sid"),
        ((), "VLA_EMULATOR"),
    ):
        done = vla("emulator", *arguments, environment=environment)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
        assert done.stderr.startswith(f"vla emulator: {where}")
        assert "secret" not in done.stderr.removesuffix("\n")
