# Training: one job for each width and chunk of seeds.


rule train_networks:
    input:
        data="{base}/data.parquet",
    output:
        networks=NETWORKS,
        runs=RUNS,
    params:
        root=STUDY.seed,
        experiment=lambda wildcards: BASES[wildcards.base],
        seeds=lambda wildcards: seeds_of_chunk(experiment(wildcards).network, wildcards),
        network=lambda wildcards: network_arguments(experiment(wildcards).network),
        code=code("train_networks.py"),
    log:
        "{base}/logs/train_networks/width={width}/chunk={chunk}.log",
    cache: "omit-software"
    threads: 1
    resources:
        mem_mb=lambda wildcards, attempt: training_memory(wildcards) * attempt,
        runtime=lambda wildcards, attempt: training_minutes(wildcards) * attempt,
    script:
        "../scripts/train_networks.py"


rule collect_runs:
    input:
        runs=[path for base in BASES for path in jobs(RUNS, base)],
    output:
        runs=f"{RESULTS}/runs.parquet",
    params:
        code=code("collect_runs.py"),
    log:
        f"{RESULTS}/logs/collect_runs.log",
    threads: 1
    resources:
        mem_mb=500,
        runtime=5,
    script:
        "../scripts/collect_runs.py"


rule networks:
    input:
        rules.collect_runs.input,


def seeds_of_chunk(network, wildcards):
    # Always a whole chunk: adding seeds never changes a job that has been done.
    first = int(wildcards.chunk) * network.seeds_per_job
    return list(range(first, first + network.seeds_per_job))


def network_arguments(network):
    return {
        "activation": network.activation,
        "learning_rate": network.learning_rate,
        "steps": network.steps,
        "checkpoints": network.all_checkpoints,
        "loss_steps": network.loss_steps,
        "engine": network.engine,
    }


def training_memory(wildcards):
    """MB: the interpreter with its libraries, and some 40 numbers of 8 bytes for each unit."""
    data = experiment(wildcards).data
    inputs = len(data.inputs) or data.dimension
    return 600 + int(wildcards.width) * (40 + 6 * inputs) * 8 // 10**6


def training_minutes(wildcards):
    """An upper bound from the dense engine, 1e8 unit-points a second; compiling takes one more."""
    at = experiment(wildcards)
    work = int(wildcards.width) * at.data.n_train * at.network.steps * at.network.seeds_per_job
    return min(2 + int(work / 1e8 / 60), 24 * 60)
