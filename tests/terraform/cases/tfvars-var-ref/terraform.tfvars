c = var.d
