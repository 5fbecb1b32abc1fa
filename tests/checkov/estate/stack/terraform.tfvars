from_tfvars = 10
