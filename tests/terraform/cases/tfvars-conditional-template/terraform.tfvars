c = "${true ? 7 : 8}"
