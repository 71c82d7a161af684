"""Copied code: what text is compared with, under which licence that text is, and what a policy says of it.

``licences`` finds licences and ``policy`` judges them; import from the modules themselves, since the check of a
suggestion must not pay for what it does not use.
"""
