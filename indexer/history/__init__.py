"""What the log of a repository says about its files: which words told of changes to them.

A commit's subject is a sentence that somebody wrote about the files that it changed, in words that the code may not
have. Only hashes of its words are kept. Nothing here knows how much that counts in a search.
"""

from indexer.history.commits import Commit, head_of, read_commits
from indexer.history.table import FileHistory, HistoryTable

__all__ = ["Commit", "FileHistory", "HistoryTable", "head_of", "read_commits"]
