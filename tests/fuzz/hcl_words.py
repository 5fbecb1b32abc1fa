"""The words that random HCL is made of: what is ordinary, and what readers stumble over."""

NAMES = (
    "a", "b1", "snapshot_retention_limit", "for-each", "_x", "été", "ключ", "名前", "e5", "x-", "in", "EOT",
    "source", "e\u0301", "trueish", "กำ",
)  # fmt: skip
TOP_BLOCKS = (
    ("resource", 2), ("data", 2), ("locals", 0), ("module", 1), ("output", 1), ("thing", 0),
)  # fmt: skip
BARE_KINDS = ("thing", "lifecycle", "x-y", "größe", "for", "null", "tag1")
QUOTED_LABELS = (
    "aws_elasticache_cluster", "a", "", "a b", "größe", '\\"', "\\\\", "\\u00e9", "{", "}", "#", "$", "a$b",
    "//", "/*", "<<EOT", "%", "$$", "\\n", "'", "=", "$${x}", "%%{",
)  # fmt: skip
QUOTED_KEYS = ("a", "b c", "é", "{", "}", "$", "\\n")
PLAIN = (
    "1", "0", "true", "null", "var.x", 'x["a"].b', "a.b[0].c", "aws_x.y[*].id", '"a"', '""', '"${var.x}-b"',
    '"a-${x["k"]}"', '"\\n"', "for-each", "in", "-1", "1.5", "format.x", "a.0", '"${for}"', "x.for", "[]",
    "x[a]",
)  # fmt: skip
BARE_LABELS = ("a", "this", "x-y", "größe", "_")
COMMENT_TEXTS = (
    "", " }", "{", ' "', " '", ' source = "../x"', ' resource "a" "b" {', "<<EOT", "${", "%{", " é", "\\",
    "EOT", " ) ]", "//", "#", "\xa0", "/*", " }}}", ' x = "${',
)  # fmt: skip
TEXTS = (
    "a", "b c", " ", "  ", "é", "e\u0301", "😀", "#", "//", "/*", "*/", "'", "~", "$x", "%d", "$ ", "% ",
    "$$ ", "$${", "%%{", "$$${", "%%%{", "$${x}", "$${~ x ~}", "%%{ if }", "}", "[", "(", "=", "$%", "%$x",
    "$.", "<<EOT", "/", ";", "\xa0", "\u2003x", "\t",
)  # fmt: skip
QUOTED_TEXTS = (
    "\\n", "\\t", "\\r", '\\"', "\\\\", "\\u00e9", "\\U0001F600", "\\n  ", "\\u0020", "\\\\$${", "a\\n",
)  # fmt: skip
LINES = (
    'resource "a" "b" {', "}", "{", '"', "EOT x", "<<EOT", "# }", "/* ", "", "  ", "\t", "\\n", "\\",
    'source = "../x"', "x = <<EOT", "locals {", "}}", " é", "$", "%", "$$", "x$", "  %", "$ ", "x% ", "$  ",
    "%\t", "\u2003\u2003x", "    four", "      six", "\x0b", "\x85x", "x  ",
)  # fmt: skip
MARKER_BLANKS = ("", "", " ", "    ", "\t", "\xa0", "\u2003 ", "\x0b", "\x0c", "\x85", "\u3000")
MARKERS = ("EOT", "E", "EOF-x", "Ende_é", "_", "конец")
BROKEN_VALUES = (
    "1 +", "[1 2]", "'x'", "@", '"\\q"', "f(1 2)", "x.", "0x10", "(1 2)", "a = 1", "1..2", "? 1 : 2", "!",
    '"${1 2}"', '"${ }"', "x[]", "{ a }", "{ a = }", "[for x in y]", "{for x in y : x}", "1,", "a b", "$",
    "x ?", "x ? 1", "&", "[1,,2]", "f(,)", "x.*.*", "1 2", '"%{ if true }"', '"%{ endif }"', '"%{ what }"',
    "<", "<<", "\x00", "\xa0", "`x`", "a::b", "a::", '"\\u12"', '"\\ud800"', "x.0.1", "1e",
)  # fmt: skip
TOKENS = (
    "x", "y", "for", "in", "if", "true", "null", "1", "0", "2.5", "1.e1", "e1", '"a"', '"${x}"', '"$${x}"',
    '"%{', '"', "${", "%{", "~}", "${~", "%{if x}", "%{else}", "%{endif}", "%{for x in y}", "%{endfor}",
    "endif", "{", "}", "[", "]", "(", ")", "[*]", ".*", "*", ".", ".x", ".0", "[0]", "::", "f(", "...", ",",
    ":", "=", "=>", "?", "+", "-", "!", "&&", "||", "==", "<", ">=", "/", "%", "\n", "\n", "\r\n", " ", " ",
    "  ", "# c\n", "// }\n", "/* { */", "/*\n*/", "/*", "*/", "<<E\n", "<<-E\n", "E\n", "  E\n", "\nE\n",
    "<<E", "a = 1", "a {", "a {}", 'a "b" {', "é", "$", "$$", "\\", "\\n", "'", ";", "\r", "\t", "@", "~",
    "^", "|", "&", "=", "x = ", "-x", "_", "1x", "x-", "{}", "[]", "()", "[x]", "(x)", "{x = 1}",
    "x ? y : z", "[for x in y : x]", "{for x in y : x => x}", "f(x...)",
)  # fmt: skip
AROUND = (
    ("zz {\n  a = ", "\n}\n"), ("zz {\n  a = ", "\n}\n"), ("zz {\n  a = [", "]\n  b = 1\n}\n"),
    ("zz {\n  a = (", ")\n}\n"), ("zz {\n  a = {", "}\n}\n"), ('zz {\n  a = "', '"\n}\n'),
    ('zz {\n  a = "${', '}"\n}\n'), ("zz {\n  a = <<E\n", "\nE\n}\n"), ("zz {\n", "}\n"),
    ("zz {\n  a = <<E\n${x}", "E\n}\n"), ("zz {\n  a = f(", ")\n}\n"), ("zz ", "\n"), ("zz {\n", "\n}\n"),
    ("zz {", "}\n"), ("", "\n"), ("zz { a = ", "}\nb {\n}\n"), ("zz {\n  a = x[", "]\n}\n"),
    ("zz {\n  a = [for x in y : ", "]\n}\n"), ("zz {\n  a = {for x in y : ", "}\n}\n"),
    ('zz {\n  a = "%{', '}"\n}\n'), ("zz {\n  a = x", "\n}\n"),
)  # fmt: skip
INSERTED = (
    b"{", b"}", b"(", b")", b"[", b"]", b'"', b"/*", b"*/", b"<<X\n", b"<<-X\n", b"X\n", b"${", b"%{", b"#",
    b"//", b"\n", b"\r", b"\r\n", b"=", b",", b".", b"\\", b"~}", b"$", b"%", b"'", b"\xff", b"\xc2", b"a",
    b"1", b"0", b"e1", b"..", b"*", b"[*]", b"-", b"::", b"?", b":", b"\t", b"\v", b"\xc2\xa0",
    b"\xe2\x80\x9c", b"{}", b"a = 1\n", b"a {}\n", b"a { b = 1 }\n", b'resource "a" "b" {\n', b"locals {\n",
    b"}\n", b"\xed\xa0\x80", b"if", b"for", b"in", b"=>", b"...", b"EOT", b"1.e1", b"$${", b"&", b"|", b"!",
    b";", b"\x00", b"`",
)  # fmt: skip
