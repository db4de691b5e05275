"""`pratique serve` as a service manager runs it."""

import http.client
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from pratique.policy.load import default_policy


class Service:
    """A gate in a process of its own, and the lines it logs."""

    def __init__(self, folder: Path) -> None:
        self.policy = folder / "policy.toml"
        self.policy.write_text(default_policy().text, encoding="utf-8")
        self.environment = {
            **os.environ,  # noqa: TID251 - a child needs the environment
            "PRATIQUE_HOME": str(folder / "home"),
            "PRATIQUE_POLICY": str(self.policy),
            "PRATIQUE_SERVER__LOG": "json",
            "PRATIQUE_INDEX__PUBLIC__URL": "https://index.example/simple/",
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "pratique", "serve", "--port", "0"],
            cwd=folder,
            env=self.environment,
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
        )

    def line(self) -> dict[str, Any]:
        """The next line that is not about a request."""
        assert self.process.stderr is not None
        told: dict[str, Any] = {"event": "request"}
        while told["event"] == "request":
            told = json.loads(self.process.stderr.readline())
        return told

    def ask_again(self) -> dict[str, Any]:
        self.process.send_signal(signal.SIGHUP)
        return self.line()


def healthy(url: str) -> bool:
    """Ask as a monitor would."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
    connection.request("GET", "/-/health")
    answer = connection.getresponse()
    told = json.load(answer)
    connection.close()
    return (answer.status, told["status"]) == (200, "ok")


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    service = Service(tmp_path)
    yield service
    service.process.kill()
    service.process.wait()
    assert service.process.stderr is not None
    service.process.stderr.close()


def test_a_hangup_reads_the_policy_again_and_the_record_says_so(service: Service, tmp_path: Path) -> None:
    opened = service.line()
    assert opened["event"] == "opened"
    assert healthy(opened["url"])

    service.policy.write_text(default_policy().text + "\n# another\n", encoding="utf-8")
    reloaded = service.ask_again()
    assert (reloaded["event"], reloaded["before"]) == ("policy reloaded", opened["policy"])

    service.policy.write_text(default_policy().text + "\n[cooldwon]\n", encoding="utf-8")
    kept = service.ask_again()
    assert (kept["event"], kept["policy"]) == ("policy not reloaded", reloaded["policy"])
    assert "cooldwon" in kept["why"]
    assert healthy(opened["url"])

    service.process.send_signal(signal.SIGTERM)
    assert [service.line()["event"] for _ in range(2)] == ["leaving", "closed"]
    assert service.process.wait(timeout=30) == 0
    service.policy.write_text(default_policy().text, encoding="utf-8")
    tail = subprocess.run(
        [sys.executable, "-m", "pratique", "log", "tail", "--json"],
        cwd=tmp_path,
        env=service.environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert [digest in tail.stdout for digest in (opened["policy"], reloaded["policy"])] == [True, True]


def test_a_proxy_that_is_no_address_keeps_the_gate_shut(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pratique", "serve", "--port", "0"],
        env={**os.environ, "PRATIQUE_HOME": str(tmp_path), "PRATIQUE_SERVER__TRUSTED_PROXIES": "gate.example"},  # noqa: TID251 - a child needs the environment
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, "server.trusted_proxies" in done.stderr) == (2, True)


def test_what_a_policy_lets_in_is_logged_when_it_comes_into_force(service: Service) -> None:
    service.line()
    service.policy.write_text("[malware]\n", encoding="utf-8")
    assert service.ask_again()["event"] == "policy reloaded"
    warned = service.line()
    assert (warned["event"], warned["level"]) == ("policy warning", "warning")
    assert "this policy lets in a file whose bytes are not those first seen" in warned["why"]
