# Step 4: dual activations, random features, the last layer alone, double descent.


rule fit_step4:
    output:
        duals=f"{RESULTS}/step4/duals.parquet",
        truncation=f"{RESULTS}/step4/truncation.parquet",
        chebyshev=f"{RESULTS}/step4/chebyshev.parquet",
        deviations=f"{RESULTS}/step4/deviations.parquet",
        last_layer=f"{RESULTS}/step4/last_layer.parquet",
        double_descent=f"{RESULTS}/step4/double_descent.parquet",
        turning_points=f"{RESULTS}/step4/turning_points.parquet",
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
