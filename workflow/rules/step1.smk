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


use rule figure as figure_step1_threshold with:
    input:
        threshold=f"{RESULTS}/step1/threshold.parquet",
        spectra=f"{RESULTS}/step1/spectra.parquet",
    output:
        **figure_files("step1_threshold"),
    log:
        f"{RESULTS}/logs/figures/step1_threshold.log",
    params:
        **figure_arguments(
            "step1_threshold",
            about="For which learning rates gradient descent converges, on several spectra.",
        ),


use rule figure as figure_step1_directions with:
    input:
        directions=f"{RESULTS}/step1/directions.parquet",
    output:
        **figure_files("step1_directions"),
    log:
        f"{RESULTS}/logs/figures/step1_directions.log",
    params:
        **figure_arguments(
            "step1_directions", about="Fast and slow directions below and beyond the threshold."
        ),


use rule figure as figure_step1_span with:
    input:
        plane=f"{RESULTS}/step1/plane.parquet",
        regimes=f"{RESULTS}/step1/regimes.parquet",
    output:
        **figure_files("step1_span"),
    log:
        f"{RESULTS}/logs/figures/step1_span.log",
    params:
        **figure_arguments(
            "step1_span",
            about="Gradient descent stays in the span of the data, if it starts there.",
        ),


use rule figure as figure_step1_regimes with:
    input:
        regimes=f"{RESULTS}/step1/regimes.parquet",
    output:
        **figure_files("step1_regimes"),
    log:
        f"{RESULTS}/logs/figures/step1_regimes.log",
    params:
        **figure_arguments(
            "step1_regimes", about="Training loss and solution with more and with fewer points."
        ),


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


use rule figure as figure_step2_features with:
    input:
        interpolants=f"{RESULTS}/step2/interpolants.parquet",
    output:
        **figure_files("step2_features"),
    log:
        f"{RESULTS}/logs/figures/step2_features.log",
    params:
        **figure_arguments(
            "step2_features", about="Kernel and explicit features give one fit, of least norm."
        ),


use rule figure as figure_step2_psd with:
    input:
        psd=f"{RESULTS}/step2/psd.parquet",
    output:
        **figure_files("step2_psd"),
    log:
        f"{RESULTS}/logs/figures/step2_psd.log",
    params:
        **figure_arguments(
            "step2_psd", about="Smallest eigenvalues of every kernel on random data."
        ),


use rule figure as figure_step2_descent with:
    input:
        descent=f"{RESULTS}/step2/descent.parquet",
    output:
        **figure_files("step2_descent"),
    log:
        f"{RESULTS}/logs/figures/step2_descent.log",
    params:
        **figure_arguments(
            "step2_descent", about="Gradient descent on each kernel, up to kernel regression."
        ),
