"""Checkov's door: `checkov --external-checks-dir` loads this folder."""
