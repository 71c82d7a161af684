"""How the shipped models were made; every script here runs, and none is part of the installed package."""
