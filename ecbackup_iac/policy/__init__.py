"""The policy file (`.ecbackup.toml`) → the Policy."""
