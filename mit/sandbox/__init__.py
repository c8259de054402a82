"""The child process that opens untrusted files: its limits, its protocol, and what it reads.

Means: may import ground (and knowledge); decides nothing.  ``child`` is the only door; ``inside``
and the readers are loaded in the child process alone.
"""
