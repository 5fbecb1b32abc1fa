"""Files → templates, those nested in others, and the resources that a deployment creates."""
