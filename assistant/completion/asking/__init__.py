"""Asking a model: which way it can be asked, and one request from the gate to the last piece of the answer."""
