environment  = "dev"
session_days = 0
