"""Every function of the language over long texts, long lists and large numbers: its steps bound its time.

An expression is evaluated with a part of a root's steps, and must end: with its value, or because the steps
are used up.
"""

import time
from contextlib import suppress

import pytest

from ecbackup_iac.hcl.parser import parse_expression
from ecbackup_iac.hcl.source import SourceFile
from ecbackup_iac.terraform.evaluation.evaluator import Evaluator
from ecbackup_iac.terraform.functions import FUNCTIONS
from ecbackup_iac.terraform.functions.call_context import EmptyScope, UnknownResultError
from ecbackup_iac.terraform.functions.file_functions import FUNCTIONS as OF_FILES
from ecbackup_iac.terraform.functions.go.regular_expressions import MAX_PATTERN_LENGTH, Pattern
from ecbackup_iac.terraform.values.budget import MAX_STEPS, TooMuchError
from ecbackup_iac.terraform.values.context import evaluation
from ecbackup_iac.terraform.values.errors import EvaluationError
from ecbackup_iac.terraform.values.type_system import NUMBER, STRING, ListOf, MapOf
from ecbackup_iac.terraform.values.value import Value, number, string

pytestmark = pytest.mark.extended

STEPS = MAX_STEPS // 60
"""What an expression may use; all of a root's steps would make the test too slow."""

MAX_SECONDS = 30
"""Of processor time: more is a hang. On an idle machine, so many steps take a fifteenth of a second."""

TEXTS = {
    "letters": "Ab, 1" * 100_000,
    "letters with accents": "é" * 400_000,
    "emoji": "\U0001f468\u200d\U0001f469\u200d" * 50_000,
    "marks out of order": "\u0301\u0316" * 100_000,
    "vowels of two marks": "\u0f73" * 100_000,
    "lines": "\r\n" * 200_000,
    "percent signs": "%%" * 200_000,
    "escapes": "%C3" * 150_000,
    "quotes": '"",' * 150_000,
    "brackets": "[" * 400_000,
    "elements": "[" + "1," * 200_000 + "1]",
    "durations": "1ns" * 100_000,
    "digits": "9" * 3_999,
}

# Each is evaluated for i in 0 to 1023, over `text`.
OF_A_TEXT = """
abspath("/${text}")
base64decode(base64encode(text))
base64gunzip(text)
base64sha512(text)
basename(text)
chomp(text)
cidrcontains("10.0.0.0/8", text)
cidrhost(text, i)
cidrnetmask(text)
cidrsubnet(text, 1, i)
cidrsubnets(text, 1)
coalesce("", text)
compact([text])
contains([text], "${text}x")
csvdecode("a\\n${text}")
csvdecode(text)
dirname(text)
distinct([text, text])
endswith(text, text)
format("%-5s", text)
format("%.5s", text)
format("%q", text)
format(text)
formatdate(text, "2020-01-01T00:00:00Z")
formatlist("%s", [text, text])
indent(i, text)
index([text], text)
join(text, ["a", "b"])
jsondecode(jsonencode(text))
jsondecode(text)
keys({(text) = 1})
length(text)
lookup({a = text}, text, 1)
lower(text)
matchkeys([text], [text], [text])
md5(text)
merge({(text) = 1}, {(text) = 2})
parseint(text, 36)
parseint(text, 62)
pathexpand(text)
regex("((.*)(.*)(.*)(.*)x)?", text)
regex("(.*)*x|.", text)
regex(text, "a")
regexall("(é)(é)?", text)
regexall(".*x|.", text)
replace("a", "/${text}/", "b")
replace(text, "", "")
replace(text, "/(.)/", "$1$1")
replace(text, "é", "ee")
setunion([text], [text])
sort([text, text])
split("", text)
split("é", text)
startswith(text, "x")
strcontains(text, "${text}x")
strrev(text)
substr(text, -5, 5)
substr(text, i, 5)
templatestring("$${x}", {x = text})
textdecodebase64(textencodebase64(text, "UTF-16LE"), "UTF-16LE")
timeadd("2020-01-01T00:00:00Z", text)
timeadd(text, "1h")
timecmp(text, text)
title(text)
tobool(text)
tonumber(text)
toset([text, text])
transpose({(text) = [text]})
trim(text, "b${i}")
trimprefix(text, "a")
trimspace(text)
trimsuffix(text, "x")
upper(text)
urldecode(text)
urldecode(urlencode(text))
uuidv5("dns", text)
yamldecode(text)
yamldecode(yamlencode(text))
zipmap([text], [1])
""".strip().splitlines()

# Each is evaluated for i in 0 to 1023, over the numbers `l`, the texts `s` and the members `m`: 1024 of each.
OF_COLLECTIONS = """
1e1000 % (7 + i)
abs(-1e300)
alltrue([for j in s : true])
anytrue([for j in s : false])
ceil(1e300)
chunklist(s, 1)
cidrhost("fd00::/8", i)
cidrsubnet("fd00::/8", 32, i)
cidrsubnets("10.0.0.0/8", [for j in l : 16]...)
coalesce(concat([for j in range(300) : ""], ["a"])...)
coalesce(s...)
coalescelist(concat([for j in range(300) : []], [["a"]])...)
coalescelist(s)
compact(s)
concat(s, s, s)
contains(s, i)
csvdecode(join("\\n", s))
distinct(s)
element(s, i)
flatten([s, [s, [s]]])
floor(-1e300 / 7)
format("%.99999f", i / 7)
format("%99999d", i)
format("%x", 1e1000)
formatlist("%d", l)
formatlist("%s%s%s", s, s, s)
index(s, "x${i}")
join(",", s)
jsondecode(jsonencode(s))
jsonencode(m)
keys(m)
log(i + 1, 2)
lookup(m, "k${i}", "")
matchkeys(s, s, ["x"])
matchkeys(s, s, s)
max(l...)
merge([for j in range(30) : m]...)
merge(m, {a = i})
min(l...)
nonsensitive(sensitive(m))
one([s])
parseint("zzzzzzzzzzzzzzzzzzzzzzzzzzzzzz", 36)
pow(1.0000001, 9223372036854775807)
range(0, 1e-300 * 1000, 1e-300)
range(1024)
regexall("s", join("", s))
reverse(s)
s == [for j in s : "${j}x"]
setintersection(s, s)
setproduct(s, ["a"])
setsubtract(s, s)
setunion(s, l)
slice(s, 1, 2)
sort(s)
sum([for j in l : 1e300 / (j + 7)])
sum(l)
templatestring("%%{for x in y}$${x}%%{endfor}", {y = s})
tolist(toset(s))
tomap(m)
toset(s)
transpose({for k, v in m : k => [v]})
transpose({a = s})
try(s.x, m.x, s[99999], i)
values(m)
yamldecode(yamlencode(m))
yamlencode(s)
zipmap(s, s)
""".strip().splitlines()

COLLECTIONS = {
    "l": Value(ListOf(NUMBER), tuple(map(number, range(1024)))),
    "s": Value(ListOf(STRING), tuple(string(f"s{n}") for n in range(1024))),
    "m": Value(MapOf(STRING), {f"k{n:04}": string(f"v{n}") for n in range(1024)}),
}


def check_time(expression: str, names: dict[str, Value]) -> None:
    source = SourceFile("expression", f"[for i in range(1024) : {expression}]".encode())
    node, problems = parse_expression(source)
    assert not problems
    start = time.process_time()
    with evaluation(STEPS), suppress(TooMuchError, EvaluationError):
        Evaluator(EmptyScope(), names).value(node)
    assert time.process_time() - start < MAX_SECONDS


@pytest.mark.parametrize("expression", OF_A_TEXT)
def test_a_function_of_a_long_text_does_not_hang(expression: str) -> None:
    for text in TEXTS.values():
        check_time(f"try({expression}, null)", {"text": Value(STRING, text)})


@pytest.mark.parametrize("expression", OF_COLLECTIONS)
def test_a_function_of_many_elements_does_not_hang(expression: str) -> None:
    check_time(expression, COLLECTIONS)


def test_every_function_is_called_here() -> None:
    called = " ".join((*OF_A_TEXT, *OF_COLLECTIONS))
    # Each of these converts one value, or is unknown or rejected whatever its arguments are.
    exempt = "base64gzip ephemeralasnull issensitive list map rsadecrypt signum tostring"
    of_files = {function.name for function in OF_FILES if function.reads_files}
    missing = {name for name in FUNCTIONS if f"{name}(" not in called}
    # Of the hashes, md5 and base64sha512 represent the others.
    hashes = {name for name in missing if name.startswith(("base64sha256", "sha"))}
    assert missing - of_files - set(exempt.split()) - hashes == set(), "missing in OF_A_TEXT"


@pytest.mark.parametrize(
    "piece", ["a", "a?", "(a)", "a{1,50}", "(a{1,30}){1,30}", "[a-z]|", "(?i)a", "(("]
)
@pytest.mark.parametrize("length", [MAX_PATTERN_LENGTH, 100_000, 900_000])
def test_a_long_pattern_does_not_hang(piece: str, length: int) -> None:
    start = time.process_time()
    with suppress(EvaluationError, UnknownResultError):
        Pattern(piece * (length // len(piece))).search("a" * 900_000)
    assert time.process_time() - start < MAX_SECONDS
