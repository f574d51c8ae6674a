"""What ``vla --help`` shows, apart from the kit, so that help need not load the kit."""

NAME = "Video Log Analyzer"
PROGRAM = "vla"
# Further subcommands: name → (module, summary).
COMMANDS = {"emulator": ("video_log_analyzer.commands.emulator", "serve an emulator of the API")}
