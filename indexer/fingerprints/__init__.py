"""Fingerprints of code: made, stored, looked up, and verified as copies."""
