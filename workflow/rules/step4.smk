# Step 4: dual activations, random features, the last layer alone, double descent.


rule fit_step4:
    output:
        duals=f"{RESULTS}/step4/duals.parquet",
        truncation=f"{RESULTS}/step4/truncation.parquet",
        chebyshev=f"{RESULTS}/step4/chebyshev.parquet",
        deviations=f"{RESULTS}/step4/deviations.parquet",
        last_layer=f"{RESULTS}/step4/last_layer.parquet",
        double_descent=f"{RESULTS}/step4/double_descent.parquet",
        metrics=f"{RESULTS}/step4/measured.parquet",
    log:
        f"{RESULTS}/logs/fit_step4.log",
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=lambda wildcards, attempt: step4_memory(STUDY.step4) * attempt,
        runtime=lambda wildcards, attempt: 10 * attempt,
    params:
        samples={
            "root": STUDY.seed,
            "source": "sphere",
            "design": "uniform",
            "dimension": STUDY.step4.dimension,
            "n_train": STUDY.step4.n_train,
            "n_test": STUDY.step4.n_test,
            "targets": [STUDY.step4.target],
            "noise_std": STUDY.step4.noise_std,
        },
        duals={
            "root": STUDY.seed,
            "activations": STUDY.step4.activations,
            "degrees": STUDY.step4.degrees,
            "width": STUDY.step4.pairs,
            "seeds": STUDY.step4.seeds,
        },
        features={
            "root": STUDY.seed,
            "activations": STUDY.step4.activations,
            "activation": STUDY.step4.activation,
            "gaussian_scale": STUDY.step4.gaussian_scale,
            "widths": STUDY.step4.widths,
            "seeds": STUDY.step4.seeds,
            "trained_widths": STUDY.step4.trained_widths,
            "trained_seeds": STUDY.step4.trained_seeds,
            "steps": STUDY.step4.steps,
        },
        double_descent={
            "root": STUDY.seed,
            "activation": STUDY.step4.activation,
            "gaussian_scale": STUDY.step4.gaussian_scale,
            "ratios": STUDY.step4.ratios,
            "seeds": STUDY.step4.seeds,
        },
        code=code("fit_step4.py"),
    script:
        "../scripts/fit_step4.py"


use rule figure as figure_step4_duals with:
    input:
        duals=f"{RESULTS}/step4/duals.parquet",
        truncation=f"{RESULTS}/step4/truncation.parquet",
    output:
        **figure_files("step4_duals"),
    log:
        f"{RESULTS}/logs/figures/step4_duals.log",
    params:
        **figure_arguments(
            "step4_duals",
            about="Dual activations in closed form, as cut Hermite series and by random features.",
            quantiles=STUDY.step7.quantiles,
        ),


use rule figure as figure_step4_properties with:
    input:
        duals=f"{RESULTS}/step4/duals.parquet",
        chebyshev=f"{RESULTS}/step4/chebyshev.parquet",
    output:
        **figure_files("step4_properties"),
    log:
        f"{RESULTS}/logs/figures/step4_properties.log",
    params:
        **figure_arguments(
            "step4_properties",
            about="Derivatives of dual activations, and how smooth they are.",
        ),


use rule figure as figure_step4_width with:
    input:
        metrics=f"{RESULTS}/step4/measured.parquet",
    output:
        **figure_files("step4_width"),
    log:
        f"{RESULTS}/logs/figures/step4_width.log",
    params:
        **figure_arguments(
            "step4_width",
            about="Kernels of random features against their limits, by width.",
            quantiles=STUDY.step7.quantiles,
            widest=STUDY.step7.slope_widths,
        ),


use rule figure as figure_step4_last_layer with:
    input:
        last_layer=f"{RESULTS}/step4/last_layer.parquet",
    output:
        **figure_files("step4_last_layer"),
    log:
        f"{RESULTS}/logs/figures/step4_last_layer.log",
    params:
        **figure_arguments(
            "step4_last_layer",
            about="The last layer trained alone beside the closed form of its kernel.",
            quantiles=STUDY.step7.quantiles,
        ),


use rule figure as figure_step4_double_descent with:
    input:
        double_descent=f"{RESULTS}/step4/double_descent.parquet",
    output:
        **figure_files("step4_double_descent"),
    log:
        f"{RESULTS}/logs/figures/step4_double_descent.log",
    params:
        **figure_arguments(
            "step4_double_descent",
            about="Test and training error against width, through interpolation.",
            quantiles=STUDY.step7.quantiles,
        ),
