"""Load a kit, and the objects that it names, by ``module:NAME``."""

from __future__ import annotations

import importlib
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from contract_kit.api import ApiKit
from contract_kit.errors import UsageError


def load_kit(reference: str) -> ApiKit:
    """Load the kit that ``module:NAME`` names.

    Raises:
        UsageError: there is no such module, or its NAME is missing or not an ``ApiKit``.
    """
    module_name, _, name = reference.partition(":")
    if not module_name or not name:
        raise UsageError(f"--kit {reference!r} names no kit: give MODULE:NAME, for example my_api.kit:KIT")
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.append(here)  # a kit may be in the current folder; installed modules come first
    try:
        found = getattr(importlib.import_module(module_name), name, None)
    except ModuleNotFoundError as error:
        raise UsageError(f"--kit {reference}: no module {error.name!r}: is it installed, or in this folder?") from None
    if not isinstance(found, ApiKit):
        what = "has no such name" if found is None else f"is of type {type(found).__name__}"
        raise UsageError(f"--kit {reference}: {name} {what}: it must be a contract_kit.ApiKit")
    return replace(found, reference=reference)


def folder_of(reference: str) -> Path:
    """Return the folder that must be on Python's path to import a kit."""
    module = importlib.import_module(reference.partition(":")[0])
    return Path(str(module.__file__)).resolve().parents[module.__name__.count(".")]


def named(reference: str) -> Any:
    """Load the object that a kit names as ``module:NAME``.

    Raises:
        UsageError: there is no such module or name.
    """
    module_name, _, name = reference.partition(":")
    try:
        return getattr(importlib.import_module(module_name), name)
    except (ImportError, AttributeError) as error:
        raise UsageError(f"the kit names {reference!r}, which cannot be loaded: {error}") from None
