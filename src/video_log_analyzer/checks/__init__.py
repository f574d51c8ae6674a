"""This API's own checks, one module per family. They return judgements; they never print or exit."""
