"""From application to certificate: one file a verb, one transaction each.

May import means, knowledge, ground, ``accounts`` and ``verify``; never flask, never the clock.
"""
