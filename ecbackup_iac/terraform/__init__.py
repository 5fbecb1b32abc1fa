"""Terraform the language: syntax, modules, variables, expressions. No provider's resource is known here."""
