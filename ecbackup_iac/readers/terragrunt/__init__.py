"""Terragrunt units → the caches that they deploy."""
