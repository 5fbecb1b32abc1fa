"""The outline of a file is its layout, or there is none: no block is seen that is not there, or missed."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from ecbackup_iac.terraform.hcl_layout import Section, layout
from ecbackup_iac.terraform.hcl_outline import outline
from ecbackup_iac.terraform.hcl_syntax import LABELS

LINES = st.sampled_from([
    'resource "aws_elasticache_cluster" "a" {',
    'resource "aws_elasticache_cluster" b {',
    'resource "a" "b" { x = 1 }',
    '  resource "c" "d" {',
    'variable "x" {}',
    "locals {",
    "  nested {",
    "}",
    "  }",
    "} # end",
    "}}",
    "  a = {",
    '  x = "}"',
    '  x = "/*"',
    '  y = "*/"',
    '  x = "\\\\" /* "',
    '  x = "${f("/*")}"',
    "  x = 1 # /*",
    "# /*",
    "# */",
    "/*",
    "*/",
    "/* } */",
    '/* c */ resource "e" "f" {',
    "  x = <<EOT",
    "  x = <<-EOT",
    "EOT",
    "  EOT",
    "EOT)",
    "${",
    "${a}",
    '${"}"',
    "  x = <<ZZ",
    "ZZ",
    "  x = [",
    "  ]",
    "  f(",
    "  )",
    "  x = 1",
    'output "o" {',
    "terraform {",
    "",
])  # fmt: skip
ENDS = st.sampled_from(["\n", "\n", "\r\n"])


@settings(max_examples=1500, deadline=None)
@given(lines=st.lists(LINES, max_size=14), end=ENDS, is_ended=st.booleans())
@example(
    lines=["locals {", "  x = <<EOT", "${", " EOT", "}", "  y = <<ZZ", "EOT", "}"],
    end="\n",
    is_ended=True,
)
@example(
    lines=["locals {", "  }", 'resource "aws_elasticache_cluster" b {', "}"],
    end="\n",
    is_ended=True,
)
@example(lines=['output "o" {', "# }", 'variable "x" {', "}"], end="\n", is_ended=True)
@example(lines=["locals {", '  x = "\\\\" /* "', "}", "/* } */"], end="\n", is_ended=True)
def test_an_outline_is_the_layout_of_a_file_without_mistakes(
    lines: list[str], end: str, *, is_ended: bool
) -> None:
    text = (end.join(lines) + end * is_ended).encode()
    found = outline(text)
    ends = [offset for one in found or () for offset in (one.start, one.end)]
    assert ends == sorted(ends)  # no block begins inside another
    whole = layout(text)
    is_valid = all(isinstance(one, Section) and one.kind in LABELS for one in whole.root.entries)
    if found is None or whole.problems or not is_valid:
        return  # what Terraform refuses cannot be deployed, whatever is made of it
    assert [
        (one.kind, one.labels, one.start, one.header_end, one.inside, one.end)
        for one in whole.root.entries
        if isinstance(one, Section)
    ] == [(one.kind, one.labels, one.start, one.header_end, one.inside, one.end) for one in found]


def test_what_people_write_has_an_outline() -> None:
    text = b"""\
# A stack.
terraform {
  required_version = ">= 1.5"
}

/* Of several
   lines { */
variable "x" { default = 1 }

resource "aws_iam_policy" "p" { # why
  policy = <<-JSON
    {"Statement": [{"Resource": "arn:aws:s3:::${var.x}/*"}]}
}
  JSON
  path   = "/*/"
}
"""
    found = outline(text)
    assert found is not None
    assert [(one.kind, one.labels) for one in found] == [
        ("terraform", ()),
        ("variable", ("x",)),
        ("resource", ("aws_iam_policy", "p")),
    ]
