"""Read only: what everyone may see: keys, status lists, signed credentials, the trust file's parts.

May import ``verify``, ``accounts``, means, knowledge and ground; never flask, never the clock.
"""
