"""The templates override what they have to, say why, and were written for the stock templates that are installed."""

from __future__ import annotations

import hashlib
from pathlib import Path

import openapi_python_client

from tests.conftest import ROOT

SETTINGS = ROOT / "openapi" / "client"
TEMPLATES = SETTINGS / "templates"
STOCK = Path(openapi_python_client.__file__).parent / "templates"
RECORDED = SETTINGS / "stock.sha256"


def overrides() -> list[str]:
    return sorted(path.name for path in TEMPLATES.glob("*.jinja"))


def test_stock_template_under_each_override_is_the_one_it_was_written_for() -> None:
    recorded = [line.split() for line in RECORDED.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    assert [name for _, name in recorded] == overrides()
    for digest, name in recorded:
        assert hashlib.sha256((STOCK / name).read_bytes()).hexdigest() == digest, (
            f"the generator's {name} has changed: see what is new in it, adapt openapi/client/templates/{name}, "
            "then note its new sha256 in openapi/client/stock.sha256"
        )


def test_override_says_at_its_top_what_it_changes_and_is_not_the_stock_one() -> None:
    for name in overrides():
        text = (TEMPLATES / name).read_text(encoding="utf-8")
        assert text.startswith("{#"), name
        assert f"stock {name.removesuffix('.jinja')}" in text.partition("#}")[0], name
        assert text.partition("#}")[2].strip() != (STOCK / name).read_text(encoding="utf-8").strip(), name


def test_module_has_no_slot_in_the_generator() -> None:
    names = {path.name for path in (TEMPLATES / "modules").iterdir()}
    assert names
    assert not names & {path.name for path in STOCK.iterdir()}
