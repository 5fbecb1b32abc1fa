days     = 14
replicas = ["eu"]
