# The measurements and figures of step 5, the neural tangent kernel.


# Networks of its own, small and quick: one job.
rule measure_step5:
    output:
        points=f"{RESULTS}/step5/points.parquet",
        metrics=f"{RESULTS}/step5/measured.parquet",
        predictions=f"{RESULTS}/step5/predictions.parquet",
        flow=f"{RESULTS}/step5/flow.parquet",
        example=f"{RESULTS}/step5/example.parquet",
    log:
        f"{RESULTS}/logs/measure_step5.log",
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=lambda wildcards, attempt: 1500 * attempt,
        runtime=lambda wildcards, attempt: 30 * attempt,
    params:
        samples={
            "root": STUDY.seed,
            "n_train": STUDY.step5.n_train,
            "n_test": STUDY.step5.n_test,
            "target": STUDY.step5.targets,
        },
        measure={
            "root": STUDY.seed,
            "activations": STUDY.step5.activations,
            "widths": STUDY.step5.widths,
            "seeds": STUDY.step5.seeds,
            "trained_activation": STUDY.network.activation,
            "training_widths": STUDY.step5.training_widths,
            "training_seeds": STUDY.step5.training_seeds,
            "steps": STUDY.step5.steps,
            "relative_learning_rate": STUDY.step5.relative_learning_rate,
            "flow_learning_rates": STUDY.step5.flow_learning_rates,
        },
        code=code("measure_step5.py"),
    script:
        "../scripts/measure_step5.py"


use rule figure as figure_step5_ntk with:
    input:
        metrics=f"{RESULTS}/step5/measured.parquet",
    output:
        **figure_files("step5_ntk"),
    log:
        f"{RESULTS}/logs/figures/step5_ntk.log",
    params:
        **figure_arguments(
            "step5_ntk",
            about="The empirical NTK against its closed form, for every activation.",
            quantiles=STUDY.step7.quantiles,
        ),


use rule figure as figure_step5_linearised with:
    input:
        metrics=f"{RESULTS}/step5/measured.parquet",
    output:
        **figure_files("step5_linearised"),
    log:
        f"{RESULTS}/logs/figures/step5_linearised.log",
    params:
        **figure_arguments(
            "step5_linearised",
            about="The linearised network against its prediction, and what ignoring f_0 costs.",
            quantiles=STUDY.step7.quantiles,
        ),


use rule figure as figure_step5_outputs with:
    input:
        metrics=f"{RESULTS}/step5/measured.parquet",
        predictions=f"{RESULTS}/step5/predictions.parquet",
        points=f"{RESULTS}/step5/points.parquet",
    output:
        **figure_files("step5_outputs"),
    log:
        f"{RESULTS}/logs/figures/step5_outputs.log",
    params:
        **figure_arguments(
            "step5_outputs",
            about="Several outputs and their one kernel.",
            quantiles=STUDY.step7.quantiles,
        ),


use rule figure as figure_step5_hessian with:
    input:
        metrics=f"{RESULTS}/step5/measured.parquet",
    output:
        **figure_files("step5_hessian"),
    log:
        f"{RESULTS}/logs/figures/step5_hessian.log",
    params:
        **figure_arguments(
            "step5_hessian",
            about="The spectral norm of the Hessian against width, bounded and Gaussian weights.",
            quantiles=STUDY.step7.quantiles,
        ),


use rule figure as figure_step5_flow with:
    input:
        metrics=f"{RESULTS}/step5/measured.parquet",
        flow=f"{RESULTS}/step5/flow.parquet",
    output:
        **figure_files("step5_flow"),
    log:
        f"{RESULTS}/logs/figures/step5_flow.log",
    params:
        **figure_arguments(
            "step5_flow",
            about="Discrete gradient descent against gradient flow.",
            quantiles=STUDY.step7.quantiles,
        ),
