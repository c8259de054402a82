"""What outlives a request: tables, files, private keys.

Store functions flush and never commit; the one ``transaction()`` belongs to the work rooms.
May import knowledge and ground; never another room of means; decides nothing.
"""
