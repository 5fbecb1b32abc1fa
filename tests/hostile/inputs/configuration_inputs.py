"""Terraform configuration of an attacker's, by name: each is at most a megabyte, and costs much to follow."""

from collections.abc import Callable, Mapping

Files = Mapping[str, str | bytes]


def cache(expression: str, more: str = "") -> str:
    """Give a cache whose retention is an expression."""
    return (
        'resource "aws_elasticache_cluster" "cache" {\n  engine = "redis"\n'
        f"  snapshot_retention_limit = {expression}\n}}\n{more}"
    )


def chain(length: int, first: str, step: str, last: str = "x{last}") -> str:
    """Give locals x0, x1 and so on, each made of the one before it, and a cache that takes the last."""
    lines = [f"  x0 = {first}"]
    lines += [f"  x{n} = " + step.replace("BEFORE", f"local.x{n - 1}") for n in range(1, length)]
    final = last.replace("{last}", str(length - 1))
    return cache(
        final.replace("LAST", f"local.x{length - 1}"), "locals {\n" + "\n".join(lines) + "\n}\n"
    )


def nested(opening: str, inner: str, closing: str, depth: int) -> str:
    """Put something in brackets, many times."""
    return opening * depth + inner + closing * depth


def modules(count: int, body: Callable[[int], str], last: str) -> dict[str, str]:
    """Give a root and a chain of modules m1, m2 and so on; the last one holds the cache."""
    files = {"main.tf": body(0)}
    files |= {f"m{n}/main.tf": body(n) for n in range(1, count)}
    files[f"m{count}/main.tf"] = last
    return files


def _call(name: str, n: int, more: str = "") -> str:
    folder = "./" if n == 0 else "../"
    return f'module "{name}" {{\n  source = "{folder}m{n + 1}"\n{more}}}\n'


def _in_modules(count: int, calls: int, more: str = "") -> dict[str, str]:
    names = [f"c{n}" for n in range(calls)]
    return modules(count, lambda n: "".join(_call(name, n, more) for name in names), cache("7"))


def _outputs(count: int, made: str) -> dict[str, str]:
    """Give modules whose output is made of the output of the next one."""

    def body(n: int) -> str:
        text = _call("next", n)
        if n == 0:
            return text + cache("length(module.next.out)")
        return text + f'output "out" {{\n  value = {made}\n}}\n'

    return modules(count, body, 'output "out" {\n  value = "abcdefg"\n}\n')


def _resources(count: int, made: str) -> str:
    lines = ['resource "null_resource" "x0" {\n  v = "seven"\n}\n']
    for n in range(1, count):
        before = f"null_resource.x{n - 1}.v"
        lines.append(
            f'resource "null_resource" "x{n}" {{\n  v = {made.replace("BEFORE", before)}\n}}\n'
        )
    return cache(f"length(null_resource.x{count - 1}.v)", "".join(lines))


def _with_variables(count: int, expression: str) -> str:
    blocks = "".join(f'variable "v{n}" {{\n  type = bool\n}}\n' for n in range(count))
    return cache(expression, blocks)


def _in_each_other(depth: int) -> str:
    expression = "7"
    for n in range(depth):
        expression = f"(var.v{n} ? {expression} : {n + 100} + {expression})"
    return expression


_LOOPS = (
    "length([for a in range(1000) : [for b in range(1000) : [for c in range(1000) : a + b + c]]])"
)
_LETTERS = "abcdefghijklmnopqrstuvwxyz" * 4

_LAUGHS = "\n".join(
    ["a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
)

DEEP: dict[str, Files] = {
    "10,000 brackets": {"main.tf": cache(nested("[", "7", "]", 10_000))},
    "10,000 parentheses": {"main.tf": cache(nested("(", "7", ")", 10_000))},
    "100,000 parentheses": {"main.tf": cache(nested("(", "7", ")", 100_000))},
    "10,000 objects": {"main.tf": cache(nested("{ a = ", "7", "}", 10_000))},
    "10,000 templates": {"main.tf": cache(nested('"${', "7", '}"', 10_000))},
    "10,000 calls": {"main.tf": cache(nested("abs(", "7", ")", 10_000))},
    "400 calls": {"main.tf": cache(nested("abs(", "7", ")", 400))},
    "10,000 conditionals": {"main.tf": cache(nested("true ? ", "7", " : 0", 10_000))},
    "10,000 loops": {"main.tf": cache(nested("[for a in ", "[7]", " : a]", 10_000))},
    "10,000 directives": {
        "main.tf": cache('"' + nested("%{ if true }", "7", "%{ endif }", 10_000) + '"')
    },
    "10,000 blocks": {"main.tf": cache("7") + nested("a {\n", "", "}\n", 10_000)},
    "10,000 opened brackets": {"main.tf": cache("[" * 10_000)},
    "100,000 signs": {"main.tf": cache("-" * 100_000 + "7")},
    "100,000 negations": {"main.tf": cache("!" * 100_000 + "true")},
    "100,000 additions": {"main.tf": cache(" + ".join(["0"] * 100_000))},
    "100,000 comparisons": {"main.tf": cache(" == ".join(["0"] * 100_000))},
    "50,000 indexes": {"main.tf": cache("local.x" + "[0]" * 50_000, "locals {\n  x = []\n}\n")},
    "100,000 attributes": {"main.tf": cache("local.x" + ".a" * 100_000, "locals {\n  x = {}\n}\n")},
    "50,000 splats": {"main.tf": cache("local.x" + "[*]" * 50_000, "locals {\n  x = []\n}\n")},
    "a type of 10,000 objects": {
        "main.tf": 'variable "v" {\n  type = '
        + nested("object({ a = ", "number", "})", 10_000)
        + "\n  default = null\n}\n"
        + cache("7 + length(var.v == null ? [] : [1])")
    },
    "jsondecode of 100,000 lists": {
        "main.tf": cache('length(jsondecode(file("deep.json")))'),
        "deep.json": nested("[", "", "]", 100_000),
    },
    "yamldecode of 100,000 lists": {
        "main.tf": cache('length(yamldecode(file("deep.yaml")))'),
        "deep.yaml": nested("[", "", "]", 100_000),
    },
    "a tf.json of 100,000 lists": {
        "main.tf.json": '{"resource": {"aws_elasticache_cluster": {"c": {"snapshot_retention_limit": '
        + nested("[", "", "]", 100_000)
        + "}}}}"
    },
    "a tf.json of 10,000 templates": {
        "main.tf.json": '{"resource": {"aws_elasticache_cluster": {"c": {"snapshot_retention_limit": "'
        + nested("${[", "7", "]}", 10_000)
        + '"}}}}'
    },
    "a variable file of 10,000 lists": {
        "main.tf": 'variable "v" {}\n' + cache("var.v"),
        "terraform.tfvars": "v = " + nested("[", "7", "]", 10_000),
    },
}

CHAINS: dict[str, Files] = {
    "1,000 locals": {"main.tf": chain(1_000, "7", "BEFORE", "LAST")},
    "20,000 locals": {"main.tf": chain(20_000, "7", "BEFORE", "LAST")},
    "1,000 locals that add": {"main.tf": chain(1_000, "7", "BEFORE + 0", "LAST")},
    "1,000 locals with a condition": {"main.tf": chain(1_000, "7", "true ? BEFORE : 0", "LAST")},
    "a circle of locals": {
        "main.tf": cache("local.a", "locals {\n  a = local.b\n  b = local.a\n}\n")
    },
    "a circle of 10,000 locals": {"main.tf": chain(10_000, "local.x9999", "BEFORE", "LAST")},
    "a circle of variables": {
        "main.tf": 'variable "a" {\n  default = 7\n  validation {\n    condition = var.a > 0 && var.b > 0\n'
        '    error_message = "x"\n  }\n}\nvariable "b" {\n  default = 7\n  validation {\n'
        '    condition = var.a > 0\n    error_message = "x"\n  }\n}\n' + cache("var.a")
    },
    "a circle of resources": {
        "main.tf": cache("aws_elasticache_cluster.cache.snapshot_retention_limit")
    },
    "a circle of outputs": {
        "main.tf": 'module "a" {\n  source = "./a"\n  v = module.a.v\n}\n' + cache("module.a.v"),
        "a/main.tf": 'variable "v" {}\noutput "v" {\n  value = var.v\n}\n',
    },
    "a module that calls itself": {"main.tf": 'module "a" {\n  source = "./"\n}\n' + cache("7")},
    "a module that calls itself twice": {
        "main.tf": 'module "a" {\n  source = "./"\n}\nmodule "b" {\n  source = "./"\n}\n'
        + cache("7")
    },
    "modules that call each other": {
        "main.tf": 'module "a" {\n  source = "./a"\n}\n',
        "a/main.tf": 'module "b" {\n  source = "../b"\n}\n',
        "b/main.tf": 'module "a" {\n  source = "../a"\n}\n' + cache("7"),
    },
    "1,000 modules in each other": _in_modules(1_000, 1),
    "10,000 modules in each other": _in_modules(10_000, 1),
    "200 outputs of outputs": _outputs(200, "module.next.out"),
}

MANY: dict[str, Files] = {
    "a count of a billion": {
        "main.tf": cache("7").replace("engine", "count = 1000000000\n  engine")
    },
    "a count of 10,000": {"main.tf": cache("7").replace("engine", "count = 10000\n  engine")},
    "modules of 10,000 with caches of 10,000": {
        "main.tf": 'module "m" {\n  source = "./m"\n  count = 10000\n}\n',
        "m/main.tf": cache("7").replace("engine", "count = 10000\n  engine"),
    },
    "modules that call the next one twice": _in_modules(24, 2),
    "modules that call the next one 100 times": _in_modules(5, 1, "  count = 100\n"),
    "a range of a billion": {"main.tf": cache("length(range(1000000000))")},
    "a range of tiny steps": {"main.tf": cache("length(range(0, 1, 0.000000001))")},
    "ranges in ranges": {"main.tf": cache(_LOOPS)},
    "ranges in ranges that keep nothing": {
        "main.tf": cache(
            "length([for a in range(1000) : 1 if length([for b in range(1000) : 1 if length("
            "[for c in range(1000) : 1 if false]) > 0]) > 0])"
        )
    },
    "a product of sets": {
        "main.tf": cache("length(setproduct(range(1000), range(1000), range(1000), range(1000)))")
    },
    "a for_each of a product": {
        "main.tf": cache("7").replace(
            "engine",
            (
                'for_each = toset([for p in setproduct(range(1000), range(1000)) : join("", p)])\n  engine'
            ),
        )
    },
    "doubling lists": {"main.tf": chain(24, "[7]", "concat(BEFORE, BEFORE)", "length(LAST)")},
    "doubling tuples": {"main.tf": chain(40, "[7]", "[BEFORE, BEFORE]", "length(LAST)")},
    "doubling tuples, flattened": {
        "main.tf": chain(40, "[7]", "[BEFORE, BEFORE]", "length(flatten(LAST))")
    },
    "doubling tuples, as JSON": {
        "main.tf": chain(40, "[7]", "[BEFORE, BEFORE]", "length(jsonencode(LAST))")
    },
    "doubling tuples, compared": {
        "main.tf": chain(40, "[7]", "[BEFORE, BEFORE]", "LAST == LAST ? 7 : 0")
    },
    "doubling tuples, in a set": {
        "main.tf": chain(40, "[7]", "[BEFORE, BEFORE]", "length(toset([LAST]))")
    },
    "doubling objects": {
        "main.tf": chain(40, "{a = 7}", "{a = BEFORE, b = BEFORE}", "length(LAST)")
    },
    "doubling objects, of one type": {
        "main.tf": chain(40, "{a = 7}", "{a = BEFORE, b = BEFORE}", "length(tolist([LAST, LAST]))")
    },
    "doubling conditions": {
        "main.tf": chain(40, "[7]", "true ? [BEFORE, BEFORE] : [BEFORE, BEFORE]", "length(LAST)")
    },
    "doubling by for": {
        "main.tf": chain(24, "[7]", "flatten([for x in BEFORE : [x, x]])", "length(LAST)")
    },
    "doubling outputs": _outputs(40, '"${module.next.out}${module.next.out}"'),
    "outputs referred to twice": _outputs(40, 'length(module.next.out) > 0 ? module.next.out : ""'),
    "resources referred to twice": {"main.tf": _resources(40, 'BEFORE == "" ? "" : BEFORE')},
    "100 unknown conditions": {
        "main.tf": _with_variables(100, " + ".join(f"(var.v{n} ? 1 : 0)" for n in range(100)))
    },
    "conditions in conditions": {"main.tf": _with_variables(16, _in_each_other(12))},
    "a list of 64 ways, in loops": {
        "main.tf": cache(
            "length([for a in range(1000) : [for b in range(1000) : var.v[a] ? a : b]])",
            'variable "v" {\n  type = list(bool)\n}\n',
        )
    },
    "5,000 caches": {
        "main.tf": "".join(cache("7").replace('"cache"', f'"cache{n}"') for n in range(5_000))
    },
    "30,000 locals in one map": {
        "main.tf": cache(
            "length(local.m)",
            (
                "locals {\n  m = {\n"
                + "".join(f"    key_{n} = {n}\n" for n in range(30_000))
                + "  }\n}\n"
            ),
        )
    },
    "1,000 validations": {
        "main.tf": 'variable "v" {\n  type = number\n'
        + "".join(
            f'  validation {{\n    condition = var.v != {n + 100}\n    error_message = "x"\n  }}\n'
            for n in range(1_000)
        )
        + "}\n"
        + cache("var.v")
    },
    "a map of 10,000 with an unknown key": {
        "main.tf": 'variable "k" {}\nlocals {\n  m = {\n'
        + "".join(f"    k{n} = {n}\n" for n in range(10_000))
        + "  }\n}\n"
        + cache("lookup(local.m, var.k, 0)")
    },
}

LARGE: dict[str, Files] = {
    "a power of a power": {"main.tf": cache("pow(9, pow(9, 9))")},
    "a number of a billion digits": {"main.tf": cache("1e1000000000")},
    "a number of 100,000 digits": {"main.tf": cache("9" * 100_000)},
    "a fraction of a billion digits": {"main.tf": cache("1e-1000000000")},
    "squares of squares": {"main.tf": chain(64, "99", "BEFORE * BEFORE", "LAST > 0 ? 7 : 0")},
    "fractions of fractions": {
        "main.tf": chain(2_00, "3.1", "1 / (BEFORE + 1 / (BEFORE + 3))", "LAST > 0 ? 7 : 0")
    },
    "remainders of large numbers": {
        "main.tf": cache("length([for x in range(1000) : 1e999 % 7e-999])")
    },
    "texts of large numbers": {
        "main.tf": cache('length([for x in range(1000) : format("%d${x * 1e999}", 1e999)])')
    },
    "a product of large numbers": {"main.tf": cache("*".join(["1e1000"] * 100_000))},
    "many large numbers": {"main.tf": cache('length([for x in range(1000) : tonumber("1e${x}")])')},
    "a remainder of large numbers": {"main.tf": cache("pow(7, 1000) % 1e-1000")},
    "doubling texts": {"main.tf": chain(40, '"seven"', '"${BEFORE}${BEFORE}"', "length(LAST)")},
    "doubling texts by format": {
        "main.tf": chain(40, '"seven"', 'format("%s%s", BEFORE, BEFORE)', "length(LAST)")
    },
    "doubling texts by join": {
        "main.tf": chain(40, '"seven"', "join(BEFORE, [BEFORE, BEFORE])", "length(LAST)")
    },
    "doubling texts by replace": {
        "main.tf": chain(12, f'"{_LETTERS}"', 'replace(BEFORE, "/./", BEFORE)', "length(LAST)")
    },
    "doubling texts by a plain replace": {
        "main.tf": chain(12, '"aaaaaaaaaaaaaaaa"', 'replace(BEFORE, "a", BEFORE)', "length(LAST)")
    },
    "texts in a loop": {
        "main.tf": cache(
            'length(join("", [for a in range(1000) : join("", [for b in range(1000) : "xxxxxxxxxxxxxxxx"])]))'
        )
    },
    "a format of a billion columns": {"main.tf": cache('length(format("%1000000000d", 7))')},
    "a format of a billion digits": {"main.tf": cache('length(format("%.1000000000f", 7))')},
    "a format of a given width": {"main.tf": cache('length(format("%*d", 1000000000, 7))')},
    "a format of 100,000 verbs": {"main.tf": cache('length(format("' + "%s" * 100_000 + '", 1))')},
    "an indent of a billion": {"main.tf": cache('length(indent(1000000000, "a\\nb"))')},
    "a text in pieces": {
        "main.tf": chain(18, '"seven"', '"${BEFORE}${BEFORE}"', 'length(split("", LAST))')
    },
    "a list in chunks": {"main.tf": cache("length(chunklist(range(1000), 0.0000001))")},
    "a bad pattern": {
        "main.tf": cache(
            f'length(regexall("(a+)+$", "{"a" * 5_000}b")) + '
            f'length(replace("{"a" * 50}b", "/(a|aa)+$/", "x"))'
        )
    },
    "a pattern of large repetitions": {
        "main.tf": cache('length(regexall("((a{1000}){1000}){1000}", "a"))')
    },
    "a pattern that matches everywhere": {
        "main.tf": chain(18, '"aaaa"', '"${BEFORE}${BEFORE}"', 'length(regexall("", LAST))')
    },
    "a bomb in base64gzip": {
        "main.tf": chain(
            30,
            '"aaaaaaaa"',
            'base64gzip(join("", [for x in range(1000) : BEFORE]))',
            "length(LAST)",
        )
    },
    "base64 of base64": {
        "main.tf": chain(200, '"aaaaaaaa"', "base64encode(BEFORE)", "length(LAST)")
    },
    "JSON of JSON": {"main.tf": chain(60, '"\\""', "jsonencode(BEFORE)", "length(LAST)")},
    "alias bomb in yamldecode": {
        "main.tf": cache('length(yamldecode(file("bomb.yaml")).a11)'),
        "bomb.yaml": _LAUGHS,
    },
    "alias bomb in yamldecode, as JSON": {
        "main.tf": cache('length(jsonencode(yamldecode(file("bomb.yaml"))))'),
        "bomb.yaml": _LAUGHS,
    },
    "a parseint of 900,000 digits": {"main.tf": cache('parseint("' + "z" * 900_000 + '", 36)')},
    "a tonumber of 900,000 digits": {"main.tf": cache('tonumber("' + "9" * 900_000 + '")')},
    "networks out of range": {
        "main.tf": cache(
            'length(cidrsubnets("::/0", 128, 128, 1e9)) + length(cidrhost("10.0.0.0/8", 1e30)) '
            '+ length(cidrsubnet("::/0", 128, pow(2, 127))) + length(cidrsubnet("x/99", -1, 1.5))'
        )
    },
    "dates out of range": {
        "main.tf": cache(
            'length(timeadd("9999-12-31T23:59:59Z", "999999999999h")) + length(formatdate('
            '"YYYYYYYYYYYYYYYYYYYYYYYYYY", "0000-00-00T00:00:00Z")) + timecmp("x", "y")'
        )
    },
    "a fileset of many stars": {
        "main.tf": cache(f'length(fileset(path.module, "{"**/" * 200}x*y*z*"))'),
        **{f"{'d/' * (n % 60)}file{n}.txt": "" for n in range(400)},
    },
    "a fileset of many choices": {
        "main.tf": cache(f'length(fileset(path.module, "{"{a,b,*}" * 100}"))'),
        **{f"{'ab' * (n % 40)}{n}.txt": "" for n in range(400)},
    },
    "a template that renders itself": {
        "main.tf": cache('length(templatefile("t.tftpl", {}))'),
        "t.tftpl": '${templatefile("t.tftpl", {})}${templatefile("t.tftpl", {})}',
    },
    "a template of loops": {
        "main.tf": cache('length(templatefile("t.tftpl", {}))'),
        "t.tftpl": "%{ for a in range(1000) }%{ for b in range(1000) }%{ for c in range(1000) }x"
        "%{ endfor }%{ endfor }%{ endfor }",
    },
    "a sort of many": {
        "main.tf": cache(
            'length(sort(flatten([for a in range(1000) : [for b in range(100) : "${a}-${b}"]])))'
        )
    },
    "distinct of many": {
        "main.tf": cache(
            "length(distinct(flatten([for a in range(1000) : [for b in range(100) : {x = a, y = [b]}]])))"
        )
    },
    "merges in a loop": {
        "main.tf": cache(
            'length(merge([for a in range(1000) : {for b in range(100) : "${a}-${b}" => b}]...))'
        )
    },
    "matchkeys of many": {
        "main.tf": cache("length(matchkeys(range(1000), range(1000), range(1000)))")
    },
    "setsubtracts of many": {
        "main.tf": cache("length([for a in range(1000) : setsubtract(range(1000), range(1000))])")
    },
    "contains of many": {
        "main.tf": cache("length([for a in range(1000) : a if contains(range(1000), a + 1000)])")
    },
}

LONG: dict[str, Files] = {
    "a line of 900,000 characters": {"main.tf": cache('length("' + "x" * 900_000 + '")')},
    "a comment that never ends": {"main.tf": cache("7") + "/*" + "*" * 900_000},
    "a heredoc that never ends": {"main.tf": cache("7") + "x = <<EOT\n" + "${\n" * 300_000},
    "900,000 quotes": {"main.tf": cache("7") + '"' * 900_000},
    "900,000 braces": {"main.tf": cache("7") + "{" * 900_000},
    "900,000 line breaks": {"main.tf": "\n" * 900_000 + cache("7")},
    "200,000 broken lines": {"main.tf": cache("7") + "a =\n" * 200_000},
    "60,000 broken values": {
        "main.tf": cache("7")
        + "locals {\n"
        + "".join(f"  a{n} = [for]\n" for n in range(60_000))
        + "}\n"
    },
    "a broken value of 800,000 characters": {
        "main.tf": cache("length([for x in " + "y " * 400_000 + "])")
    },
    "180,000 texts that never end": {"main.tf": cache("7") + 'x = "\n' * 180_000},
    "25,000 heredocs that never end": {
        "main.tf": cache("7")
        + "".join(f'resource "a" "b{n}" {{\n  x = <<A{n}\n' for n in range(25_000))
    },
    "20,000 heredocs in heredocs": {
        "main.tf": cache("7") + 'resource "a" "b" {\n  x = <<A\n${ <<B\n' * 20_000 + "A\nB"
    },
    "300,000 comments that never end": {"main.tf": cache("7") + "/* " * 300_000},
    "300,000 comments that never end, in a value": {"main.tf": cache("7 " + "/* " * 300_000)},
    "50,000 blocks that never end": {"main.tf": cache("7") + 'resource "a" "b" {\n' * 50_000},
    "450,000 braces that close nothing": {"main.tf": cache("7") + "}\n" * 450_000},
    "400,000 brackets closed by others": {
        "main.tf": cache("7") + "x = " + "(" * 400_000 + "]" * 400_000
    },
    "19,000 brackets closed by others": {
        "main.tf": cache("7") + "x = " + "(" * 19_000 + "]" * 900_000
    },
    "900,000 brackets that close nothing": {"main.tf": cache("7") + "x = " + "]" * 900_000},
    "arguments in 19,000 brackets": {
        "main.tf": cache("7") + "x = " + "(" * 19_000 + "{\n" + "a =\n" * 200_000
    },
    "19,000 brackets at a time": {"main.tf": cache("7") + ("x = " + "[" * 19_000 + "\n") * 50},
    "19,000 brackets, and then too many": {
        "main.tf": cache("7") + "x = [" + ("[" * 19_000 + "]" * 19_000 + ",\n") * 24
    },
    "150,000 arguments on one line": {"main.tf": cache("7") + "a { " + "b = 1 " * 150_000},
    "60,000 blocks on one line": {"main.tf": cache("7") + "a { b = 1 c = 2 " * 60_000},
    "400,000 escaped quotes beside a suppression": {
        "main.tf": "# ecbackup:ignore[ECB001] no data\n" + cache("0") + '"' + '\\"' * 400_000
    },
    "a label of 900,000 characters": {
        "main.tf": cache("7").replace('cache" {', "c" * 900_000 + '" {')
    },
    "100,000 comments": {"main.tf": "# elasticache\n" * 60_000 + cache("7")},
    "20,000 suppressions": {"main.tf": "# ecbackup:ignore[ECB001] no data\n" * 20_000 + cache("0")},
    "20,000 suppressions in a block": {
        "main.tf": cache("0", "").replace(
            "engine", "# checkov:skip=CKV_AWS_134:x\n" * 20_000 + "engine"
        )
    },
    "a suppression of 900,000 characters": {
        "main.tf": "# ecbackup:ignore[" + "ECB001," * 120_000 + "\n" + cache("0")
    },
    "900,000 characters of strip marks": {"main.tf": cache('"' + "${~ 7 ~} " * 90_000 + '"')},
    "a heredoc of 300,000 lines": {
        "main.tf": cache("length(<<-EOT\n" + "    x\n" * 150_000 + "  EOT\n  )")
    },
}

CONFIGURATION: dict[str, Files] = {**DEEP, **CHAINS, **MANY, **LARGE, **LONG}
