"""What a certificate says and how it is signed: claims, QR text, credential, keys, status lists.

Pure: bytes and values in, bytes and values out.  May import ground only (``errors``, ``config``,
``i18n``, ``values``); reads no clock, network, environment, database or disk but its own JSON.
"""
