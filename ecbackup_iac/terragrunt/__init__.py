"""Terragrunt the language: configuration files → units, the modules they deploy, and their inputs."""
