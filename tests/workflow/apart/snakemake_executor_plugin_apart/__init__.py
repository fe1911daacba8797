"""A cloud on this machine: each job in an empty folder and home of its own.

It is given nothing but a command, as a container is: it fetches the workflow's sources, its inputs
and where its outputs go from the storage provider.
"""

import os
import subprocess
import tempfile

from snakemake_interface_executor_plugins.executors.base import SubmittedJobInfo
from snakemake_interface_executor_plugins.executors.remote import RemoteExecutor
from snakemake_interface_executor_plugins.settings import CommonSettings, ExecutorSettingsBase

common_settings = CommonSettings(
    non_local_exec=True,
    implies_no_shared_fs=True,
    job_deploy_sources=True,
    pass_default_storage_provider_args=True,
    pass_default_resources_args=True,
    pass_envvar_declarations_to_cmd=False,
    auto_deploy_default_storage_provider=False,
    init_seconds_before_status_checks=0,
)
ExecutorSettings = ExecutorSettingsBase


class Executor(RemoteExecutor):
    def run_job(self, job):
        home = tempfile.mkdtemp(prefix=f"{job.name}-", dir=os.environ["APART"])
        environment = {name: os.environ[name] for name in ("PATH", "NUMBA_CACHE_DIR")}
        with open(f"{home}.log", "w", encoding="utf-8") as log:
            process = subprocess.Popen(
                ["bash", "-c", self.format_job_exec(job)],
                cwd=home,
                env=environment | self.envvars() | {"HOME": home},
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self.report_job_submission(
            SubmittedJobInfo(job, aux={"process": process, "log": f"{home}.log"})
        )

    async def check_active_jobs(self, active_jobs):
        self.next_seconds_between_status_checks = 0.5
        for job in active_jobs:
            code = job.aux["process"].poll()
            if code is None:
                yield job
            elif code == 0:
                self.report_job_success(job)
            else:
                self.report_job_error(job, aux_logs=[job.aux["log"]])

    def cancel_jobs(self, active_jobs):
        for job in active_jobs:
            job.aux["process"].kill()
