"""An engine that checks a service against an OpenAPI document: ledger, document, check, recordings and reports.

The names exported here are public; ``contract_kit.api`` defines what a kit declares. Everything else may change.
"""

from contract_kit.api import (
    ApiKit,
    Authentication,
    ClientModule,
    Credentials,
    EmulatorModule,
    ErrorShape,
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
    "EmulatorModule",
    "ErrorShape",
    "FileError",
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
