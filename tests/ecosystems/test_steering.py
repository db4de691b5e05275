"""How a held file is told to each client."""

import pytest

from pratique.ecosystems.pypi.entries import Digests, FileEntry
from pratique.ecosystems.pypi.simple import ProjectPage
from pratique.ecosystems.pypi.steering import ClientStyle, Hold, steer_page, style_of
from pratique.model.artifact import ProjectName


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


def test_held_files_are_marked_and_the_others_only_moved() -> None:
    entries = tuple(
        FileEntry(f"demo-{number}.tar.gz", f"https://index.example/{number}", Digests(), requires_python=">=3.8")
        for number in (1, 2)
    )
    page = ProjectPage(ProjectName("demo"), entries)
    held = {"demo-2.tar.gz": Hold("because", "===because")}
    for style, requires in ((ClientStyle.YANK, ">=3.8"), (ClientStyle.YANK_AND_NOTE, "===because")):
        one, two = steer_page(page, held, style, "../files").files
        assert (one.url, one.yanked, one.requires_python) == ("../files/1", False, ">=3.8")
        assert (two.url, two.yanked, two.requires_python) == ("../files/2", "because", requires)
