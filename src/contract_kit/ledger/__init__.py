"""What the published sources say, what was decided where they differ, and whether both hold.

::

    model       Source, Claim, PublishedExample, Decision, Ledger; load()
    entry       one mapping of a YAML file, parsed at the edge        facets    the words in which claims speak
    conflicts   where claims differ; what the document must say       problem   what is wrong, and where
    integrity   does the ledger hold together?
    evidence    do the sources bear the claims out?                   source_page, history  a source as it was read
    basis       does the document say what the ledger says?
"""
