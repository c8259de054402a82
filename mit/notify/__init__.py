"""What is read in a mailbox: the words of each letter, and the way to the mail server.

May import knowledge and ground; never another room of means; decides nothing about whom to tell.
"""
