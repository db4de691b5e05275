"""How a held file is told to each client."""

import pytest

from pratique.ecosystems.pypi.steering import ClientStyle, Hold, Marks, python_of, steer_page, style_of
from pratique.model.artifact import ProjectName, VersionText
from pratique.model.listing import ListedFile, Listing


@pytest.mark.parametrize(
    ("agent", "style"),
    [
        ('pip/26.3 {"ci":null}', ClientStyle.YANK_AND_NOTE),
        ("pip/26.0", ClientStyle.YANK_AND_NOTE),
        ("pip/24.0", ClientStyle.YANK_AND_NOTE),
        ("pip/23.2.1", ClientStyle.YANK_AND_NOTE),
        ("pip/24.1", ClientStyle.YANK),
        ("pip/25.3", ClientStyle.YANK),
        ("uv/0.13.9", ClientStyle.YANK),
        ("poetry/2.5.1", ClientStyle.YANK),
        ("Mozilla/5.0 pip/26.3", ClientStyle.YANK),
        ("pip/soon", ClientStyle.YANK),
        ("", ClientStyle.YANK),
    ],
)
def test_only_a_pip_that_can_read_the_carrier_gets_it(agent: str, style: ClientStyle) -> None:
    assert style_of(agent, notes=True) is style
    assert style_of(agent, notes=False) is ClientStyle.YANK


def test_marked_files_are_told_in_the_clients_style_and_the_others_only_moved() -> None:
    names = tuple(f"demo-{number}.tar.gz" for number in range(1, 5))
    files = tuple(
        ListedFile(name, f"https://index.example/{name}?x=1", VersionText("1"), "sdist", requires=">=3.8")
        for name in names
    )
    marks = Marks({names[1]: Hold("because", "===because")}, {names[2]: "rather not"}, {names[3]})
    page = Listing(ProjectName("demo"), files)
    for style, requires in ((ClientStyle.YANK, ">=3.8"), (ClientStyle.YANK_AND_NOTE, "===because")):
        one, two, three = steer_page(page, marks, style, "../files").files
        assert (one.url, one.yanked, one.requires_python) == (f"../files/{names[0]}", False, ">=3.8")
        assert (two.url, two.yanked, two.requires_python) == (f"../files/{names[1]}", "because", requires)
        assert (three.yanked, three.requires_python) == ("rather not", ">=3.8")


@pytest.mark.parametrize(
    ("agent", "python"),
    [
        ('pip/26.3 {"ci":null,"implementation":{"name":"CPython","version":"3.11.7"},"python":"3.12.3"}', "3.12.3"),
        ('uv/0.13.9 {"installer":{"name":"uv","version":"0.13.9"},"python":"3.13.0"}', "3.13.0"),
        ('uv/0.13.9 {"python":null}', ""),
        ('pip/26.3 {"python":"3"}', ""),
        ("poetry/2.5.1 CPython/3.11.7", ""),
        ('curl {"python":"3.12.3"}', ""),
        ('pip/26.3 "python": "' + "1." * 2000 + '"', ""),
        ("", ""),
    ],
)
def test_the_python_is_the_one_the_client_names(agent: str, python: str) -> None:
    assert python_of(agent) == python
