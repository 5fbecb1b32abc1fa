"""Folders of configuration → modules, roots and their resource instances."""
