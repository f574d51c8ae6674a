"""Check recorded responses against the document, without a network: HAR files, vcrpy cassettes, NDJSON."""
