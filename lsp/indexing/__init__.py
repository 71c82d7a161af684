"""Keeping the indexes of the open folders up to date, without the editor noticing.

``worker`` is the process that does it: parsing holds Python's lock, and the server must answer meanwhile.
``process`` is the server's end of it, ``scheduler`` decides what is to be done next. Nothing is loaded here: the
process, and each one that it starts, would load what only the server needs.
"""
