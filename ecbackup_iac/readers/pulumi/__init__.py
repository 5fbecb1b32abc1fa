"""Previews and exported stacks of Pulumi."""
