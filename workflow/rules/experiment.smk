# An experiment: points, kernels fitted to them, networks trained on them, and all comparisons.


rule generate_data:
    input:
        lambda wildcards: data_file(experiment(wildcards)),
    output:
        data="{base}/data.parquet",
    log:
        "{base}/logs/generate_data.log",
    cache: True
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=500,
        runtime=5,
    params:
        root=STUDY.seed,
        data=lambda wildcards: arguments.data_arguments(experiment(wildcards).data),
        content=lambda wildcards: content(experiment(wildcards)),
        code=code("generate_data.py"),
    script:
        "../scripts/generate_data.py"


# The limits: NTK and NNGP kernels and what they predict.
rule fit_kernels:
    input:
        data="{base}/data.parquet",
    output:
        kernels="{base}/kernels.parquet",
        theory="{base}/theory.parquet",
    log:
        "{base}/logs/fit_kernels.log",
    cache: True
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=10,
    params:
        fit=lambda wildcards: arguments.kernel_arguments(experiment(wildcards)),
        code=code("fit_kernels.py"),
    script:
        "../scripts/fit_kernels.py"


# One job for each width and chunk of seeds.
rule train_networks:
    input:
        data="{base}/data.parquet",
    output:
        networks=NETWORKS,
        runs=RUNS,
    log:
        "{base}/logs/train_networks/width={width}/chunk={chunk}.log",
    cache: True
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=lambda wildcards, attempt: attempt
        * cost.training_megabytes(experiment(wildcards), int(wildcards.width)),
        runtime=lambda wildcards, attempt: attempt * chunk_minutes(wildcards),
    params:
        root=STUDY.seed,
        experiment=lambda wildcards: EXPERIMENTS[wildcards.base][0],
        # The wildcards must stand among the params: the cache looks at nothing else.
        chunk=lambda wildcards: arguments.chunk_arguments(
            experiment(wildcards).network,
            width=int(wildcards.width),
            chunk=int(wildcards.chunk),
        ),
        network=lambda wildcards: arguments.network_arguments(experiment(wildcards)),
        code=code("train_networks.py"),
    script:
        "../scripts/train_networks.py"


# Theory's prediction for every network, beside its own.
rule compare:
    input:
        data="{base}/data.parquet",
        kernels="{base}/kernels.parquet",
        theory="{base}/theory.parquet",
        networks=lambda wildcards: training_jobs(NETWORKS, wildcards.base),
    output:
        predictions="{base}/predictions.parquet",
    log:
        "{base}/logs/compare.log",
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=growing(2000),
        runtime=15,
    params:
        seeds=lambda wildcards: experiment(wildcards).network.seeds,
        compare=lambda wildcards: arguments.comparison_arguments(experiment(wildcards)),
        code=code("compare.py"),
    script:
        "../scripts/compare.py"


# Every number of an experiment.
rule measure:
    input:
        data="{base}/data.parquet",
        kernels="{base}/kernels.parquet",
        theory="{base}/theory.parquet",
        predictions="{base}/predictions.parquet",
        networks=lambda wildcards: training_jobs(NETWORKS, wildcards.base),
    output:
        metrics="{base}/measured.parquet",
    log:
        "{base}/logs/measure.log",
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=growing(2000),
        runtime=15,
    params:
        seeds=lambda wildcards: experiment(wildcards).network.seeds,
        measure=lambda wildcards: {
            "experiment": EXPERIMENTS[wildcards.base][0],
            "learning_rate": experiment(wildcards).network.learning_rate,
        },
        code=code("measure.py"),
    script:
        "../scripts/measure.py"


rule collect_runs:
    input:
        runs=[path for base in EXPERIMENTS for path in training_jobs(RUNS, base)],
    output:
        runs=table("runs"),
    log:
        f"{RESULTS}/logs/collect_runs.log",
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=500,
        runtime=5,
    params:
        code=code("collect_runs.py"),
    script:
        "../scripts/collect_runs.py"


rule data:
    input:
        of_every_experiment("data"),


rule kernels:
    input:
        of_every_experiment("kernels", "theory"),


rule networks:
    input:
        rules.collect_runs.input,
