"""The command line: one file for each noun; no rules here.

May import work rooms, ground, and types and pure functions of knowledge; never means.
"""
