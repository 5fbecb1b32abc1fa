"""The files in the folders of a configuration: their names, text and syntax, each read once."""
