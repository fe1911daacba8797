"""A real SLURM on this machine: munge, slurmctld and some slurmd on 127.0.0.1, without systemd.

Every daemon runs as the user who runs the tests, in a folder of its own and on ports of its own,
so that nothing of a SLURM that is installed here is touched. With accounting there are also
slurmdbd and a MariaDB, as on most clusters.
"""

import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import time
from dataclasses import dataclass, field
from getpass import getuser
from pathlib import Path

PACKAGES = {
    "munged": "munge",
    "slurmctld": "slurmctld",
    "slurmd": "slurmd",
    "squeue": "slurm-client",
}
"""A program of each Debian package that is needed."""
ACCOUNTING_PACKAGES = {"slurmdbd": "slurmdbd", "mariadbd": "mariadb-server"}
"""The same for accounting."""

SEARCH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])

CONF = """
ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={port}
SrunPortRange={srun_first}-{srun_last}
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
AuthType=auth/munge
AuthInfo=socket={folder}/munge/socket,cred_expire=10
SlurmUser={user}
SlurmdUser={user}
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool/%n
SlurmctldPidFile={folder}/run/slurmctld.pid
SlurmdPidFile={folder}/run/slurmd.%n.pid
SlurmctldLogFile={folder}/log/slurmctld.log
SlurmdLogFile={folder}/log/slurmd.%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SchedulerParameters=sched_interval=1,bf_interval=1
SlurmdParameters=config_overrides
ReturnToService=2
EnforcePartLimits=ALL
KillWait=2
MinJobAge=600
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=1
JobAcctGatherParams=OverMemoryKill
JobCompType=jobcomp/filetxt
JobCompLoc={folder}/log/jobcomp.log
AccountingStorageType=accounting_storage/{storage}
AccountingStorageHost=127.0.0.1
AccountingStoragePort={dbd_port}
AccountingStoragePass={folder}/munge/socket
{nodes}
PartitionName=main Nodes=ALL Default=YES MaxTime=120 LLN=YES
"""
# LLN spreads jobs over the nodes. OverMemoryKill holds each job, the Snakemakes in it included, to
# the memory that its rule asks for.

NODE = "NodeName={name} NodeHostname={host} NodeAddr=127.0.0.1 Port={port} CPUs=4 RealMemory=8000"

DBD_CONF = """
AuthType=auth/munge
AuthInfo=socket={folder}/munge/socket
DbdHost={host}
DbdAddr=127.0.0.1
DbdPort={dbd_port}
CommunicationParameters=NoInAddrAny
SlurmUser={user}
LogFile={folder}/log/slurmdbd.log
PidFile={folder}/run/slurmdbd.pid
StorageType=accounting_storage/mysql
StorageHost=127.0.0.1
StoragePort={database_port}
StorageUser=slurm
StoragePass=slurm
"""

DATABASE = """
CREATE DATABASE slurm_acct_db;
CREATE USER 'slurm'@'127.0.0.1' IDENTIFIED BY 'slurm';
GRANT ALL ON slurm_acct_db.* TO 'slurm'@'127.0.0.1';
"""


def missing_packages(*, accounting: bool = False) -> list[str]:
    """Debian packages that a SLURM needs and that are not installed here."""
    needed = PACKAGES | (ACCOUNTING_PACKAGES if accounting else {})
    return [package for name, package in needed.items() if shutil.which(name, path=SEARCH) is None]


@dataclass
class Slurm:
    """A running SLURM; ``environment`` is what its commands need."""

    folder: Path
    nodes: tuple[str, ...] = ("n1", "n2")
    accounting: bool = False
    environment: dict[str, str] = field(default_factory=dict)

    def start(self) -> None:
        for name in ("run", "log", "state", "bin", *(f"spool/{node}" for node in self.nodes)):
            (self.folder / name).mkdir(parents=True)
        (self.folder / "munge").mkdir(mode=0o711)
        host = socket.gethostname().split(".")[0]
        first = _free_ports(40)
        conf = self.folder / "slurm.conf"
        place = {
            "folder": self.folder,
            "host": host,
            "user": getuser(),
            "dbd_port": first + 8,
            "database_port": first + 9,
        }
        conf.write_text(
            CONF.format(
                **place,
                storage="slurmdbd" if self.accounting else "none",
                port=first,
                srun_first=first + 10,
                srun_last=first + 39,
                nodes="\n".join(
                    NODE.format(name=name, host=host, port=first + 1 + i)
                    for i, name in enumerate(self.nodes)
                ),
            )
        )
        # The jobstep plugin drops SLURM_CONF before it calls srun; here there is no other way to
        # say where the configuration lies, so this srun gives it back.
        srun = self.folder / "bin/srun"
        srun.write_text(f'#!/bin/sh\nSLURM_CONF={conf} exec {shutil.which("srun")} "$@"\n')
        srun.chmod(0o755)
        self.environment = {
            "SLURM_CONF": str(conf),
            "PATH": os.pathsep.join([str(srun.parent), SEARCH]),
        }
        munge = self.folder / "munge"
        key = munge / "key"
        key.touch(mode=0o600)
        key.write_bytes(secrets.token_bytes(128))
        self.call(
            *("munged", "--force", f"--socket={munge}/socket", f"--key-file={key}"),
            *(f"--seed-file={munge}/seed", f"--pid-file={self.folder}/run/munged.pid"),
            f"--log-file={self.folder}/log/munged.log",
        )
        if self.accounting:
            self._start_accounting(place)
        self.call("slurmctld")
        for node in self.nodes:
            self.call("slurmd", "-N", node)
        self.wait_for(lambda: self.node_states() == dict.fromkeys(self.nodes, "idle"))

    def _start_accounting(self, place: dict) -> None:
        database, sql = self.folder / "database", self.folder / "database.sql"
        sql.write_text(DATABASE)
        common = ["--no-defaults", f"--user={getuser()}", f"--datadir={database}"]
        self.call(
            *("mariadb-install-db", *common, "--skip-test-db"),
            "--auth-root-authentication-method=normal",
        )
        run, log = self.folder / "run", self.folder / "log/mariadbd.log"
        with log.open("w") as output:
            subprocess.Popen(
                [
                    *("mariadbd", *common, f"--socket={run}/mariadbd.sock"),
                    *(f"--pid-file={run}/mariadbd.pid", f"--init-file={sql}"),
                    *("--bind-address=127.0.0.1", f"--port={place['database_port']}"),
                    *("--skip-name-resolve", "--innodb-flush-log-at-trx-commit=0"),
                    *("--innodb-buffer-pool-size=64M", "--innodb-log-file-size=16M"),
                ],
                env={**os.environ, **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.wait_for(lambda: "ready for connections" in log.read_text())
        conf = self.folder / "slurmdbd.conf"
        conf.touch(mode=0o600)
        conf.write_text(DBD_CONF.format(**place))
        self.call("slurmdbd")
        self.wait_for(lambda: "Cluster" in self.call("sacctmgr", "list", "cluster", check=False))
        for entity in ("cluster test", "account test", f"user {getuser()} Account=test"):
            self.call("sacctmgr", "-Qi", "add", *entity.split())

    def stop(self) -> None:
        """Cancel all jobs, then stop the daemons, the controller first."""
        self.call("scancel", "--user", getuser(), check=False)
        self.wait_for(lambda: not self.queue(), seconds=30, fail=False)
        run = self.folder / "run"
        munge, databases = run / "munged.pid", (run / "slurmdbd.pid", run / "mariadbd.pid")
        for path in (run / "slurmctld.pid", *run.glob("slurmd.*.pid"), *databases, munge):
            _stop(path)

    def call(self, *command: str, check: bool = True) -> str:
        done = subprocess.run(
            command,
            env={**os.environ, **self.environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0 or not check, f"{' '.join(command)}: {done.stdout}"
        return done.stdout

    def node_states(self) -> dict[str, str]:
        lines = self.call("sinfo", "-hN", "-o", "%N %T", check=False).splitlines()
        return dict(line.split(maxsplit=1) for line in lines if len(line.split()) == 2)

    def queue(self) -> list[dict[str, str]]:
        """Jobs that wait or run: id, state, node and comment, which has the rule's name."""
        lines = self.call("squeue", "-h", "-o", "%i|%T|%N|%k").splitlines()
        keys = ("id", "state", "node", "comment")
        return [dict(zip(keys, line.split("|", 3), strict=True)) for line in lines]

    def finished(self) -> list[dict[str, str]]:
        """What the completion log says of each job that has ended, in that order."""
        log = self.folder / "log/jobcomp.log"
        if not log.exists():
            return []
        return [dict(re.findall(r"(\w+)=(\S*)", line)) for line in log.read_text().splitlines()]

    def wait_for(self, condition, *, seconds: float = 120, fail: bool = True):
        """What ``condition`` gives, once it is true."""
        end = time.monotonic() + seconds
        while not (value := condition()):
            if time.monotonic() > end:
                logs = sorted((self.folder / "log").glob("*.log"))
                tails = [f"{log.name}: {log.read_text()[-500:]}" for log in logs]
                assert not fail, "timed out\n" + "\n".join(tails)
                return value
            time.sleep(0.2)
        return value


def _free_ports(count: int) -> int:
    """The first of so many ports in a row that nobody listens on."""
    for first in range(20_000 + secrets.randbelow(10_000), 60_000, count):
        sockets = []
        try:
            for port in range(first, first + count):
                sockets.append(socket.create_server(("127.0.0.1", port)))
            return first
        except OSError:
            continue
        finally:
            for one in sockets:
                one.close()
    raise OSError("no free ports")


def _stop(pid_file: Path) -> None:
    if not pid_file.exists():
        return
    pid = int(pid_file.read_text())
    for sign, seconds in ((signal.SIGTERM, 15), (signal.SIGKILL, 5)):
        try:
            os.kill(pid, sign)
        except ProcessLookupError:
            return
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if _ended(pid):
                return
            time.sleep(0.1)


def _ended(pid: int) -> bool:
    try:
        return "State:\tZ" in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return True
