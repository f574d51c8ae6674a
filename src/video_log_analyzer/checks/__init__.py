"""What is checked: one module a family of checks. They return findings; they print nothing and exit nowhere."""
