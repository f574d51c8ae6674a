"""A Video Log Analyzer API to run locally: written by hand from the published sources, never from the document.

From the outside in: ``server`` (process, socket, signals) → ``app`` (HTTP) → ``pages`` (lists, their URLs and tokens)
→ ``store`` (state and rules) → SQLite. ``faults`` are planted from outside at the three seams of ``app.App``.
"""
