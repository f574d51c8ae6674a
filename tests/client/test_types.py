"""The file that type checkers are shown leaves out no public name."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

import video_log_analyzer_client
from video_log_analyzer_client import AsyncClient, Client, RawResponse, Response, errors, resources
from video_log_analyzer_client.types import Answer, PageAnswer

EVERY_PUBLIC_NAME = Path(__file__).parent / "every_public_name.py"


def public(thing: object) -> set[str]:
    return {name for name in vars(thing) if not name.startswith("_")}


def test_every_public_name_is_used() -> None:
    tree = ast.parse(EVERY_PUBLIC_NAME.read_text(encoding="utf-8"))
    used = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    used |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    names = set(video_log_analyzer_client.__all__)
    names |= {name for name, each in vars(errors).items() if inspect.isclass(each)}
    for kind in (Client, AsyncClient, RawResponse, Response, Answer, PageAnswer):
        names |= public(kind)
    for name, each in vars(resources).items():
        if inspect.isclass(each) and each.__module__ == resources.__name__:
            names |= public(each) - {name}
    # What a client is made of, and what its own modules call.
    assert names - used <= {"send", "fetch", "pages", "rows"}
