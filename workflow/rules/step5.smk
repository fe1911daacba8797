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
