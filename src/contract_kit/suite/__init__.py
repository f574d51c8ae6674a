"""The checks that every kit is held to; a kit may have more in a folder of its own."""
