days          = 0
sessions_days = 7
owner         = "dev"
