# The measurements and figures of steps 1 and 2: linear regression, and what kernels promise.


rule measure_step1:
    output:
        threshold=f"{RESULTS}/step1/threshold.parquet",
        spectra=f"{RESULTS}/step1/spectra.parquet",
        directions=f"{RESULTS}/step1/directions.parquet",
        regimes=f"{RESULTS}/step1/regimes.parquet",
        plane=f"{RESULTS}/step1/plane.parquet",
        metrics=f"{RESULTS}/step1/measured.parquet",
    log:
        f"{RESULTS}/logs/measure_step1.log",
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=lambda wildcards, attempt: 15 * attempt,
    params:
        measure={"root": STUDY.seed, **STUDY.step1.model_dump()},
        code=code("measure_step1.py"),
    script:
        "../scripts/measure_step1.py"


rule measure_step2:
    output:
        interpolants=f"{RESULTS}/step2/interpolants.parquet",
        psd=f"{RESULTS}/step2/psd.parquet",
        descent=f"{RESULTS}/step2/descent.parquet",
        metrics=f"{RESULTS}/step2/measured.parquet",
    log:
        f"{RESULTS}/logs/measure_step2.log",
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=lambda wildcards, attempt: 15 * attempt,
    params:
        # The samples and kernels of step 3.
        samples={
            "root": STUDY.seed,
            "n_train": STUDY.step3.n_train,
            "n_test": STUDY.step3.n_test,
            "target": STUDY.step3.target,
        },
        kernels={
            "activation": STUDY.network.activation,
            "gaussian_scale": STUDY.step3.gaussian_scale,
            "laplace_scale": STUDY.step3.laplace_scale,
        },
        measure={"root": STUDY.seed, **STUDY.step2.model_dump()},
        code=code("measure_step2.py"),
    script:
        "../scripts/measure_step2.py"
