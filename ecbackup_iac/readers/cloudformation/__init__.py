"""CloudFormation templates → caches."""
