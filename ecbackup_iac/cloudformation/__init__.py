"""CloudFormation the language: texts → templates, stacks, values; it has never heard of a cache."""
