"""Findings: what a check reports, and which of them people accept."""
