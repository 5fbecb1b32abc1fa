# Every construct of the language once: for the parsers' parity, nobody plans it.
resource "aws_x" "y" {
  a = var.x.y[0].z["k"] + 1 * -2
  b = "pre${local.a}x%{ if true }A%{ else }B%{ endif ~}post"
  c = <<-EOT
    hi ${var.x}
    there
  EOT
  d = cond ? [for k, v in var.m : upper(v) if v != ""] : { for k, v in m : k => v... }
  e = f(1, var.l...)
  g = { a = 1, "b" : 2, (c) = 3, d = null }
  h = l[*].r[1]
  i = l.*.r
  j = !a && (b || c)
  k = null
  l = provider::x::y(1)
  m = x.0.y
  n = "plain, \"quoted\", \u00e9 and $${not this}"
  o = <<EOT
plain
  heredoc
EOT
  p = [1, 2.5, "three", true, false, null, [], {}]
  q = { # a comment
    "quoted key" = "v" // another
    bare-key     = 7   /* and another */
  }

  dynamic "setting" {
    for_each = []
    content {
      name = "one"
    }
  }

  one_line { only = 1 }
  empty {}
}

variable bare_label {
  default = 7
}

locals {}

locals {
  last = 1
}
