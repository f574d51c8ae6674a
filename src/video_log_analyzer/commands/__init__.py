"""The subcommands that only this API has."""
