"""Recordings of what a service said: made without secrets, labelled with who spoke, replayed without a network."""
