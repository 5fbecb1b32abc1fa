"""CloudFormation the language: texts → templates, stacks and values; it knows nothing about caches."""
