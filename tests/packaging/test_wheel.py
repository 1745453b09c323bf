"""The wheel, installed outside the tree, is whole: model, look, migrations, sample mail."""

import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(*command: str | Path, cwd: Path, given: str | None = None) -> str:
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("TRIAGE_", "PYTHON"))
    }
    done = subprocess.run(
        [str(one) for one in command],
        cwd=cwd,
        env=clean,
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new environment with our wheel, beside the libraries of this one; its programs."""
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=ROOT)
    run(sys.executable, "-m", "venv", folder / "venv", cwd=folder)
    site = Path(
        run(
            folder / "venv/bin/python",
            "-c",
            "import sysconfig; print(sysconfig.get_path('purelib'))",
            cwd=folder,
        ).strip()
    )
    (site / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
    (wheel,) = folder.glob("*.whl")
    run(folder / "venv/bin/pip", "install", "--quiet", "--no-deps", wheel, cwd=folder)
    return folder / "venv" / "bin"


def test_the_doctor_is_content_with_a_fresh_install(installed: Path, tmp_path: Path) -> None:
    said = run(installed / "triage", "doctor", cwd=tmp_path)
    assert "unsafe" not in said


def test_a_text_is_scored_by_the_shipped_model(installed: Path, tmp_path: Path) -> None:
    row = json.dumps({"text": "Could you tell me when the next release is due? Thank you."})
    said = json.loads(run(installed / "triage", "score", "-", cwd=tmp_path, given=row))
    assert said["flagged"] is False
    assert set(said["scores"]) == {
        "threatening",
        "aggressive",
        "offensive",
        "otherwise_inappropriate",
        "welfare",
    }


def test_the_sample_the_look_and_the_migrations_come_along(installed: Path, tmp_path: Path) -> None:
    said = run(installed / "triage", "demo", "--no-serve", cwd=tmp_path)
    assert "320 new" in said
    where = "import dashboard, triage; print(dashboard.__path__[0]); print(triage.__path__[0])"
    screens, rooms = run(installed / "python", "-c", where, cwd=tmp_path).split()
    assert ROOT not in Path(rooms).parents
    assert (Path(screens) / ".streamlit" / "config.toml").is_file()
    assert (Path(screens) / "style.css").is_file()
    assert (Path(rooms) / "migrations" / "versions").is_dir()
    assert (Path(rooms) / "letters" / "templates" / "warning.txt").is_file()


def test_the_report_form_finds_its_pages(installed: Path, tmp_path: Path) -> None:
    look = "from dashboard.report.pages import HERE, POLICY; print(len(list(HERE.iterdir())))"
    assert int(run(installed / "python", "-c", look, cwd=tmp_path)) > 15
