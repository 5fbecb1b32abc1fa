"""Terraform's JSON, plans and states → caches."""
