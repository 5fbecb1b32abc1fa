secret_days = 0
