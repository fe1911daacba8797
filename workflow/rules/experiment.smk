# An experiment: points, kernels fitted to them, networks trained on them, and all comparisons.

# What each rule is told of the study. A rule that reads what another one wrote compares it with
# what the file says it was made with.
TOLD = {
    "generate_data": named(
        {
            "root": lambda wildcards: STUDY.seed,
            "data": lambda wildcards: arguments.data_arguments(experiment(wildcards).data),
            "content": lambda wildcards: content(experiment(wildcards)),
        }
    ),
    "fit_kernels": named(
        {
            "fit": lambda wildcards: arguments.kernel_arguments(experiment(wildcards)),
        }
    ),
    "train_networks": named(
        {
            "root": lambda wildcards: STUDY.seed,
            "experiment": lambda wildcards: EXPERIMENTS[wildcards.base][0],
            "network": lambda wildcards: arguments.network_arguments(experiment(wildcards)),
        }
    ),
    "compare": named(
        {
            "seeds": lambda wildcards: experiment(wildcards).network.seeds,
            "compare": lambda wildcards: arguments.comparison_arguments(experiment(wildcards)),
        }
    ),
}
CODE = {name: code(f"{name}.py") for name in TOLD}


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
    resources:
        mem_mb=lambda wildcards, attempt: attempt * cost.data_megabytes(experiment(wildcards)),
        runtime=growing(5),
    params:
        **TOLD["generate_data"],
        code=CODE["generate_data"],
    message:
        "generate_data for {wildcards.base}"
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
    resources:
        mem_mb=lambda wildcards, attempt: attempt * cost.fit_megabytes(experiment(wildcards)),
        runtime=lambda wildcards, attempt: attempt * cost.fit_minutes(experiment(wildcards)),
    params:
        **TOLD["fit_kernels"],
        origins=origins("generate_data"),
        code=CODE["fit_kernels"],
    message:
        "fit_kernels for {wildcards.base}"
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
    resources:
        mem_mb=lambda wildcards, attempt: attempt
        * cost.training_megabytes(experiment(wildcards), int(wildcards.width)),
        runtime=lambda wildcards, attempt: attempt
        * cost.chunk_minutes(experiment(wildcards), engine(wildcards.base), int(wildcards.width)),
    params:
        **TOLD["train_networks"],
        # The wildcards must stand among the params: the cache looks at nothing else.
        chunk=lambda wildcards: told(
            "chunk",
            arguments.chunk_arguments(
                experiment(wildcards).network,
                width=int(wildcards.width),
                chunk=int(wildcards.chunk),
            ),
        ),
        origins=origins("generate_data"),
        code=CODE["train_networks"],
    message:
        "train_networks of width {wildcards.width}, chunk {wildcards.chunk}, for {wildcards.base}"
    script:
        "../scripts/train_networks.py"


# Theory's prediction for every network, beside its own.
rule compare:
    input:
        data="{base}/data.parquet",
        kernels="{base}/kernels.parquet",
        theory="{base}/theory.parquet",
        networks=lambda wildcards: PLACES.training_jobs(NETWORKS, wildcards.base),
    output:
        predictions="{base}/predictions.parquet",
    log:
        "{base}/logs/compare.log",
    conda:
        ENVIRONMENT
    resources:
        mem_mb=lambda wildcards, attempt: attempt * cost.comparison_megabytes(experiment(wildcards)),
        runtime=lambda wildcards, attempt: attempt * cost.comparison_minutes(experiment(wildcards)),
    params:
        **TOLD["compare"],
        origins=origins("generate_data", "fit_kernels", "train_networks"),
        code=CODE["compare"],
    message:
        "compare for {wildcards.base}"
    script:
        "../scripts/compare.py"


# Every number of an experiment.
rule measure:
    input:
        data="{base}/data.parquet",
        kernels="{base}/kernels.parquet",
        theory="{base}/theory.parquet",
        predictions="{base}/predictions.parquet",
        networks=lambda wildcards: PLACES.training_jobs(NETWORKS, wildcards.base),
    output:
        metrics="{base}/measured.parquet",
    log:
        "{base}/logs/measure.log",
    conda:
        ENVIRONMENT
    resources:
        mem_mb=lambda wildcards, attempt: attempt * cost.comparison_megabytes(experiment(wildcards)),
        runtime=lambda wildcards, attempt: attempt * cost.comparison_minutes(experiment(wildcards)),
    params:
        seeds=lambda wildcards: experiment(wildcards).network.seeds,
        measure=lambda wildcards: told(
            "measure",
            {
                "experiment": EXPERIMENTS[wildcards.base][0],
                "learning_rate": experiment(wildcards).network.learning_rate,
            },
        ),
        origins=origins(*RULES_OF_AN_EXPERIMENT),
        code=code("measure.py"),
    message:
        "measure for {wildcards.base}"
    script:
        "../scripts/measure.py"


rule collect_runs:
    input:
        runs=[path for base in EXPERIMENTS for path in PLACES.training_jobs(RUNS, base)],
    output:
        runs=table("runs"),
    log:
        f"{RESULTS}/logs/collect_runs.log",
    conda:
        ENVIRONMENT
    resources:
        mem_mb=growing(500),
        runtime=growing(5),
    params:
        code=code("collect_runs.py"),
    message:
        "collect_runs"
    script:
        "../scripts/collect_runs.py"


rule data:
    input:
        PLACES.of_every_experiment("data"),
    message:
        "data"


rule kernels:
    input:
        PLACES.of_every_experiment("kernels", "theory"),
    message:
        "kernels"


rule networks:
    input:
        rules.collect_runs.input,
    message:
        "networks"
