"""A seed and a number → an input for the readers of HCL: valid, with single values broken, or changed."""

import random
import re
from dataclasses import dataclass

from hcl_generator import File, Generator
from hcl_words import AROUND, INSERTED, TOKENS
from mutation import NASTY


@dataclass(frozen=True)
class Input:
    """What is fed to all readers."""

    name: str
    text: bytes
    written: File | None = None
    """By whom it was written; None of what was changed afterwards."""

    is_configuration: bool = True
    origin: File | None = None
    """What was changed."""


def made(seed: int, number: int) -> Input:
    """Return one input of a seed."""
    chance = random.Random(f"{seed} {number}")  # noqa: S311 - the same inputs every time
    name = f"{seed}-{number}"
    breaks = chance.choice((0, 0, 0, 0.15))
    is_configuration = chance.random() < 0.85
    generator = Generator(chance, breaks=breaks)
    written = generator.file() if is_configuration else generator.arguments()
    roll = chance.random()
    if roll < 0.4:
        return Input(name, written.text, written, is_configuration)
    if roll < 0.7:
        return Input(name, _of_tokens(chance))
    text = written.text
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        text = _changed(text, chance)
    return Input(name, text, None, is_configuration, written)


def _of_tokens(chance: random.Random) -> bytes:
    """Put tokens one after the other where some are allowed."""
    before, behind = chance.choice(AROUND)
    between = chance.choice(("", " ", " "))
    return (
        f"{before}{between.join(chance.choices(TOKENS, k=chance.randint(1, 7)))}{behind}".encode()
    )


STRUCTURAL = re.compile(rb'\r?\n|[{}\[\]()"=,$%~<#*/:?.]')


def _changed(text: bytes, chance: random.Random) -> bytes:
    """Drop, double or exchange a byte or a line, or insert something."""
    start = chance.randint(0, len(text))
    end = min(len(text), start + chance.choice((1, 1, 1, 2, 3, 8)))
    if chance.random() < 0.4 and (structural := list(STRUCTURAL.finditer(text))):
        start, end = chance.choice(structural).span()
    match chance.randrange(8):
        case 0:
            return text[:start] + text[end:]
        case 1:
            return text[:end] + text[start:]
        case 2:
            return (
                text[:start]
                + text[start + 1 : start + 2]
                + text[start : start + 1]
                + text[start + 2 :]
            )
        case 3:
            lines = text.splitlines(keepends=True) or [b""]
            first, other = chance.randrange(len(lines)), chance.randrange(len(lines))
            match chance.randrange(3):
                case 0:
                    del lines[first]
                case 1:
                    lines.insert(other, lines[first])
                case _:
                    lines[first], lines[other] = lines[other], lines[first]
            return b"".join(lines)
        case 4:
            return text[:start] + chance.choice(NASTY) + text[end:]
        case 5:
            return text[:start]
        case _:
            kept = start if chance.random() < 0.7 else end
            return text[:start] + chance.choice(INSERTED) + text[kept:]
