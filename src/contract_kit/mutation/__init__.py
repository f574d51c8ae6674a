"""A proxy that plants mutations between a check and any service, to measure the check where it is used.

A mutation is a fault that a check must report, a transient failure that it must ride out, or a benign variation that it
must not report. Most are generated from a kit and its document; a kit may add its own (``ApiKit.mutations``).
"""
