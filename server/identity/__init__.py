"""Identity: who comes with one, how it is made, read, rotated and ended."""
