# Training: one job for each width and chunk of seeds.


rule train_networks:
    input:
        data="{base}/data.parquet",
    output:
        networks=NETWORKS,
        runs=RUNS,
    log:
        "{base}/logs/train_networks/width={width}/chunk={chunk}.log",
    cache: True
    group:
        "networks"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=lambda wildcards, attempt: training_memory(wildcards) * attempt,
        runtime=lambda wildcards, attempt: training_minutes(wildcards) * attempt,
    params:
        root=STUDY.seed,
        experiment=lambda wildcards: BASES[wildcards.base],
        chunk=chunk_arguments,
        network=lambda wildcards: network_arguments(experiment(wildcards).network),
        code=code("train_networks.py"),
    script:
        "../scripts/train_networks.py"


rule collect_runs:
    input:
        runs=[path for base in BASES for path in jobs(RUNS, base)],
    output:
        runs=f"{RESULTS}/runs.parquet",
    log:
        f"{RESULTS}/logs/collect_runs.log",
    group:
        "comparison"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=5,
    params:
        code=code("collect_runs.py"),
    script:
        "../scripts/collect_runs.py"


rule networks:
    input:
        rules.collect_runs.input,
