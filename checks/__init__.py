"""The entry for Checkov: `checkov --external-checks-dir` loads this folder."""
