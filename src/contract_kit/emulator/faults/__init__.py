"""Faults that any API may have."""
