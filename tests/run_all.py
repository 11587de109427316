"""Everything `./test` checks, in one go: layers, style, settings, texts, and every test on both databases.

With arguments only pytest on SQLite runs, with those arguments. Ends with pytest's counts over all runs.
"""

import contextlib
import os
import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
from tests.services import postgres_missing, throwaway_postgres  # noqa: E402

PYTHON = sys.executable
BIN = Path(sys.executable).parent
ON_CI = bool(os.environ.get("CI"))
DELIVERY = "tests/faults/test_delivery_faults.py"
RUN = ("tests/faults/test_supervisor.py", "tests/faults/test_starts.py")
COUNTS = re.compile(r"(\d+) (passed|failed|errors?|skipped|xfailed|xpassed|deselected|warnings?)")
PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "config.settings.prod",
    "SECRET_KEY": "only-to-check-the-settings-" + "x7Q" * 20,
    "ALLOWED_HOSTS": "einklang.example",
    "SITE_URL": "https://einklang.example",
    "DATABASE_URL": "postgres://einklang@127.0.0.1:1/einklang",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "EMAIL_URL": "smtp://127.0.0.1:1",
}
LEFT_BEHIND = (
    "DATABASE_URL",
    "REDIS_URL",
    "EMAIL_URL",
    "DJANGO_SETTINGS_MODULE",
    "EINKLANG_VAR",
    "PYTHONDONTWRITEBYTECODE",
)


@dataclass
class Report:
    """What failed, what was left out and why, and the counts of every pytest run."""

    failed: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    counts: Counter = field(default_factory=Counter)
    began: float = field(default_factory=time.monotonic)

    def check(self, name: str, command: list[str], **env: str) -> None:
        """Run one command; its output is shown only when it fails."""
        began = time.monotonic()
        print(f"{name} ...", end=" ", flush=True)
        done = subprocess.run(command, cwd=ROOT, env=clean(env), capture_output=True, text=True, check=False)
        print(f"{'ok' if done.returncode == 0 else 'FAILED'} ({time.monotonic() - began:.0f} s)", flush=True)
        if done.returncode:
            print(done.stdout + done.stderr, flush=True)
            self.failed.append(name)

    def pytest(self, name: str, *options: str, **env: str) -> None:
        """Run pytest with its output shown, and add up its counts."""
        print(f"\n== pytest: {name}", flush=True)
        command = [PYTHON, "-m", "pytest", "-rs", "--durations=12", "--durations-min=5", *options]
        with subprocess.Popen(command, cwd=ROOT, env=clean(env), stdout=subprocess.PIPE, text=True) as run:
            last = ""
            for line in run.stdout or ():
                print(line, end="", flush=True)
                last = line if COUNTS.search(line) and " in " in line else last
                if line.startswith("SKIPPED"):
                    self.left_out.append(f"{name}: {line.strip()}")
        for number, word in COUNTS.findall(last):
            self.counts[word.rstrip("s") if word.startswith(("error", "warning")) else word] += int(number)
        # 5: nothing collected, as for a marker without tests.
        if run.returncode not in (0, 5):
            self.failed.append(f"pytest, {name}")

    def leave_out(self, what: str, why: str) -> None:
        """Name what cannot run here."""
        print(f"\n== left out: {what}: {why}", flush=True)
        self.left_out.append(f"{what}: {why}")

    def close(self) -> int:
        """Print the summary; the exit code. On CI nothing may be left out."""
        if self.left_out:
            print("\nLeft out here:", *self.left_out, sep="\n  ")
            if ON_CI:
                self.failed.append("something was left out, which CI does not allow")
        if self.failed:
            print("\nFailed:", *self.failed, sep="\n  ")
        seconds = time.monotonic() - self.began
        words = ("failed", "passed", "skipped", "xfailed", "xpassed", "error")
        told = (
            ", ".join(f"{self.counts[word]} {word}" for word in words if self.counts[word]) or "no tests ran"
        )
        print(f"\n===== {told} in {seconds:.2f}s ({int(seconds // 60)}:{int(seconds % 60):02d}) =====")
        return 1 if self.failed or not self.counts["passed"] else 0


def clean(extra: dict[str, str]) -> dict[str, str]:
    """Our environment without what a shell may have set for a real installation."""
    kept = {key: value for key, value in os.environ.items() if key not in LEFT_BEHIND}
    # Compiled once for the hundreds of processes that the tests start; the checkout stays as it is.
    return kept | {"PYTHONPYCACHEPREFIX": str(ROOT / "var" / "pycache")} | extra


def main() -> int:
    """Run what was asked for."""
    report = Report()
    if sys.argv[1:]:
        report.pytest("SQLite", *sys.argv[1:])
        return report.close()
    _static_checks(report)
    browser = chromium_missing()
    _tests(report, "SQLite", browser)
    missing = postgres_missing()
    if missing:
        report.leave_out("every test on PostgreSQL", missing)
    else:
        with throwaway_postgres() as url:
            _tests(report, "PostgreSQL", browser, DATABASE_URL=url)
    return report.close()


def _static_checks(report: Report) -> None:
    manage = [PYTHON, "manage.py"]
    report.check("ruff check", [str(BIN / "ruff"), "check", "."])
    report.check("ruff format", [str(BIN / "ruff"), "format", "--check", "."])
    templates = [str(path.relative_to(ROOT)) for path in _templates()]
    report.check("djlint", [str(BIN / "djlint"), "--lint", *templates])
    report.check("layers", [str(BIN / "lint-imports"), "--no-cache"])
    report.check(
        "production settings", [*manage, "check", "--deploy", "--fail-level", "WARNING"], **PRODUCTION
    )
    test = {"DJANGO_SETTINGS_MODULE": "config.settings.test"}
    report.check("migrations", [*manage, "makemigrations", "--check", "--dry-run"], **test)


def _templates() -> Iterator[Path]:
    yield ROOT / "templates"
    yield from sorted(path for path in ROOT.glob("*/templates") if ".venv" not in path.parts)


def _tests(report: Report, database: str, browser: str, **env: str) -> None:
    plain = "not e2e and not faults"
    in_order = ["-n", "2", "--no-loadscope-reorder"]
    report.pytest(f"{database}", *in_order, "-m", f"{plain} and not once" if env else plain, **env)
    # By file, since the tests of a file share the processes they look at; long files first.
    by_file = [*in_order, "--dist", "loadfile"]
    # Alone on the machine: how much time they give everybody depends on how busy it is as they begin.
    report.pytest(f"faults, {database}", "-n", "0", DELIVERY, **env)
    if not env:
        # They choose their databases themselves: once is enough.
        report.pytest("./run", *by_file, *RUN)
    if browser:
        report.leave_out(f"browser tests on {database}", browser)
    else:
        chosen = "e2e and not once" if env else "e2e"
        report.pytest(f"browser, {database}", *by_file, "-m", chosen, **env)


def chromium_missing() -> str:
    """Why there is no browser; empty when there is one."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return "" if any(map(shutil.which, names)) else f"no browser on PATH ({', '.join(names)})"


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main())
    sys.exit(130)
