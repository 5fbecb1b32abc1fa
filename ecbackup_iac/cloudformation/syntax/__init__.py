"""Template text, YAML or JSON → nodes with locations."""
