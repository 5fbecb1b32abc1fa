"""An input and a source of chance → another input: by tokens, as the languages are written.

Bytes alone rarely get past a parser. Here words are exchanged for others of the seeds, pieces are
doubled, dropped and moved, numbers and texts become what programs stumble over.
"""

import random
import re
from collections.abc import Sequence

_TOKEN = re.compile(rb"[A-Za-z_][A-Za-z_0-9]*|[0-9]+(?:\.[0-9]+)?|\s+|[^\sA-Za-z_0-9]")

NASTY = (
    b"0", b"-1", b"1.5", b"36", b"1e999", b"-0", b"99999999999999999999", b"1e-400", b"0x10", b"null",
    b"true", b'""', b"[]", b"{}", b"\x00", b"\xff\xfe", b"\xed\xa0\x80", b"\xc3\x28", b"\xe2\x80\xae",
    b"\x1b[31m", b"\r\n", b"\xef\xbb\xbf", b"${", b"%{", b"}", b"{", b"[", b"]", b"(", b")", b'"', b"'",
    b"<<-EOT\n", b"EOT\n", b"...", b"[*]", b".*", b"=>", b"? :", b"&a", b"*a", b"!Ref ", b"!GetAtt ",
    b"<<: ", b"|-\n", b"---\n", b"# ", b"/*", b"*/", b"//", b"\\u0000", b"\\ud800", b"\\N", b"NaN",
    b"Infinity", b"try(", b"for x in ", b"var.", b"local.", b"each.value", b"count.index", b"module.",
    b"range(", b"merge(", b"lookup(", b"format(", b"element(", b"setproduct(", b"jsondecode(",
    b"regex(", b"cidrsubnet(", b"formatdate(", b"templatefile(", b"yamldecode(", b"base64gzip(",
    b"Fn::If", b"Fn::ForEach::x", b"Fn::FindInMap", b"Fn::Sub", b"Fn::Select", b"Fn::Length",
    b"AWS::NoValue", b"ecbackup:ignore", b"checkov:skip=CKV_AWS_134", b"until 2026-01-01",
    b"ecbackup:ignore-file[ECB001]",
    b"=== a.tf\n", b"=== m/main.tf\n", b"=== terraform.tfvars\n", b"=== x.json\n", b"=== n.yaml\n",
    b"=== a/terragrunt.hcl\n", b"=== root.hcl\n", b"=== terragrunt.stack.hcl\n",
)  # fmt: skip


def mutated(data: bytes, seeds: Sequence[bytes], chance: random.Random, largest: int) -> bytes:
    """Change an input in one to five places."""
    for _ in range(chance.randint(1, 5)):
        data = _changed(data, seeds, chance)
    return data[:largest]


def _changed(data: bytes, seeds: Sequence[bytes], chance: random.Random) -> bytes:
    if chance.random() < 0.1:
        return _with_byte(data, chance)
    tokens = _TOKEN.findall(data)
    if not tokens:
        return chance.choice(seeds)
    start = chance.randrange(len(tokens))
    end = min(len(tokens), start + chance.choice((1, 1, 1, 2, 4, 8, 24)))
    piece = tokens[start:end]
    match chance.randrange(8):
        case 0:
            piece = []
        case 1:
            piece *= chance.choice((2, 2, 2, 3, 40))
        case 2 | 3:
            piece = [chance.choice(NASTY)]
        case 4:
            piece = [*piece, chance.choice(NASTY)]
        case 5:
            other = _TOKEN.findall(chance.choice(seeds))
            place = chance.randrange(len(other)) if other else 0
            piece = other[place : place + chance.choice((1, 3, 10, 40))]
        case 6:
            place = chance.randrange(len(tokens))
            piece = tokens[place : place + len(piece)]
        case _:
            opening, closing = chance.choice(
                ((b"[", b"]"), (b"(", b")"), (b"{", b"}"), (b'"${', b'}"'))
            )
            times = chance.choice((1, 1, 2, 60))
            piece = [opening * times, *piece, closing * times]
    return b"".join((*tokens[:start], *piece, *tokens[end:]))


def _with_byte(data: bytes, chance: random.Random) -> bytes:
    place = chance.randint(0, len(data))
    changed = bytes([chance.randrange(256)])
    return data[:place] + changed + data[place + chance.randint(0, 1) :]
