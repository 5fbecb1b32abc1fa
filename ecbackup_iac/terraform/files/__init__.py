"""The files in folders of configuration: their names, text, comments and syntax, each read once."""
