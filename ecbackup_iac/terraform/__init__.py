"""Terraform the language: folders of configuration → evaluated resource instances of any provider."""
