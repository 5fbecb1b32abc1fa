%{ if x == null }4%{ else }5%{ endif }
