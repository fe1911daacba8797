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


use rule figure as figure_step3_feature_map with:
    input:
        circles=f"{RESULTS}/step3/circles.parquet",
    output:
        **figure_files("step3_feature_map"),
    log:
        f"{RESULTS}/logs/figures/step3_feature_map.log",
    params:
        **figure_arguments(
            "step3_feature_map", about="Concentric circles, separable after one more coordinate."
        ),


use rule figure as figure_step3_kernels with:
    input:
        points=f"{RESULTS}/step3/points.parquet",
        predictions=f"{RESULTS}/step3/predictions.parquet",
    output:
        **figure_files("step3_kernels"),
    log:
        f"{RESULTS}/logs/figures/step3_kernels.log",
    params:
        **figure_arguments(
            "step3_kernels", about="Kernel regression with five kernels on the same samples."
        ),


use rule figure as figure_step3_scale with:
    input:
        points=f"{RESULTS}/step3/points.parquet",
        predictions=f"{RESULTS}/step3/predictions.parquet",
        spectra=f"{RESULTS}/step3/spectra.parquet",
    output:
        **figure_files("step3_scale"),
    log:
        f"{RESULTS}/logs/figures/step3_scale.log",
    params:
        **figure_arguments(
            "step3_scale", about="What the scale L of the Gaussian and the Laplace kernel does."
        ),


use rule figure as figure_step3_explorer with:
    input:
        points=f"{RESULTS}/step3/points.parquet",
        predictions=f"{RESULTS}/step3/predictions.parquet",
        spectra=f"{RESULTS}/step3/spectra.parquet",
    output:
        **figure_files("step3_explorer"),
    log:
        f"{RESULTS}/logs/figures/step3_explorer.log",
    params:
        **figure_arguments(
            "step3_explorer", about="The fit at any scale L, which sliders choose on the page."
        ),


use rule figure as figure_step3_gram with:
    input:
        gram=f"{RESULTS}/step3/gram.parquet",
        spectra=f"{RESULTS}/step3/spectra.parquet",
    output:
        **figure_files("step3_gram"),
    log:
        f"{RESULTS}/logs/figures/step3_gram.log",
    params:
        **figure_arguments(
            "step3_gram", about="The Gram matrices of the samples and their spectra."
        ),


use rule figure as figure_step3_worked with:
    input:
        points=f"{RESULTS}/step3/points.parquet",
        worked=f"{RESULTS}/step3/worked.parquet",
    output:
        **figure_files("step3_worked"),
    log:
        f"{RESULTS}/logs/figures/step3_worked.log",
    params:
        **figure_arguments(
            "step3_worked", about="The three steps of kernel regression with the actual numbers."
        ),
