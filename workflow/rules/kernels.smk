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
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=lambda wildcards, attempt: 1000 * attempt,
        runtime=10,
    params:
        fit=lambda wildcards: kernel_arguments(experiment(wildcards)),
        code=code("fit_kernels.py"),
    script:
        "../scripts/fit_kernels.py"


rule kernels:
    input:
        [f"{base}/kernels.parquet" for base in BASES],
        [f"{base}/theory.parquet" for base in BASES],
