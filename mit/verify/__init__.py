"""Read only: is this certificate good?  A presentation, what is known, numbered checks, one verdict.

``presentation``, ``trust``, ``checks`` and ``verdict`` run without a database: the command line
stands on them.  ``scan`` asks the register.  May import means, knowledge and ground; no other
work room, never flask, never the clock.
"""
