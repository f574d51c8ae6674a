"""The Video Log Analyzer API as a contract kit: its declaration, emulator, checks and scenarios."""

from contract_kit import __version__

__all__ = ["__version__"]
