"""The figures this project states about itself, each measured by one command.

Every module with a `main` is one benchmark (`python -m benchmarks.NAME --help`); the others are its parts.
Nothing here is imported by the product, and the products under test run as processes of their own, so that
their CPU time and memory are theirs alone.
"""
