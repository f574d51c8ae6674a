"""The contract check: what is asked of a target, and how its answers are judged."""
