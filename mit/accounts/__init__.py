"""People and organisations: who there is, whom they act for, what they may do, how they prove it.

May import means, knowledge and ground; no other work room.
"""
