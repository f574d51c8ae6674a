"""Findings: what a check reports, and what people decide about it."""
