"""A contract kit for the Video Log Analyzer API: ledger, document, check and emulator."""

__version__ = "0.1.0"
