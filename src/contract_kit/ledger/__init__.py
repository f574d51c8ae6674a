"""The ledger: claims of published sources, decisions where claims conflict, and checks of both.

::

    model       Source, Claim, PublishedExample, Decision, Ledger; load()
    entry       one mapping of a YAML file, parsed                    facets    names and values of claims
    conflicts   where claims differ; what the document must say       problem   what is wrong, and where
    integrity   is the ledger consistent?
    evidence    do the sources support the claims?                    source_page, history  parsed sources
    basis       does the document say what the ledger says?
"""
