# Points on the sphere and their targets.


rule generate_data:
    input:
        # A file of the user's own is an input, so that an edit to it reruns what depends on it.
        lambda wildcards: experiment(wildcards).data.path or [],
    output:
        data="{base}/data.parquet",
    log:
        "{base}/logs/generate_data.log",
    cache: True
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=5,
    params:
        root=STUDY.seed,
        data=lambda wildcards: data_arguments(experiment(wildcards).data),
        code=code("generate_data.py"),
    script:
        "../scripts/generate_data.py"


rule data:
    input:
        [f"{base}/data.parquet" for base in BASES],
