"""What scenarios generate is what it says, in the forms that others read."""

import gzip
import json
import pickletools
import struct
import zlib

import pytest

from pratique.errors import InvalidInput, LimitExceeded
from pratique.model import limits
from pratique.simulators.generated import Base64, Pickle, Rds, Repeat, Safetensors, bytes_of, check_size, size_of
from pratique.simulators.parts import Parts

NONE = Parts({"id": "a", "project": "b"})


def test_a_text_is_repeated_between_its_head_and_its_tail() -> None:
    made = Repeat(path="x.js", head="@@id@@[", text="{n},", times=3, tail="]")
    assert bytes_of(made, NONE) == b"a[0000000,0000001,0000002,]"
    assert size_of(made) >= len(bytes_of(made, NONE))
    check_size(limits.SCENARIO_GENERATED_BYTES_MAX)
    with pytest.raises(LimitExceeded):
        check_size(limits.SCENARIO_GENERATED_BYTES_MAX + 1)


def test_base64_is_read_strictly() -> None:
    assert bytes_of(Base64(path="x", text="AAEC"), NONE) == b"\x00\x01\x02"
    with pytest.raises(InvalidInput, match="no base64"):
        bytes_of(Base64(path="x", text="AA$EC"), NONE)


def test_an_object_of_r_is_xdr_in_gzip() -> None:
    for made, kind in ((Rds(path="x", object="s4"), 25), (Rds(path="x", object="promise", function="f", text="t"), 5)):
        data = gzip.decompress(bytes_of(made, NONE))
        assert data[:2] == b"X\n"
        assert struct.unpack(">i", data[2:6]) == (2,)
        assert struct.unpack(">i", data[14:18])[0] & 0xFF == kind


def test_a_pickle_calls_what_it_says_and_breaks_off_where_it_should() -> None:
    whole = Pickle(path="x", module="builtins", name="exec", text="@@id@@")
    codes = [(code.name, argument) for code, argument, _ in pickletools.genops(bytes_of(whole, NONE))]
    assert ("GLOBAL", "builtins exec") in codes
    assert ("BINUNICODE", "a") in codes
    assert codes[-1][0] == "STOP"
    broken = Pickle(path="x", module="builtins", name="exec", text="", breaks_off=True)
    with pytest.raises(ValueError, match="opcode"):
        list(pickletools.genops(bytes_of(broken, NONE)))


def test_a_model_in_another_archive_has_sound_checksums() -> None:
    inner = Pickle(path="x", module="m", name="n", text="t")
    data = bytes_of(Pickle(path="x", module="m", name="n", text="t", wrapped="7z"), NONE)
    assert data[:6] == b"7z\xbc\xaf\x27\x1c"
    assert struct.unpack("<I", data[8:12])[0] == zlib.crc32(data[12:32])
    offset, size, checksum = struct.unpack("<QQI", data[12:32])
    assert data[32 : 32 + offset] == bytes_of(inner, NONE)
    assert zlib.crc32(data[32 + offset : 32 + offset + size]) == checksum


def test_a_model_in_the_safetensors_form_has_a_header_and_its_numbers() -> None:
    data = bytes_of(Safetensors(path="x", numbers=10), NONE)
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    assert header["layer.weight"]["data_offsets"] == [0, 40]
    assert len(data) == 8 + length + 40


def test_parts_are_put_into_texts_and_filtered() -> None:
    parts = Parts({"one": "<@@two:hex@@>", "two": "hi", "id": "x"})
    assert parts.put_into("@@one@@ @@one:base64@@ @@id@@", "a.py") == "<6869> PDY4Njk+ x"
    assert parts.put_into("@@ -1,2 +1,2 @@", "a.py") == "@@ -1,2 +1,2 @@"
    assert "def armed" in parts.put_into("@@interlock@@", "a.py")
    assert "function armed" in parts.put_into("@@interlock@@", "a.cjs")
    assert "armed()" in parts.put_into("@@interlock.sh@@", "configure")
    assert len(parts.put_into("@@two:invisible@@", "a.js")) == 2
    assert set(parts.put_into("@@two:zerowidth@@", "a.js")) == {"\u200b", "\u200c"}
    layers = parts.put_into("@@two:layers@@", "a.py")
    assert layers.startswith("exec(")
    assert len(layers) < 20_000


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("@@nothing@@", "nothing is called nothing"),
        ("@@two:rot13@@", "no filter is called rot13"),
        ("@@interlock@@", "nothing is called interlock"),
        ("@@loop@@", "more than"),
    ],
)
def test_what_cannot_be_put_in_is_told(text: str, why: str) -> None:
    with pytest.raises(InvalidInput, match=why):
        Parts({"two": "hi", "loop": "@@loop@@@@loop@@"}).put_into(text, "a.txt")


def test_texts_that_grow_are_stopped() -> None:
    doubling = {f"p{n}": f"@@p{n + 1}@@" * 1000 for n in range(4)}
    with pytest.raises(LimitExceeded, match="grows beyond"):
        Parts({**doubling, "p4": "x"}).put_into("@@p0@@", "a.py")
