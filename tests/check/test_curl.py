"""The request of a finding as a command: it can be pasted, and holds no secret."""

from __future__ import annotations

import shlex
from dataclasses import replace

import pytest

from contract_kit.api import Authentication, Credentials, Variables
from contract_kit.check.curl import command
from contract_kit.findings.finding import Example
from contract_kit.targets import Target
from video_log_analyzer.kit import KIT

TARGET = Target("https://staging.example", Credentials("AC" + "0" * 32, "a-secret"))
EMBEDDED = replace(TARGET, url="http://127.0.0.1:1", embedded=True)
LIST = Example("GET /v1/Video/Rooms?PageSize=2")
TOKENS = Authentication("Bearer", (Variables("LIBRARY_TOKEN"),))


def test_credentials_are_the_variables_of_the_run() -> None:
    key = {"TWILIO_API_KEY": "SK1", "TWILIO_API_SECRET": "a-secret"}
    account = {"TWILIO_ACCOUNT_SID": "AC1", "TWILIO_AUTH_TOKEN": "a-secret"}
    url = "'https://staging.example/v1/Video/Rooms?PageSize=2'"
    assert command(LIST, KIT, TARGET, key) == f'curl -u "$TWILIO_API_KEY:$TWILIO_API_SECRET" {url}'
    assert command(LIST, KIT, TARGET, account) == f'curl -u "$TWILIO_ACCOUNT_SID:$TWILIO_AUTH_TOKEN" {url}'


def test_an_embedded_emulator_is_named_by_the_variables_that_it_prints() -> None:
    said = command(LIST, KIT, EMBEDDED, {})
    assert said == 'curl -u "$TWILIO_ACCOUNT_SID:$TWILIO_AUTH_TOKEN" "$BASE_URL"\'/v1/Video/Rooms?PageSize=2\''
    assert "127.0.0.1" not in said


@pytest.mark.parametrize(
    ("authentication", "has"),
    [
        (TOKENS, '-H "Authorization: Bearer $LIBRARY_TOKEN"'),
        (replace(TOKENS, scheme="header", name="X-Key"), '-H "X-Key: $LIBRARY_TOKEN"'),
        (replace(TOKENS, scheme="query", name="key"), '"key=$LIBRARY_TOKEN"'),
        (Authentication(), "curl 'https"),
    ],
)
def test_every_scheme(authentication: Authentication, has: str) -> None:
    assert has in command(LIST, replace(KIT, authentication=authentication), TARGET, {})


def test_other_methods_and_other_callers() -> None:
    assert command(Example("POST /v1/Video/Rooms"), KIT, TARGET, {}).startswith("curl -X POST -u ")
    nobody = command(Example("GET /v1/Video/Rooms", caller="nobody"), KIT, TARGET, {})
    assert " -u " not in nobody
    assert nobody.endswith("  # sent as nobody: with wrong credentials, or none")
    other = command(Example("GET /v1/Video/Rooms", caller="another account"), KIT, TARGET, {})
    assert '-u "$VLA_OTHER_ACCOUNT_SID:$VLA_OTHER_AUTH_TOKEN"' in other


def test_masked_keys_stay_masked_and_are_said_to_be() -> None:
    said = command(Example("GET /v1/Video/Rooms/RM…46e31c?PageToken=…0a1b2c"), KIT, TARGET, {})
    assert "/RM…46e31c?" in said
    assert said.endswith("  # masked: RM…46e31c, …0a1b2c")


@pytest.mark.parametrize("odd", ["$(id)", "`id`", "';id;'", "a b", '"'])
@pytest.mark.parametrize("target", [TARGET, EMBEDDED])
def test_nothing_of_the_request_is_run_by_the_shell(target: Target, odd: str) -> None:
    said = command(Example(f"GET /v1/Video/Rooms?RoomName={odd}"), KIT, target, {})
    if " " in odd:
        assert said == ""
        return
    words = shlex.split(said, comments=True)
    assert words[-1].endswith(f"/v1/Video/Rooms?RoomName={odd}")


@pytest.mark.parametrize("request_line", ["", "fetch_room through the generated client", "browse.har entry 3: GET /x"])
def test_what_cannot_be_sent_again_has_no_command(request_line: str) -> None:
    assert command(Example(request_line), KIT, TARGET, {}) == ""
