import subprocess
import sys

import pytest
from study.alone import Elsewhere, InWorkError, alone


def test_a_run_is_in_the_hands_of_one_command(tmp_path):
    run = tmp_path / "one" / "seed-1.5"
    with alone(run):
        with pytest.raises(InWorkError, match=r"seed-1\.5 is in work elsewhere\. Run this again"):
            alone(run).__enter__()
        with alone(tmp_path / "one" / "seed-2"):
            pass
    with alone(run):
        pass
    assert not run.exists()


def test_the_lock_ends_with_the_command_however_it_ends(tmp_path):
    code = (
        "import os, pathlib, sys; from study.alone import alone\n"
        "with alone(pathlib.Path(sys.argv[1])): os._exit(9)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path / "run")], check=False)
    assert done.returncode == 9
    with alone(tmp_path / "run"):
        pass


def test_a_verb_that_goes_on_alone_is_still_at_work(tmp_path):
    with alone(tmp_path / "run"):
        verb = subprocess.Popen([sys.executable, "-c", "input()"], stdin=-1, close_fds=False)
    with pytest.raises(InWorkError):
        alone(tmp_path / "run").__enter__()
    verb.communicate(b"\n")
    with alone(tmp_path / "run"):
        pass


def test_what_is_left_to_others_is_told_while_they_have_it(tmp_path, capsys):
    elsewhere = Elsewhere()
    with alone(tmp_path / "a"):
        with alone(tmp_path / "b"):
            for name in ("a", "b", "c"):
                with elsewhere.passing(name), alone(tmp_path / name):
                    print(f"{name} done")
        assert capsys.readouterr().out == "a: in work elsewhere\nb: in work elsewhere\nc done\n"
        elsewhere.tell()
    assert capsys.readouterr().out.startswith("Still in work elsewhere: a. Run this again")
    elsewhere.tell()
    assert not capsys.readouterr().out
