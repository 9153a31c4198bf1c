"""Both provider simulators in one process, for a person or a program to call."""
