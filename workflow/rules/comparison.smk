# Networks against theory, and every number of the study.


rule compare:
    input:
        data="{base}/data.parquet",
        kernels="{base}/kernels.parquet",
        theory="{base}/theory.parquet",
        networks=lambda wildcards: jobs(NETWORKS, wildcards.base),
    output:
        predictions="{base}/predictions.parquet",
    log:
        "{base}/logs/compare.log",
    group:
        "comparison"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=lambda wildcards, attempt: 2000 * attempt,
        runtime=15,
    params:
        seeds=lambda wildcards: experiment(wildcards).network.seeds,
        compare=lambda wildcards: {
            "learning_rate": experiment(wildcards).network.learning_rate,
            "checkpoints": experiment(wildcards).network.all_checkpoints,
        },
        code=code("compare.py"),
    script:
        "../scripts/compare.py"


rule measure:
    input:
        data="{base}/data.parquet",
        kernels="{base}/kernels.parquet",
        theory="{base}/theory.parquet",
        predictions="{base}/predictions.parquet",
        networks=lambda wildcards: jobs(NETWORKS, wildcards.base),
    output:
        metrics="{base}/measured.parquet",
    log:
        "{base}/logs/measure.log",
    group:
        "comparison"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=lambda wildcards, attempt: 2000 * attempt,
        runtime=15,
    params:
        seeds=lambda wildcards: experiment(wildcards).network.seeds,
        measure=lambda wildcards: {
            "experiment": BASES[wildcards.base],
            "learning_rate": experiment(wildcards).network.learning_rate,
        },
        code=code("measure.py"),
    script:
        "../scripts/measure.py"


# A small experiment beyond the main one, by the same stages in one job.
rule measure_beyond:
    input:
        lambda wildcards: BEYOND[wildcards.beyond].data.path or [],
    output:
        metrics=f"{RESULTS}/{{beyond}}/measured.parquet",
    log:
        f"{RESULTS}/logs/{{beyond}}.log",
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=lambda wildcards, attempt: 2000 * attempt,
        runtime=lambda wildcards, attempt: beyond_minutes(wildcards) * attempt,
    params:
        root=STUDY.seed,
        data=lambda wildcards: data_arguments(BEYOND[wildcards.beyond].data),
        measure=lambda wildcards: {
            "experiment": wildcards.beyond,
            "widths": BEYOND[wildcards.beyond].network.widths,
            "seeds": BEYOND[wildcards.beyond].network.seeds,
            "kernels": kernel_arguments(BEYOND[wildcards.beyond]),
            "network": network_arguments(BEYOND[wildcards.beyond].network),
        },
        code=code("measure_beyond.py"),
    script:
        "../scripts/measure_beyond.py"


# The numbers of a step that fall as powers of the width: straight lines fitted to their logarithms.
rule fit_slopes:
    input:
        metrics=lambda wildcards: MEASURED[wildcards.step],
    output:
        slopes=f"{RESULTS}/{{step}}/slopes.parquet",
    log:
        f"{RESULTS}/logs/fit_slopes/{{step}}.log",
    group:
        "comparison"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=5,
    params:
        widest=STUDY.step7.slope_widths,
        code=code("fit_slopes.py"),
    script:
        "../scripts/fit_slopes.py"


# What the report states in a step, beside the numbers of this study.
rule judge_claims:
    input:
        metrics=lambda wildcards: MEASURED[wildcards.step],
        slopes=lambda wildcards: (
            table(f"{wildcards.step}/slopes") if wildcards.step in FITTED else []
        ),
    output:
        claims=f"{RESULTS}/{{step}}/claims.parquet",
    log:
        f"{RESULTS}/logs/judge_claims/{{step}}.log",
    group:
        "comparison"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=5,
    params:
        step="{step}",
        code=code("judge_claims.py"),
    script:
        "../scripts/judge_claims.py"


rule collect_metrics:
    input:
        metrics=[path for paths in MEASURED.values() for path in paths],
        slopes=[table(f"{step}/slopes") for step in FITTED],
    output:
        metrics=f"{RESULTS}/metrics.parquet",
        slopes=f"{RESULTS}/slopes.parquet",
    log:
        f"{RESULTS}/logs/collect_metrics.log",
    group:
        "comparison"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=5,
    params:
        code=code("collect_metrics.py"),
    script:
        "../scripts/collect_metrics.py"


rule claims:
    input:
        claims=[table(f"{step}/claims") for step in MEASURED],
    output:
        claims=f"{RESULTS}/claims.parquet",
        document=f"{RESULTS}/claims.md",
    log:
        f"{RESULTS}/logs/claims.log",
    group:
        "comparison"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=5,
    params:
        code=code("claims.py"),
    script:
        "../scripts/claims.py"


rule metrics:
    input:
        rules.collect_metrics.output,
        rules.collect_runs.output,
        [f"{base}/predictions.parquet" for base in BASES],
