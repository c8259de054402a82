"""The HTTP face: pages for people, JSON for machines; no rules here.

May import work rooms, ground, and types and pure functions of knowledge; never means, never
commits.  Asks the clock once per request (``context.now``) and hands ``now`` down.
"""
