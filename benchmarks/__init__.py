"""How fast, how flat and how small the emulator is, against named peers in the same run.

``__main__`` (command line) → one module a benchmark (``throughput``, ``latency``, ``scale``, ``loading``, ``memory``,
``startup``) → ``servers`` and ``load`` (processes) and ``measuring`` (rounds and medians) → ``results`` (JSON, table).
"""
