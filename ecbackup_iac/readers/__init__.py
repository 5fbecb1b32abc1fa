"""An input → the caches that it declares or lists; one file or folder a row of model/source.py."""
