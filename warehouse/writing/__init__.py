"""Writing: who may write, in which order, and how the processes on one server learn of it."""
