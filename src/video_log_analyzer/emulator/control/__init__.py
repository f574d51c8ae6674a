"""The control API under ``/_emulator/``: JSON that puts rooms, sets the clock and plants faults.

``app`` (HTTP: who may call, bodies) → ``calls`` (routes, and what each call does) and ``bulk`` (NDJSON) → ``rooms``,
``participants`` and ``state`` → ``fields`` (what a value may be).
"""
