"""`vla.toml`: what it may say, what overrides it, and what a person is told about a wrong one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from contract_kit import configuration
from contract_kit.configuration import Configuration
from contract_kit.findings.finding import Kind, Severity
from tests.check.reported import CONNECTED, leave, report
from tests.conftest import Run
from video_log_analyzer.kit import KIT

EVERYTHING = """\
[check]
target = "https://insights.twilio.com"
profile = "quick"
fail_on = "notice"
max_requests = 40
rate = 2
deadline = 90.5
send_invalid = false
allow_http = true
report_dir = "out/reports"
acceptances = "/known.yaml"

[severity]
"undocumented value" = "breaking"
null = "notice"
"""


def test_without_a_file_there_are_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert configuration.load(None, KIT) == Configuration(kit=KIT.reference, report_dir=Path("build/vla"))


def test_everything_can_be_set(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(EVERYTHING, encoding="utf-8-sig")
    assert configuration.load(file, KIT) == Configuration(
        kit=KIT.reference,
        target_source=f"{file}:2: [check] 'target'",
        target="https://insights.twilio.com",
        profile="quick",
        fail_on=Severity.NOTICE,
        max_requests=40,
        rate=2.0,
        deadline=90.5,
        send_invalid=False,
        allow_http=True,
        report_dir=tmp_path / "out" / "reports",
        acceptances=Path("/known.yaml"),
        severities={Kind.UNDOCUMENTED_VALUE: Severity.BREAKING, Kind.NULL: Severity.NOTICE},
        file=file,
    )


def test_options_override_the_file_when_they_are_given() -> None:
    settings = Configuration(profile="quick", send_invalid=True).with_options(
        profile=None, send_invalid=False, rate=3.0
    )
    assert (settings.profile, settings.send_invalid, settings.rate) == ("quick", False, 3.0)


def test_the_file_of_the_current_folder_is_read(vla: Run, tmp_path: Path) -> None:
    (tmp_path / "vla.toml").write_text('[check]\nacceptances = "known.yaml"\n')
    assert vla("accept", "--list").stdout == "nothing is accepted: known.yaml has no entries\n"
    (tmp_path / "other.toml").write_text("")
    assert vla("accept", "--list", "--config", "other.toml").stdout.endswith("acceptances.yaml has no entries\n")
    done = vla("accept", "--list", "--config", "other.toml", "--acceptances", "mine.yaml")
    assert done.stdout.endswith("mine.yaml has no entries\n")


def test_paths_are_relative_to_the_file(vla: Run, tmp_path: Path) -> None:
    (tmp_path / "service").mkdir()
    (tmp_path / "service" / "vla.toml").write_text('[check]\nreport_dir = "build/vla"\n')
    leave(tmp_path / "service", report([CONNECTED]))
    done = vla("accept", "--prune", "--config", "service/vla.toml")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[check\n", "vla.toml:1: is not TOML"),
        ("[check]\nrate = 1\nrate = 2\n", "vla.toml:3: is not TOML"),
        ("target = 'https://a.example'\n", "vla.toml:1: 'target' stands outside of a table: put it under [check]"),
        ("[chek]\nrate = 1\n", "vla.toml:1: unknown table 'chek' (did you mean 'check'?): allowed are check, severity"),
        ("check = 1\n", "vla.toml:1: check is the number 1: allowed is a table, [check]"),
        ("[[check]]\nrate = 1\n", "vla.toml:1: check is an array: allowed is a table, [check]"),
        ("[check]\n\nmax-request = 3\n", "vla.toml:3: [check] unknown key 'max-request' (did you mean 'max_requests'"),
        (
            "[check]\nprofile = 'quik'\n",
            "2: [check] 'profile' is the text 'quik' (did you mean 'quick'?): allowed is one",
        ),
        ("[check]\nprofile = 1\n", "2: [check] 'profile' is the number 1: allowed is one of quick, full"),
        (
            "[check]\nfail_on = 'never'\n",
            "2: [check] 'fail_on' is the text 'never': allowed is one of breaking, drift, n",
        ),
        ("[check]\nmax_requests = 0\n", "2: [check] 'max_requests' is the number 0: allowed is a whole number from 1"),
        ("[check]\nmax_requests = true\n", "2: [check] 'max_requests' is the boolean true"),
        ("[check]\nmax_requests = 1.5\n", "2: [check] 'max_requests' is the number 1.5"),
        ("[check]\nrate = -1\n", "2: [check] 'rate' is the number -1: allowed is a number above 0"),
        ("[check]\nrate = nan\n", "2: [check] 'rate' is the number nan"),
        ("[check]\ndeadline = inf\n", "2: [check] 'deadline' is the number inf"),
        ("[check]\ndeadline = 2026-01-01\n", "2: [check] 'deadline' is a date or time"),
        ("[check]\nsend_invalid = 'no'\n", "2: [check] 'send_invalid' is the text 'no': allowed is true or false"),
        ("[check]\nstrain = true\n", "2: [check] 'strain' is called 'send_invalid' now: rename it"),
        ("[check]\nallow_http = 1\n", "2: [check] 'allow_http' is the number 1"),
        ("[check]\nreport_dir = ''\n", "2: [check] 'report_dir' is the text '': allowed is a path"),
        ('[check]\nreport_dir = "a\\u0000"\n', "2: [check] 'report_dir' is the text"),
        ("[check]\nacceptances = ['a']\n", "2: [check] 'acceptances' is an array"),
        ("[check]\ntarget = 7\n", "2: [check] 'target' is the number 7: allowed is an origin"),
        (
            "[severity]\n'undocumented valu' = 'drift'\n",
            "2: [severity] unknown kind of finding 'undocumented valu' (did",
        ),
        (
            "[severity]\nundocumented_value = 'drift'\n",
            "(did you mean 'undocumented value'?): allowed are missing field,",
        ),
        (
            "[severity]\nnull = 'red'\n",
            "2: [severity] 'null' is the text 'red': allowed is one of breaking, drift, notice",
        ),
        ("[check]\n'hunter2pass' = 1\n", "2: [check] unknown key: allowed are"),
        ("[check]\nhunter2pass = 1\nhunter2pass = 2\n", "vla.toml:3: is not TOML"),
        ("[hunter2pass]\n[hunter2pass]\n", "vla.toml:2: is not TOML"),
        ("[check]\n'hunter2pass_token' = 1\n", "2: [check] a key looks like a credential"),
        (f"a = {'[' * 100_000}", "vla.toml: is nested too deeply"),
        (f"[{'.'.join('a' * 3000)}]\n", "vla.toml: is nested too deeply"),
        (f"[check]\nrate = {'9' * 5000}\n", "vla.toml: has a number or a URL that cannot be read"),
        (f"[check]\nrate = 0x{'f' * 20_000}\n", "vla.toml: has a number or a URL that cannot be read"),
        ("[check]\ntarget = 'http://[::1/v1'\n", "vla.toml: has a number or a URL that cannot be read"),
    ],
    ids=lambda value: value.replace("\n", " ")[:60] if value.startswith("[") or "=" in value[:9] else None,
)
def test_a_wrong_file_is_one_clear_line(vla: Run, tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "vla.toml").write_text(text)
    done = vla("accept", "--list")
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert "hunter2pass" not in done.stderr
    assert said in done.stderr


@pytest.mark.parametrize(
    "text",
    [
        "[check]\nauth_token = 'hidden'\n",
        "[check]\nTWILIO_API_SECRET = 'hidden'\n",
        "[check.twilio]\npassword = 'hidden'\n",
        "[[check]]\napi_key = 'hidden'\n",
        "[credentials]\nsecret = 'hidden'\n",
        "[check]\nwho = 'SK" + "0" * 32 + "'\n",
        "[check]\ntarget = 'https://me:hidden@insights.twilio.com'\n",
        "VLA_MASK_KEY = 'hidden'\n",
    ],
    ids=lambda text: text.replace("\n", " ")[:30],
)
def test_credentials_are_refused_and_not_shown(vla: Run, tmp_path: Path, text: str) -> None:
    (tmp_path / "vla.toml").write_text(text)
    done = vla("accept", "--list")
    assert done.returncode == 2
    assert "in the environment" in done.stderr
    assert "credential" in done.stderr
    assert "hidden" not in done.stderr
    assert "SK" + "0" * 32 not in done.stderr


def test_a_line_is_only_named_where_it_is_certain(vla: Run, tmp_path: Path) -> None:
    (tmp_path / "vla.toml").write_text('[check]\nreport_dir = """\nrate = 1\n"""\nrate = 0\n')
    assert "vla.toml: [check] 'rate' is the number 0" in vla("accept", "--list").stderr


def test_a_file_that_cannot_be_read_is_one_clear_line(vla: Run, tmp_path: Path) -> None:
    (tmp_path / "latin.toml").write_bytes(b"[check]\n# \xe9\n")
    for name, said in (("nowhere.toml", "no such file"), (".", "Is a directory"), ("latin.toml", "is not UTF-8")):
        done = vla("accept", "--list", "--config", name)
        assert done.returncode == 2
        assert len(done.stderr.splitlines()) == 1
        assert said in done.stderr


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("https://example.com/v1", "has more than an origin: leave out /v1"),
        ("http://example.com", "would send credentials in the clear: use https, or --allow-http"),
    ],
)
def test_a_wrong_target_of_the_file_is_reported_as_that(vla: Run, tmp_path: Path, target: str, said: str) -> None:
    (tmp_path / "vla.toml").write_text(f'[check]\nprofile = "quick"\ntarget = "{target}"\n')
    done = vla("check")
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith(f"vla check: vla.toml:3: [check] 'target' '{target}' {said}"), (
        done.stderr
    )
    assert len(done.stderr.splitlines()) == 1
    done = vla("check", "--fault", "x")
    assert "leave out vla.toml:3: [check] 'target' or --fault" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--rate", "-1"], "argument --rate: '-1': allowed is a number above 0"),
        (["--rate", "nan"], "argument --rate: 'nan': allowed is a number above 0"),
        (["--max-requests", "1.5"], "argument --max-requests: '1.5': allowed is a whole number from 1"),
        (["--fail-on", "never"], "argument --fail-on: 'never': allowed is one of breaking, drift, notice"),
        (["--profile", "quik"], "argument --profile: 'quik': allowed is one of quick, full"),
        (["--report-dir", ""], "argument --report-dir: '': allowed is a path"),
    ],
)
def test_a_wrong_option_is_one_clear_line(vla: Run, arguments: list[str], said: str) -> None:
    done = vla("check", *arguments)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert said in done.stderr


def test_the_documentation_has_every_setting_and_no_other(root: Path) -> None:
    assert configuration.table(KIT) in (root / "docs" / "check.md").read_text(encoding="utf-8"), (
        f"docs/check.md: put this into it:\n{configuration.table(KIT)}"
    )
    assert configuration.load(None, KIT) == Configuration.from_dict(
        json.loads(json.dumps(configuration.load(None, KIT).to_dict()))
    )
