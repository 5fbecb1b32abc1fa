"""Terraform configuration → caches."""
