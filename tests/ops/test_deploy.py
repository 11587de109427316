"""What deploy/ promises fits what the settings ask for and what is installed."""

import importlib.util
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = dict(re.findall(r"^([A-Z_]+)=(.*)$", (ROOT / "deploy/env.sample").read_text(), re.M))
UNITS = sorted((ROOT / "deploy/systemd").glob("*.service"))
REQUIRED = ("SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "REDIS_URL", "EMAIL_URL", "SITE_URL")


def load_production(tmp_path, **changes):
    code = "import django; django.setup()"
    env = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "config.settings.prod",
        "EINKLANG_VAR": str(tmp_path),
    }
    filled = env | SAMPLE | {"SECRET_KEY": "k" * 60} | changes
    kept = {key: value for key, value in filled.items() if value is not None}
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=kept, capture_output=True, text=True, check=False
    )


def test_the_sample_starts_production(tmp_path):
    assert load_production(tmp_path).stderr == ""


@pytest.mark.parametrize("name", REQUIRED)
def test_what_is_missing_is_named(tmp_path, name):
    result = load_production(tmp_path, **{name: None})

    assert result.returncode == 1
    assert f"Set the {name} environment variable" in result.stderr


def commands():
    for unit in UNITS:
        text = unit.read_text()
        yield unit.stem, shlex.split(re.search(r"^ExecStart=(.*)$", text, re.M)[1])
    services = yaml.safe_load((ROOT / "deploy/compose.yaml").read_text())["services"]
    for name, service in services.items():
        if "build" in service and "command" in service:
            yield f"compose {name}", service["command"]


def test_every_part_is_there():
    services = yaml.safe_load((ROOT / "deploy/compose.yaml").read_text())["services"]
    assert sorted(services) == ["beat", "migrate", "postgres", "redis", "web", "worker"]
    names = ["beat", "watchdog", "web", "worker"]
    assert [unit.stem for unit in UNITS] == [f"einklang-{name}" for name in names]


@pytest.mark.parametrize(
    ("name", "command"), list(commands()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_commands_use_what_is_installed(name, command):
    if "-m" in command:
        assert importlib.util.find_spec(command[command.index("-m") + 1])
    else:
        assert (ROOT / command[1]).is_file()
    if "worker" in name:
        assert command[command.index("-Q") + 1] == "main,mail,slow"
