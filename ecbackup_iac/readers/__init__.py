"""An input → the caches that it declares or lists; one file or folder per row of model/source.py."""
