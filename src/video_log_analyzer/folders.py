"""Where the files that are not code lie: in the installed package, or in the checkout that it runs from."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def openapi_folder() -> Path:
    """The folder of the document and its ledger."""
    return _data() / "openapi"


def contract_tests_folder() -> Path:
    """The folder of the pytest suite that ``vla check`` runs."""
    return _data() / "contract_tests"


def _data() -> Path:
    installed = _PACKAGE / "data"
    return installed if installed.is_dir() else _PACKAGE.parent.parent
