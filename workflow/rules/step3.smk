# The figures of step 3, kernels, and the tables behind them.


rule fit_step3:
    output:
        points=f"{RESULTS}/step3/points.parquet",
        predictions=f"{RESULTS}/step3/predictions.parquet",
        gram=f"{RESULTS}/step3/gram.parquet",
        spectra=f"{RESULTS}/step3/spectra.parquet",
        worked=f"{RESULTS}/step3/worked.parquet",
        circles=f"{RESULTS}/step3/circles.parquet",
    log:
        f"{RESULTS}/logs/fit_step3.log",
    group:
        "pages"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=5,
    params:
        samples={
            "root": STUDY.seed,
            "n_train": STUDY.step3.n_train,
            "n_test": STUDY.step3.n_test,
            "target": STUDY.step3.target,
        },
        fit={
            "activation": STUDY.network.activation,
            "gaussian_scale": STUDY.step3.gaussian_scale,
            "laplace_scale": STUDY.step3.laplace_scale,
            "scales": STUDY.step3.scales,
        },
        code=code("fit_step3.py"),
    script:
        "../scripts/fit_step3.py"
