"""The checks that run for every kit; a kit may add its own in a separate folder."""
