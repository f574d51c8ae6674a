"""The folders of files that are not code, in the installed package or in a checkout."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def openapi_folder() -> Path:
    """Return the folder of the document and its ledger."""
    return _data() / "openapi"


def contract_tests_folder() -> Path:
    """Return the folder of this API's pytest checks, which ``vla check`` runs."""
    return _data() / "contract_tests"


def _data() -> Path:
    installed = _PACKAGE / "data"
    return installed if installed.is_dir() else _PACKAGE.parent.parent
