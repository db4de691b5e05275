"""Encodings are taken off within bounds, and what is not of an encoding is nothing."""

import base64
import binascii
import bz2
import codecs
import gzip
import itertools
import lzma
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.facts.scan.decode import DECODERS, LABEL_OF, base16, base64_, decoded, inflated, xored
from pratique.facts.scan.labels import LABELS
from pratique.model import limits

ENCODED: dict[str, Callable[[bytes], bytes]] = {
    "base64": base64.b64encode,
    "base32": base64.b32encode,
    "base16": base64.b16encode,
    "base85": base64.b85encode,
    "ascii85": base64.a85encode,
    "zlib": zlib.compress,
    "bz2": bz2.compress,
    "lzma": lzma.compress,
    "rot13": lambda data: codecs.encode(data.decode("latin-1"), "rot13").encode("latin-1"),
    "reversed": lambda data: data[::-1],
}


@pytest.mark.parametrize("name", ENCODED)
@given(data=st.binary(min_size=1, max_size=60))
def test_what_was_encoded_is_decoded(name: str, data: bytes) -> None:
    assert decoded(name, ENCODED[name](data)) == data


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # that is what Python says of such escapes
def test_escapes_are_read_as_python_reads_them() -> None:
    for parts in itertools.product(b"\\48x\n", repeat=5):
        data = bytes(parts)
        try:
            expected = data.decode("unicode_escape").encode("utf-8", errors="surrogatepass")
        except UnicodeDecodeError:
            expected = None
        assert decoded("escapes", data) == expected


@given(st.sampled_from(sorted(DECODERS)), st.one_of(st.binary(max_size=80), st.text(max_size=80)))
def test_anything_gives_bytes_or_nothing(name: str, data: bytes | str) -> None:
    found = decoded(name, data)
    assert found is None or len(found) <= limits.SCAN_DECODED_BYTES_MAX


@pytest.mark.parametrize(
    ("decoder", "data"),
    [
        ("base64", b"%%%%"),
        ("base32", b"1"),
        ("base16", b"xyz"),
        ("base85", b'"'),
        ("ascii85", b"~"),
        ("zlib", b"no stream"),
        ("bz2", b"no stream"),
        ("lzma", b"no stream"),
        ("escapes", b"\\x"),
        ("uu", b"#abcd"),
        ("base64", 1),
        ("base64", None),
        ("another", b"YQ=="),
    ],
)
def test_what_is_not_of_an_encoding_is_nothing(decoder: str, data: object) -> None:
    assert decoded(decoder, data) is None


def test_forms_that_decoders_of_malware_forgive() -> None:
    assert base64_(b"cHJp\nbnQ") == b"print"
    assert base64_(b"-_8=") == base64_(b"+/8=") == b"\xfb\xff"
    for digits in (b"0x70,0x72", b"70 72", b"70:72", b"\\x70\\x72", b"7072"):
        assert base16(digits) == b"pr"
    assert inflated(zlib.compress(b"pr")[2:-4]) == inflated(gzip.compress(b"pr")) == b"pr"
    assert decoded("uu", binascii.b2a_uu(b"pr") + b"\n") == b"pr"
    assert decoded("escapes", b"\\x70\\u0072") == b"pr"


@pytest.mark.parametrize("name", ["zlib", "bz2", "lzma"])
def test_what_unpacks_to_more_than_is_kept_is_nothing_and_no_part_of_it(name: str) -> None:
    most = limits.SCAN_DECODED_BYTES_MAX
    assert decoded(name, ENCODED[name](bytes(most + 1))) is None
    assert decoded(name, ENCODED[name](bytes(most))) == bytes(most)


def test_what_is_too_long_is_not_decoded() -> None:
    assert decoded("reversed", bytes(limits.SCAN_DECODED_BYTES_MAX + 1)) is None


@given(st.binary(max_size=40), st.binary(min_size=1, max_size=5))
def test_a_repeated_key_is_taken_off_as_it_was_put_on(data: bytes, key: bytes) -> None:
    hidden = bytes(byte ^ key[place % len(key)] for place, byte in enumerate(data))
    assert xored(hidden, key) == data
    assert xored(data, b"") is None


def test_every_decoder_has_a_label_of_the_list() -> None:
    assert set(DECODERS) <= set(LABEL_OF)
    assert set(LABEL_OF.values()) <= set(LABELS)
