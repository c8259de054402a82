"""What may follow what: the tables of states and moves, and the names of what the audit log records.

May import ground; never another room of knowledge, no clock, no database.
"""
