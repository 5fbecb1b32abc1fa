"""Terraform the language: syntax, modules, variables, expressions. It has never heard of ElastiCache."""
