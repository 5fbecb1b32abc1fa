backup_days = 30
