#!/bin/sh
# status.sh JOB: prints running, success or failed, as the cluster-generic executor expects.
state=$(squeue --noheader --states=all --jobs="$1" --format=%T 2>&1)
case $state in
  COMPLETED) echo success ;;
  PENDING | CONFIGURING | RUNNING | COMPLETING | SUSPENDED) echo running ;;
  "" | *"Invalid job id"*)
    # The controller has forgotten it; the accounting, where there is one, has not.
    case $(sacct --noheader --allocations --jobs="$1" --format=State 2>/dev/null) in
      *COMPLETED*) echo success ;;
      *) echo failed ;;
    esac ;;
  *error:*) echo running ;; # The controller does not answer: ask again.
  *) echo failed ;;
esac
