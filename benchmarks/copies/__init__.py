"""The copied-code benchmark: a data set of copies with known sources, and what detectors make of it.

`dataset` writes the set from public repositories; `recall`, `alarms`, `lookup`, `build` and `hook` measure. The set is
made without any code of the engine under test: its tokens come from tree-sitter's grammars.
"""
