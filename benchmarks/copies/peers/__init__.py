"""Other copy detectors, each run as a process over the same files."""
