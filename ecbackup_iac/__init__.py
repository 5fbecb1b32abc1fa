"""Check in infrastructure code that every ElastiCache cache will be backed up.

Public, and kept stable: `ecbackup_iac.model` (the nouns), `ecbackup_iac.rule.judge` and
`ecbackup_iac.scan.scan`. Everything else may move.
"""

__version__ = "0.1.0"
