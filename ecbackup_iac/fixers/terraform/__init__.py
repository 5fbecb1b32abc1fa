"""Findings in Terraform configuration → edits."""
