"""The assistant: retrieval, answers and the command line over the indexer's stores."""

__version__ = "0.1.0"
