"""Answers of this API as the document shows them, and how to record them in each format."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

from contract_kit import contract
from contract_kit.findings.results import Result
from contract_kit.masking import Masker
from contract_kit.recordings.validation import Validation, validate

CONTRACT = contract.load("video_log_analyzer.kit:KIT")
DOCUMENT = CONTRACT.document
MASKER = Masker.of(CONTRACT, "key")
_EXAMPLES = DOCUMENT.data["components"]["examples"]
ROOM: dict[str, Any] = _EXAMPLES["CompletedRoom"]["value"]
PARTICIPANT: dict[str, Any] = _EXAMPLES["Participant"]["value"]
ROOM_PAGE: dict[str, Any] = _EXAMPLES["RoomPage"]["value"]
PARTICIPANT_PAGE: dict[str, Any] = _EXAMPLES["ParticipantPage"]["value"]
ERROR: dict[str, Any] = _EXAMPLES["UnknownRoom"]["value"]

ORIGIN = "https://insights.twilio.com"
ROOM_URL = ROOM["url"]
HEADERS = {
    "Content-Type": "application/json",
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "POST, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, Authorization",
    "Access-Control-Allow-Credentials": "true",
    "Access-Control-Expose-Headers": "Twilio-Request-Id",
}


def text(body: object) -> str:
    """Compact JSON, as the service writes it."""
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False)


def har_entry(
    body: str | None,
    *,
    url: str = ROOM_URL,
    method: str = "GET",
    status: int = 200,
    headers: dict[str, str] | None = None,
    encoded: bool = False,
) -> dict[str, Any]:
    content: dict[str, Any] = {"size": len(body or "x"), "mimeType": "application/json"}
    if body is not None:
        content["text"] = base64.b64encode(body.encode()).decode() if encoded else body
    if encoded:
        content["encoding"] = "base64"
    shown = HEADERS if headers is None else headers
    return {
        "startedDateTime": "2026-11-21T10:00:00.000Z",
        "request": {"method": method, "url": url, "headers": [], "queryString": []},
        "response": {
            "status": status,
            "headers": [{"name": name, "value": value} for name, value in shown.items()],
            "content": content,
        },
        "timings": {"send": 0.1, "wait": 12.5, "receive": 0.2},
    }


def har(*entries: dict[str, Any]) -> str:
    return json.dumps({"log": {"version": "1.2", "creator": {"name": "test", "version": "1"}, "entries": entries}})


def interaction(body: Any, *, url: str = ROOM_URL, status: int = 200, **more: Any) -> dict[str, Any]:
    headers = {name: [value] for name, value in HEADERS.items()}
    return {
        "request": {"method": "GET", "uri": url, "body": None, "headers": {}},
        "response": {"status": {"code": status, "message": "OK"}, "headers": headers, "body": {"string": body}, **more},
    }


def write(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content)
    return path


def validated(*paths: Path, hosts: tuple[str, ...] = ()) -> Result:
    what = Validation(paths, hosts=hosts, masking_key="key", size=1 << 40)
    return validate(what, CONTRACT, lambda _line: None)[0]
