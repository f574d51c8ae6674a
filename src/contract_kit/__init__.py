"""An engine that checks a service against an OpenAPI document: ledger, document, check, recordings and reports.

The names exported here are public; ``contract_kit.api`` defines what a kit declares. Everything else may change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contract_kit.api import (
        ApiKit,
        Authentication,
        ClientModule,
        Credentials,
        DefaultWindow,
        EmulatorModule,
        ErrorShape,
        Filter,
        Law,
        LedgerFolder,
        PageStyle,
        Privacy,
        Resource,
        Variables,
        Window,
    )
    from contract_kit.errors import ContractKitError, FileError, InconclusiveError, UsageError

__version__ = "0.1.0"

__all__ = [
    "ApiKit",
    "Authentication",
    "ClientModule",
    "ContractKitError",
    "Credentials",
    "DefaultWindow",
    "EmulatorModule",
    "ErrorShape",
    "FileError",
    "Filter",
    "InconclusiveError",
    "Law",
    "LedgerFolder",
    "PageStyle",
    "Privacy",
    "Resource",
    "UsageError",
    "Variables",
    "Window",
    "__version__",
]


def __getattr__(name: str) -> object:
    """Load a public name when it is used, so that ``import contract_kit`` and help stay quick."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from contract_kit import api, errors

    return getattr(api, name, None) or getattr(errors, name)
