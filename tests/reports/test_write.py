"""Reports on disk: all formats, each whole, or an error that says what to do."""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from contract_kit import reports
from contract_kit.errors import FileError, UsageError
from contract_kit.findings.results import Result, TargetResult
from contract_kit.reports import github_annotations, html_report
from tests.reports import sample

NAMES = ["report.json", "junit.xml", "report.html", "summary.md"]


@contextmanager
def full_disk(size: int) -> Iterator[None]:
    """No file of this process may grow beyond ``size`` bytes."""
    limits, handler = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_writes_all_and_makes_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "build" / "vla"
    assert reports.write(sample.sample(), folder) == [folder / name for name in NAMES]
    assert sorted(content(folder)) == sorted(NAMES)
    assert json.loads((folder / "report.json").read_text(encoding="utf-8"))["verdict"]["exit_status"] == 1


@pytest.mark.parametrize("result", [sample.hostile(), sample.nearly_empty()])
def test_writes_whatever_was_found(result: Result, tmp_path: Path) -> None:
    assert len(reports.write(result, tmp_path)) == 4
    assert all(path.read_bytes().decode("utf-8") for path in tmp_path.iterdir())


@pytest.mark.parametrize("kind", ["pipe", "link to a device", "link to a pipe"])
def test_nothing_is_renamed_over_a_device_or_a_pipe(kind: str, tmp_path: Path) -> None:
    report = tmp_path / "reports" / "report.json"
    report.parent.mkdir()
    if kind == "pipe":
        os.mkfifo(report)
    else:
        os.mkfifo(tmp_path / "pipe")
        # A terminal of its own: no test should be able to replace a device that others use.
        report.symlink_to(tmp_path / "pipe" if "pipe" in kind else os.ttyname(os.openpty()[1]))
    refused = r"report\.json: is no file but a device or a pipe: "
    with pytest.raises(FileError, match=refused):
        reports.require_writable(report.parent)
    with pytest.raises(FileError, match=refused):
        reports.write(sample.sample(), report.parent)
    assert report.is_fifo() or report.is_symlink()


def test_replaces_the_last_report(tmp_path: Path) -> None:
    reports.write(sample.sample(), tmp_path)
    before = (tmp_path / "report.html").read_bytes()
    with (tmp_path / "report.html").open("rb") as reader:
        reports.write(sample.clean(), tmp_path)
        assert reader.read() == before, "who reads a report while it is replaced sees parts of two"
    assert sorted(content(tmp_path)) == sorted(NAMES)
    assert json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["verdict"]["exit_status"] == 0


def test_same_result_same_files(tmp_path: Path) -> None:
    for name in ("one", "two"):
        reports.write(sample.sample(), tmp_path / name)
    assert content(tmp_path / "one") == content(tmp_path / "two")


def test_full_disk_leaves_the_last_report(tmp_path: Path) -> None:
    reports.write(sample.sample(), tmp_path)
    before = content(tmp_path)
    with full_disk(4096), pytest.raises(FileError) as caught:
        reports.write(sample.clean(), tmp_path)
    assert content(tmp_path) == before
    assert str(caught.value) == (
        f"{tmp_path / 'report.json'}: cannot be written (File too large): mend that, or name another folder with "
        "--report-dir"
    )


def test_file_in_the_way_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "vla").write_text("mine")
    for folder in (tmp_path / "vla", tmp_path / "vla" / "deeper"):
        with pytest.raises(FileError, match=r"vla.*: cannot be made \(.+\): .*--report-dir"):
            reports.write(sample.sample(), folder)
    assert (tmp_path / "vla").read_text() == "mine"


def test_folder_in_the_way_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "report.html").mkdir()
    with pytest.raises(FileError, match=r"report\.html: cannot be written \(Is a directory\)"):
        reports.write(sample.sample(), tmp_path)
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_no_permission() -> None:
    """Nobody, not even root, makes a folder there."""
    with pytest.raises(FileError, match=r"/proc/vla: cannot be made \(.+\)"):
        reports.write(sample.sample(), Path("/proc/vla"))


def test_another_package_adds_a_format(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def installed(value: str, name: str = "count.txt") -> None:
        """A distribution in a folder of its own, as an installer leaves it."""
        made = tmp_path / f"{len(list(tmp_path.iterdir()))}"
        (made / "plugin-1.0.dist-info").mkdir(parents=True)
        (made / "plugin-1.0.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: plugin\nVersion: 1.0\n")
        group = f"[contract_kit.reports]\n{name} = {value}\n"
        (made / "plugin-1.0.dist-info" / "entry_points.txt").write_text(group)
        (made / "counting.py").write_text("def render(result):\n    return f'{len(result.findings)} findings'\n")
        paths.insert(0, str(made))

    paths = [*sys.path]
    monkeypatch.setattr(sys, "path", paths)
    installed("counting:render")
    assert reports.write(sample.sample(), tmp_path / "out")[-1] == tmp_path / "out" / "count.txt"
    assert (tmp_path / "out" / "count.txt").read_text() == f"{len(sample.sample().findings)} findings"
    for value, name, said in (
        ("nowhere:render", "a.txt", r"'a\.txt' cannot be loaded from nowhere:render: No module"),
        ("counting:other", "a.txt", r"cannot be loaded from counting:other"),
        ("counting:render", "report.json", "is no new file"),
        ("counting:render", "../a.txt", "is no new file"),
    ):
        paths[:] = paths[1:]
        installed(value, name)
        with pytest.raises(UsageError, match=said):
            reports.require_writable(tmp_path / "out")


def test_reports_of_recordings_advise_nothing_that_cannot_be_done(tmp_path: Path) -> None:
    recorded = replace(sample.sample(), target=TargetResult("recording", "", "3 recordings"), program="library")
    reports.write(recorded, tmp_path)
    said = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()}
    assert not [name for name, text in said.items() if "recheck" in text]
    assert "library accept ID" in said["report.html"]
    assert "recheck" not in github_annotations.render(recorded)
    assert "library recheck ID" in html_report.render(replace(sample.sample(), program="library"))
