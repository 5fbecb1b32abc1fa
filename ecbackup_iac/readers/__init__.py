"""An input → the caches that it declares or lists; one file or folder a source."""
