"""Settle assumptions: ask a service what the ledger's probes name, and say what is confirmed, refuted, or not seen.

::

    questions   a clause of a decision, a sighting, and the conclusion from all sightings
    asking      GET requests within a budget, never anything else
    settling    all probes of a kit, in the order of what follows from them
    pages       the result as JSON, Markdown and HTML
    rehearsal   emulators in random worlds, settled and compared with the truth

The kit's probes know the API; nothing here does.
"""
