"""An engine that holds a service against an OpenAPI document: ledger, document, check, recordings and reports.

What is named here is public; ``contract_kit.api`` says what a kit declares. Everything else may change.
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
