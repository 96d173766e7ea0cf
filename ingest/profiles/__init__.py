"""Profiles: how the files of one tool are read. The shipped ones are the TOML files beside."""
