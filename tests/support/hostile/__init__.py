"""Bad input, everywhere: what is sent, the fields it is sent into, the world around them, the judge.

``values`` holds the strings, ``world`` one thing of each kind and a visitor of each kind, ``fields``
finds what can be filled in by walking the pages, ``sending`` fills it in, ``judge`` says what is wrong
with an answer.
"""
