"""Recordings (cassettes) of a service: scrubbed of secrets, labelled with their target, replayed without a network."""
