"""Findings in CloudFormation templates → edits."""
