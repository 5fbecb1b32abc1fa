"""A block's body need not be parsed where it is certainly valid: never where the parser finds a problem."""

import random

import pytest
from hcl_readers import parsed_problems

from ecbackup_iac.hcl.body import NativeBody
from ecbackup_iac.hcl.source import SourceFile
from ecbackup_iac.hcl.validity import is_certainly_valid

RECOGNISED = (
    '\n  name = "shop"\n',
    " type = string ",
    "",
    "\n",
    '\n  days = var.environment == "prod" ? 14 : 7 # a comment\n',
    '\n  tags = merge(local.tags, { Name = "${var.name}-cache", "kept for" = [1, -2.5] })\n',
    "\n  subnets = [\n    var.one, # the first\n    var.two,\n  ]\n  days = 7\n",
    '\n  policy = jsonencode({\n    Version = "2012"\n\n    Statement = [{ Effect = "Allow" }]\n  })\n',
    "\n  text = <<-EOT\n    ${var.name}: costs $5\n  EOT\n  days = 7\n",
    '\n  id = "${lower(var.name)}-${var.days + 1}"\n',
    '\n  zones = ["a", var.zone, 1,]\n  none = []\n  days = sum([7, var.days])\n',
    "\n  first = one(aws_subnet.all[*].id)\n",
    "\n  days = (var.days > 0 ? var.days : 7) * 1\n",
    '\n  dynamic "node" {\n    for_each = var.nodes\n    content {\n      id = node.key\n    }\n  }\n',
)

BROKEN = (
    "\n  days = 7\n  days = 8\n",
    "\n  node {\n    days = 7\n    days = 8\n  }\n",
    "\n  days = 7 }",
    " days = 7\n  name = 8\n",
    " days = 7 name = 8 ",
    "\n  days = f(1 2)\n",
    "\n  days = (1, 2)\n",
    "\n  days = {a = 1 b = 2}\n",
    "\n  days = a ? b\n",
    "\n  days = a ? b : c : d\n",
    "\n  days = [a ? b, c : d]\n",
    "\n  days = [1)\n",
    "\n  days = 1..2\n",
    "\n  days = [1 2]\n",
    "\n  days = [1,, 2]\n",
    "\n  days = [,]\n",
    "\n  days = f([for])\n",
    '\n  name = "a" "b"\n',
    '\n  name = "\\q"\n',
    "\n  text = <<EOT\n  days = 7\n",
    "\n  text = <<EOT\n  EOT\n  EOT\n",
    "\n  days = 7\n}\n",
    "\n  node { days = 7\n  }\n",
)

_TOKENS = (
    *"\"${}()[],\n=:?.-!#<>~%\\\r'; a1",
    "//", "/*", "*/", "<<EOT\n", "EOT\n", "==", "=>", "&&", "...", "::", "[*]", "for", " in ", "a = 1\n",
    "a {\n}\n", '"x"', "f(", "{ a = 1 }", "a ? b : c", '"${f(a)}"', "\xe9",
)  # fmt: skip


def _problems(text: bytes) -> list[str]:
    source = SourceFile("main.tf", text)
    return parsed_problems(NativeBody(source, 0, len(text), lambda _message, _range: None, depth=1))


@pytest.mark.parametrize("text", RECOGNISED)
def test_common_bodies_are_recognised_without_parsing(text: str) -> None:
    assert is_certainly_valid(text.encode(), 0, len(text))
    assert _problems(text.encode()) == []


@pytest.mark.parametrize("text", BROKEN)
def test_an_invalid_body_is_never_recognised(text: str) -> None:
    assert _problems(text.encode())
    assert not is_certainly_valid(text.encode(), 0, len(text))


def test_no_mutation_of_a_valid_body_hides_a_problem() -> None:
    chance = random.Random(1)  # noqa: S311 - the same every time
    accepted = broken = 0
    for _ in range(6_000):
        text = chance.choice(RECOGNISED)
        for _ in range(chance.choice((1, 1, 2, 3))):
            start = chance.randint(0, len(text))
            if chance.random() < 0.6:
                text = text[:start] + chance.choice(_TOKENS) + text[start:]
            else:
                text = text[:start] + text[start + chance.choice((1, 1, 2, 5)) :]
        content = text.encode("latin-1")
        problems = _problems(content)
        if is_certainly_valid(content, 0, len(content)):
            assert problems == [], content
            accepted += 1
        broken += bool(problems)
    assert accepted > 1_000
    assert broken > 1_000


def test_too_deep_nesting_is_left_to_the_parser() -> None:
    for text in (b"\n  days = " + b"[" * 300 + b"]" * 300, b"\n  days = " + b"1 +" * 300 + b"1"):
        assert not is_certainly_valid(text + b"\n", 0, len(text) + 1)
    blocks = b"\n  a {" * 120 + b"\n  }" * 120 + b"\n"
    assert not is_certainly_valid(blocks, 0, len(blocks))
