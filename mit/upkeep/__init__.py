"""What the clock does: publish, check ourselves, migrate, and build the demo world.

May import every other work room, means, knowledge and ground.
"""
