"""How good search is on a repository, measured with queries derived from that repository itself."""
