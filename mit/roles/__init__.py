"""Who may do what: actors, roles, and the rule that two different persons decide.

May import ground; never another room of knowledge.
"""
