"""The private cluster: who may do what in it, who starts and stops it, and what a killed run leaves."""

import os
import pty
import shutil
import signal
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from parts.clone import CLONE
from tests.script.sandbox import PATIENCE, Sandbox, is_alive, wait_until

# -- what is in it --------------------------------------------------------------------------------------------


def test_a_command_finds_both_roles_in_its_environment(sandbox: Sandbox) -> None:
    assert sandbox.sql("SELECT current_user").stdout == "tianqiao_app\n"
    assert sandbox.sql("SELECT current_user", "DATABASE_OWNER_URL").stdout == "tianqiao_owner\n"


def test_the_extensions_are_there_in_every_database_made_later(sandbox: Sandbox) -> None:
    made = sandbox.sql("CREATE DATABASE made_later", "DATABASE_OWNER_URL")
    assert made.returncode == 0, made.stderr
    listed = sandbox.run(
        "cluster", "run", "--", "sh", "-c", 'psql -XAtq "$DATABASE_URL" -c "SELECT extname FROM pg_extension"',
        DATABASE_NAME="made_later",
    )  # fmt: skip
    assert {"postgis", "pg_trgm", "btree_gist"} <= set(listed.stdout.split())


def test_the_runtime_role_cannot_make_tables(sandbox: Sandbox) -> None:
    refused = sandbox.sql("CREATE TABLE mine (id int)")
    assert refused.returncode != 0
    assert "permission denied" in refused.stderr


def test_trigrams_of_chinese_are_not_empty(sandbox: Sandbox) -> None:
    assert sandbox.sql("SELECT cardinality(show_trgm('北园大街')) > 0").stdout == "t\n"


def test_nothing_but_a_private_socket_leads_to_it(sandbox: Sandbox) -> None:
    assert sandbox.sql("SHOW listen_addresses").stdout == "\n"
    assert stat.S_IMODE(os.stat(sandbox.status()["socket"]).st_mode) == 0o700


def test_the_server_does_not_run_as_root(sandbox: Sandbox) -> None:
    assert sandbox.status()["user"] != "root"


def test_another_database_is_made_when_it_is_named(sandbox: Sandbox) -> None:
    shown = sandbox.run("cluster", "run", "--", "printenv", "DATABASE_URL", DATABASE_NAME="another_one")
    assert shown.stdout.startswith("postgresql://tianqiao_app@/another_one?host=/")
    assert "another_one" in sandbox.sql("SELECT string_agg(datname, ' ') FROM pg_database").stdout


def test_a_database_name_that_is_none_is_refused(sandbox: Sandbox) -> None:
    refused = sandbox.run("cluster", "run", "--", "true", DATABASE_NAME='x"; DROP')
    assert refused.returncode == 1
    assert "DATABASE_NAME" in refused.stderr


# -- who starts and stops it ----------------------------------------------------------------------------------


def test_the_commands_exit_status_is_passed_on(sandbox: Sandbox) -> None:
    assert sandbox.run("cluster", "run", "--", "sh", "-c", "exit 7").returncode == 7


def test_a_command_that_does_not_exist_is_named(sandbox: Sandbox) -> None:
    failed = sandbox.run("cluster", "run", "--", "no-such-command")
    assert failed.returncode == 1
    assert "no-such-command" in failed.stderr
    assert sandbox.status()["state"] == "stopped"


def test_it_stops_with_its_only_user(sandbox: Sandbox) -> None:
    assert "running" in sandbox.run("cluster", "run", "--", str(CLONE / "script/cluster"), "status").stdout
    assert sandbox.status()["state"] == "stopped"


def test_the_last_of_two_users_stops_it(sandbox: Sandbox) -> None:
    first, second = sandbox.hold(), sandbox.hold()
    first.terminate()
    assert first.wait(PATIENCE) == 128 + signal.SIGTERM
    assert sandbox.status()["state"] == "running"
    second.terminate()
    second.wait(PATIENCE)
    assert sandbox.status()["state"] == "stopped"


def test_several_who_come_at_once_share_one(make_sandbox: Callable[..., Sandbox]) -> None:
    sandbox = make_sandbox()
    users = [
        sandbox.start("cluster", "run", "--", "sh", "-c", 'psql -XAtq "$DATABASE_URL" -c "SELECT 1"')
        for _ in "1234"
    ]
    assert [user.communicate(timeout=PATIENCE)[0] for user in users] == ["1\n"] * 4
    assert sandbox.status()["state"] == "stopped"


def test_started_by_hand_it_outlives_its_users_until_it_is_stopped(sandbox: Sandbox) -> None:
    assert sandbox.run("cluster", "start").returncode == 0
    assert sandbox.run("cluster", "run", "--", "true").returncode == 0
    assert sandbox.status()["state"] == "running"
    assert sandbox.run("cluster", "stop").returncode == 0
    assert sandbox.status()["state"] == "stopped"


def test_it_is_not_stopped_under_somebody_who_uses_it(sandbox: Sandbox) -> None:
    holder = sandbox.hold()
    refused = sandbox.run("cluster", "stop")
    assert refused.returncode == 1
    assert "in use" in refused.stderr
    holder.terminate()
    holder.wait(PATIENCE)
    assert sandbox.status()["state"] == "stopped"


def test_ctrl_c_reaches_the_command_once_and_lets_it_clean_up(sandbox: Sandbox) -> None:
    # It waits in small steps, so that a signal before the first step counts as well as one during it.
    counts = (
        "trap 'n=$((n+1)); echo interrupted $n' INT; echo up; "
        'until [ -n "$n" ]; do sleep 0.1; done; sleep 0.3; echo cleaned up; exit 5'
    )
    pid, terminal = pty.fork()
    if pid == 0:
        # A run in a shell's background has Ctrl-C ignored, which children inherit and bash cannot undo.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        command = str(CLONE / "script/cluster")
        os.execve(command, [command, "run", "--", "bash", "-c", counts], sandbox.environment)
    shown = b""
    sent = False
    while True:
        try:
            shown += os.read(terminal, 4096)
        except OSError:  # how a terminal ends on Linux
            break
        if b"up" in shown and not sent:
            os.write(terminal, b"\x03")
            sent = True
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    os.close(terminal)
    assert shown.count(b"interrupted") == 1, shown
    assert b"cleaned up" in shown
    assert status == 5
    assert sandbox.status()["state"] == "stopped"


# -- what a killed run leaves ---------------------------------------------------------------------------------


def test_the_next_user_takes_over_what_a_killed_one_left_and_stops_it(sandbox: Sandbox) -> None:
    holder = sandbox.hold()
    server = sandbox.postmaster()
    holder.kill()
    holder.wait(PATIENCE)
    assert is_alive(server)
    seen = sandbox.run(
        "cluster", "run", "--", "sh", "-c", "head -1 $0", f"{sandbox.status()['data']}/postmaster.pid"
    )
    assert int(seen.stdout) == server
    wait_until(lambda: not is_alive(server) or sandbox.run("cluster", "run", "--", "true").returncode != 0)
    assert sandbox.status()["state"] == "stopped"


def test_a_killed_users_command_ends_too(sandbox: Sandbox) -> None:
    holder = sandbox.hold()
    children = Path(f"/proc/{holder.pid}/task/{holder.pid}/children").read_text().split()
    holder.kill()
    holder.wait(PATIENCE)
    assert len(children) == 1
    wait_until(lambda: not is_alive(int(children[0])))
    sandbox.run("cluster", "run", "--", "true")


def test_a_killed_server_is_started_again(sandbox: Sandbox) -> None:
    holder = sandbox.hold()
    server = sandbox.postmaster()
    os.kill(server, signal.SIGKILL)
    holder.kill()
    holder.wait(PATIENCE)
    wait_until(lambda: not is_alive(server))
    assert sandbox.sql("SELECT 1").stdout == "1\n"


def test_a_stale_pid_file_does_not_matter_even_when_its_number_is_in_use(sandbox: Sandbox) -> None:
    assert sandbox.run("cluster", "run", "--", "true").returncode == 0
    pid_file = Path(sandbox.status()["data"]) / "postmaster.pid"
    pid_file.write_text(
        f"{os.getpid()}\n{pid_file.parent}\n1\n5432\n{sandbox.status()['socket']}\n\n0 0\nready\n"
    )
    assert sandbox.sql("SELECT 1").stdout == "1\n"


def test_a_lost_socket_is_put_back(sandbox: Sandbox) -> None:
    holder = sandbox.hold()
    socket = Path(sandbox.status()["socket"])
    holder.kill()
    holder.wait(PATIENCE)
    shutil.rmtree(socket)
    assert sandbox.sql("SELECT 1").stdout == "1\n"


@pytest.mark.slow
@pytest.mark.parametrize("moment", [0.1, 0.3, 0.5, 0.7, 0.9, 1.1, 1.3, 1.5])
def test_a_run_killed_at_any_moment_of_the_first_start_blocks_nobody(
    make_sandbox: Callable[..., Sandbox], moment: float
) -> None:
    sandbox = make_sandbox()
    killed = sandbox.start("cluster", "run", "--", "true")
    try:
        killed.wait(moment)
    except subprocess.TimeoutExpired:
        killed.kill()
    assert sandbox.sql("SELECT postgis_version() IS NOT NULL").stdout == "t\n"
    assert sandbox.status()["state"] == "stopped"
    # What the killed run's orphans went on to write meanwhile goes at a later start.
    sandbox.run("cluster", "run", "--", "true")
    assert not list(Path(sandbox.status()["data"]).parent.glob("data.new-*"))


# -- where it lives -------------------------------------------------------------------------------------------


def test_a_long_path_has_its_socket_elsewhere(make_sandbox: Callable[..., Sandbox]) -> None:
    parent = Path("/tmp") / f"tq-long-{os.getpid()}" / ("a-long-name-" * 10)
    parent.mkdir(parents=True)
    try:
        sandbox = make_sandbox(parent)
        assert sandbox.sql("SELECT 1").stdout == "1\n"
        socket = Path(sandbox.status()["socket"])
        assert len(str(socket / ".s.PGSQL.5432")) <= 90
        assert stat.S_IMODE(socket.stat().st_mode) == 0o700
        sandbox.remove()
    finally:
        shutil.rmtree(parent.parent)


def test_a_clone_that_the_servers_user_cannot_reach_has_its_data_elsewhere(
    make_sandbox: Callable[..., Sandbox],
) -> None:
    sandbox = make_sandbox()
    sandbox.var.parent.chmod(0o700)
    assert sandbox.sql("SELECT 1").stdout == "1\n"
    inside = sandbox.var in Path(sandbox.status()["data"]).parents
    # Root starts the server as another user, who may not pass here; everybody else as themselves.
    assert inside == (os.geteuid() != 0)


def test_what_an_earlier_clone_at_the_same_path_left_is_set_aside(
    make_sandbox: Callable[..., Sandbox],
) -> None:
    sandbox = make_sandbox()
    sandbox.var.parent.chmod(0o700)
    assert sandbox.sql("CREATE TABLE old (id int)", "DATABASE_OWNER_URL").returncode == 0
    shutil.rmtree(sandbox.var)
    found = sandbox.sql("SELECT count(*) FROM pg_tables WHERE tablename = 'old'")
    assert found.stdout.splitlines()[-1] == "0"
