"""An engine that holds a service against an OpenAPI document: ledger, document, check, recordings and reports."""

__version__ = "0.1.0"
