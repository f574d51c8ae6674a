"""The contract check: what it requests from a target, and how it judges the responses."""
