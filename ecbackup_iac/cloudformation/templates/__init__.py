"""Files → templates, those nested in others, and the resources that a deployment creates.

What looks for the template of a nested stack raises NotReadError where it is not read.
"""
