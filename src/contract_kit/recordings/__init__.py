"""Answers that somebody recorded, held against the document: HAR files, vcrpy cassettes, NDJSON; no network."""
