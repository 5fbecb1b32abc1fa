"""HCL, the syntax: text → tokens → bodies and expressions, native and JSON. It knows nothing about Terraform.

The structure and the names follow hashicorp/hcl's hclsyntax, whose specification is hclsyntax/spec.md.
"""
