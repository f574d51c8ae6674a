"""A Video Log Analyzer API to run locally, written by hand from the published sources and never from the document.

From the outside in: ``server`` (the process) → ``app`` (HTTP) → ``pages`` (lists, their URLs and tokens) → ``store``
(state and rules) → SQLite or PostgreSQL. ``lifecycle`` says what happens to a room. ``faults`` wrap the hooks of
``app.App``. What any emulator needs is in ``contract_kit.emulator``.
"""
