"""Functions of IP address ranges in CIDR notation."""

import re

from ecbackup_iac.model.record import record
from ecbackup_iac.terraform.functions.call_context import UnknownResultError
from ecbackup_iac.terraform.functions.signature import Function, function, not_evaluated
from ecbackup_iac.terraform.functions.sizes import strings, text_of, whole_number
from ecbackup_iac.terraform.values.budget import charge
from ecbackup_iac.terraform.values.value import EvaluationError, Value, quoting, string

_IPV4_BITS, _IPV6_BITS = 32, 128
_MAX_OCTET = 255
_STEPS_PER_SUBNET = 3
_MAX_NEW_BITS = 32
_MAPPED = 0xFFFF  # what precedes an IPv4 address that is written as IPv6
_OCTETS = re.compile(r"\d+(?:\.\d+){3}", re.ASCII)
_DIGITS = re.compile(r"\d+", re.ASCII)


@record
class _Range:
    """A range of addresses: "10.0.0.0/8"."""

    address: int
    """The first address, or any in it."""

    length: int
    """The bits of the prefix, 8."""

    bits: int
    """The bits of an address: 32 or 128."""

    @property
    def first(self) -> int:
        """The first address."""
        return self.address >> self.free << self.free

    @property
    def free(self) -> int:
        """The bits after the prefix."""
        return self.bits - self.length

    def __str__(self) -> str:
        return f"{_address_text(self.address, self.bits)}/{self.length}"


def _address_text(address: int, bits: int) -> str:
    from ipaddress import IPv4Address, IPv6Address

    return str(IPv4Address(address) if bits == _IPV4_BITS else IPv6Address(address))


def _address(text: str) -> tuple[int, int] | None:
    """Return the number and bits of an address. Zeros may lead, as Terraform still allows."""
    from ipaddress import AddressValueError, IPv6Address

    if _OCTETS.fullmatch(text):
        octets = [*map(_number_of, text.split("."))]
        if max(octets) > _MAX_OCTET:
            return None
        return int.from_bytes(bytes(octets), "big"), _IPV4_BITS
    if "%" in text:
        return None
    try:
        return int(IPv6Address(text)), _IPV6_BITS
    except AddressValueError:
        return None


def _number_of(digits: str) -> int:
    """Return a number of three digits at most, without zeros in front; any larger one is too large anyway."""
    return int(digits.lstrip("0")[:4] or 0)


def _range(text: str) -> _Range:
    """Return the range that a string like "10.0.0.0/8" means. Raises EvaluationError."""
    address_text, _, length = text.partition("/")
    found = _address(address_text)
    if found is None or not _DIGITS.fullmatch(length) or _number_of(length) > found[1]:
        raise quoting("invalid CIDR expression: invalid CIDR address{}", f": {text}", "")
    address, bits = found
    if bits == _IPV6_BITS and address >> _IPV4_BITS == _MAPPED:
        raise UnknownResultError("IPv4 addresses written as IPv6 are not evaluated")
    given = _Range(address, _number_of(length), bits)
    return _Range(given.first, given.length, bits)


def _cidrhost(prefix: Value, host: Value) -> Value:
    within, chosen = _range(text_of(prefix)), host.raw
    if not isinstance(chosen, int):
        raise EvaluationError("value must be a whole number")
    hosts = 1 << within.free
    number = chosen if chosen >= 0 else hosts + chosen
    if not 0 <= number < hosts:
        raise EvaluationError(
            f"prefix of {within.length} does not accommodate a host numbered {chosen}",
            redacted_message="the prefix does not accommodate a host of that number",
        )
    return string(_address_text(within.first + number, within.bits))


def _cidrnetmask(prefix: Value) -> Value:
    within = _range(text_of(prefix))
    if within.bits != _IPV4_BITS:
        raise quoting("IPv6 addresses cannot have a netmask{}", f": {text_of(prefix)}", "")
    return string(_address_text((1 << _IPV4_BITS) - (1 << within.free), _IPV4_BITS))


def _cidrsubnet(prefix: Value, more: Value, number: Value) -> Value:
    new_bits, chosen = whole_number(more), number.raw
    if not isinstance(chosen, int):
        raise EvaluationError("value must be a whole number")
    within = _range(text_of(prefix))
    length = within.length + new_bits
    if length > within.bits:
        raise EvaluationError(
            f"insufficient address space to extend prefix of {within.length} by {new_bits}",
            redacted_message="insufficient address space to extend the prefix",
        )
    if new_bits < 0 and (chosen != 0 or length < 0):
        raise UnknownResultError("cidrsubnet with a negative number of bits is not evaluated")
    if chosen > (1 << max(new_bits, 0)) - 1:
        raise EvaluationError(
            f"prefix extension of {new_bits} does not accommodate a subnet numbered {chosen}",
            redacted_message="the prefix extension does not accommodate a subnet of that number",
        )
    # A negative number is not rejected; Go takes the bits of the result without its sign.
    address = abs(within.first | (chosen << (within.bits - length)))
    if address >> within.bits:
        raise UnknownResultError("cidrsubnet with so small a number is not evaluated")
    return string(str(_Range(address, length, within.bits)))


def _cidrsubnets(prefix: Value, *lengths: Value) -> Value:
    charge(_STEPS_PER_SUBNET * len(lengths))
    within = _range(text_of(prefix))
    last = within.first - 1  # the last address that is taken
    subnets = []
    for given in lengths:
        more = whole_number(given)
        if more < 1:
            raise EvaluationError("must extend prefix by at least one bit")
        if more > _MAX_NEW_BITS:
            raise EvaluationError("may not extend prefix by more than 32 bits")
        length = within.length + more
        if length > within.bits:
            raise EvaluationError(
                f"would extend prefix to {length} bits, which is too long for an address"
            )
        free = within.bits - length
        # The first subnet of this size that begins after the last one ends.
        address = ((last >> free) + 1) << free
        beyond = within.first + (1 << within.free)
        # Terraform calls 0.0.0.0 and :: an overflow, even where the range begins with it.
        if address >= beyond or address == 0:
            raise EvaluationError(
                f"not enough remaining address space for a subnet with a prefix of {length} bits"
            )
        subnets.append(str(_Range(address, length, within.bits)))
        last = address + (1 << free) - 1
    return strings(subnets)


FUNCTIONS: tuple[Function, ...] = (
    function("cidrhost(prefix: string, hostnum: number): string", _cidrhost),
    function("cidrnetmask(prefix: string): string", _cidrnetmask),
    function("cidrsubnet(prefix: string, newbits: number, netnum: number): string", _cidrsubnet),
    function("cidrsubnets(prefix: string, ...newbits: number): list of string", _cidrsubnets),
    not_evaluated("cidrcontains(containing_prefix: string, contained_ip_or_prefix: string): bool"),
)
