resource "aws_elasticache_replication_group" "kept" {
  replication_group_id     = "kept"
  description              = "d"
  snapshot_retention_limit = 7
}
locals {
  third = length("a") / length("abc")
  numbers = {
    quotient         = length("abcd") / length("abc")
    of_a_literal     = length("abcd") / 3
    parsed           = parseint("3580", 10) / parseint("ff", 16)
    parsed_long      = parseint("ffffffffffffffffffff", 16) / length("abc")
    product          = local.third * local.third / length("abcdefg")
    whole_again      = local.third * length("abc")
    sum              = local.third + local.third
    sum_with_literal = local.third + 1 / 3
    remainder        = parseint("e03", 16) % 0.1
    negative         = -local.third
    absolute         = abs(-local.third)
    rounded          = floor(5.5) / length("abc")
    rounded_up       = ceil(log(8, 3)) / length("abc")
    logarithm        = log(8, 3)
    logarithms       = log(8, 3) / log(5, 2)
    power            = pow(2, 3) / pow(3, 1)
    large_power      = pow(3, 40)
    sign             = signum(-5) / length("abc")
    position         = index(["a", "b"], "b") / length("abc")
    in_a_range       = range(5)[4] / range(8)[7]
    from_a_start     = range(1, 5)[3] / range(8)[7]
    in_a_loop        = [for i, v in ["a", "b"] : i / length("abc")][1]
    read_back        = aws_elasticache_replication_group.kept.snapshot_retention_limit / length("abc")
    from_text        = tonumber("${length("ab")}") / length("abc")
  }
  texts = merge({ for name, value in local.numbers : name => jsonencode(value) }, {
    formatted = format("%v %g", local.third, local.third)
    equal     = tostring(local.third == 1 / 3)
  })
}
resource "aws_elasticache_replication_group" "r" {
  for_each                 = local.texts
  replication_group_id     = "r"
  description              = "d"
  snapshot_retention_limit = parseint(substr(md5(each.value), 0, 6), 16) % 36
}
