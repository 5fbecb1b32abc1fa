"""The nouns that every other room speaks of. Standard library alone; imports nothing of ours."""
