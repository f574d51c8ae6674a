"""Find a kit, and what it names, by ``module:NAME``."""

from __future__ import annotations

import importlib
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from contract_kit.api import ApiKit
from contract_kit.errors import UsageError


def load_kit(reference: str) -> ApiKit:
    """The kit that ``module:NAME`` names.

    Raises:
        UsageError: there is no such module, or nothing of that name that is an ``ApiKit``.
    """
    module_name, _, name = reference.partition(":")
    if not module_name or not name:
        raise UsageError(f"--kit {reference!r} names no kit: give MODULE:NAME, for example my_api.kit:KIT")
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.append(here)  # a kit may lie in the current folder, behind everything that is installed
    try:
        found = getattr(importlib.import_module(module_name), name, None)
    except ModuleNotFoundError as error:
        raise UsageError(f"--kit {reference}: no module {error.name!r}: is it installed, or in this folder?") from None
    if not isinstance(found, ApiKit):
        what = "has no such name" if found is None else f"is of type {type(found).__name__}"
        raise UsageError(f"--kit {reference}: {name} {what}: it must be a contract_kit.ApiKit")
    return replace(found, reference=reference)


def folder_of(reference: str) -> Path:
    """The folder that must be on Python's path for a kit to be imported."""
    module = importlib.import_module(reference.partition(":")[0])
    return Path(str(module.__file__)).resolve().parents[module.__name__.count(".")]


def named(reference: str) -> Any:
    """What ``module:NAME`` of a kit names.

    Raises:
        UsageError: there is no such thing.
    """
    module_name, _, name = reference.partition(":")
    try:
        return getattr(importlib.import_module(module_name), name)
    except (ImportError, AttributeError) as error:
        raise UsageError(f"the kit names {reference!r}, which cannot be loaded: {error}") from None
