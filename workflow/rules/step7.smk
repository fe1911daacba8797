# The figures of step 7, the experiment.


use rule figure as figure_step7_fits with:
    input:
        data=f"{RESULTS}/data.parquet",
        predictions=f"{RESULTS}/predictions.parquet",
    output:
        **figure_files("step7_fits"),
    log:
        f"{RESULTS}/logs/figures/step7_fits.log",
    params:
        **figure_arguments(
            "step7_fits",
            about="Networks of each width over the NTK prediction, the training points and the target.",
        ),


use rule figure as figure_step7_convergence with:
    input:
        metrics=f"{RESULTS}/measured.parquet",
        slopes=f"{RESULTS}/slopes.parquet",
    output:
        **figure_files("step7_convergence"),
    log:
        f"{RESULTS}/logs/figures/step7_convergence.log",
    params:
        **figure_arguments(
            "step7_convergence",
            about="The headline: distance to the NTK prediction against width, one curve for each training time.",
            quantiles=STUDY.step7.quantiles,
        ),


use rule figure as figure_step7_loss with:
    input:
        metrics=f"{RESULTS}/measured.parquet",
    output:
        **figure_files("step7_loss"),
    log:
        f"{RESULTS}/logs/figures/step7_loss.log",
    params:
        **figure_arguments(
            "step7_loss",
            about="Training loss over steps, measured and in closed form.",
            quantiles=STUDY.step7.quantiles,
        ),


use rule figure as figure_step7_movement with:
    input:
        metrics=f"{RESULTS}/measured.parquet",
        slopes=f"{RESULTS}/slopes.parquet",
    output:
        **figure_files("step7_movement"),
    log:
        f"{RESULTS}/logs/figures/step7_movement.log",
    params:
        **figure_arguments(
            "step7_movement",
            about="How far the weights and the kernel move, against width.",
            quantiles=STUDY.step7.quantiles,
        ),


use rule figure as figure_step7_ensemble with:
    input:
        data=f"{RESULTS}/data.parquet",
        predictions=f"{RESULTS}/predictions.parquet",
        theory=f"{RESULTS}/theory.parquet",
        metrics=f"{RESULTS}/measured.parquet",
    output:
        **figure_files("step7_ensemble"),
    log:
        f"{RESULTS}/logs/figures/step7_ensemble.log",
    params:
        **figure_arguments(
            "step7_ensemble",
            about="The ensemble of networks against the theory's mean and spread.",
        ),


if "interval" in EXPERIMENTS:

    use rule figure as figure_step7_interval with:
        input:
            data=f"{RESULTS}/data.parquet",
            kernels=f"{RESULTS}/kernels.parquet",
            metrics=f"{RESULTS}/measured.parquet",
            predictions=f"{RESULTS}/predictions.parquet",
            interval_data=f"{RESULTS}/variants/interval/data.parquet",
            interval_kernels=f"{RESULTS}/variants/interval/kernels.parquet",
            interval_metrics=f"{RESULTS}/variants/interval/measured.parquet",
            interval_predictions=f"{RESULTS}/variants/interval/predictions.parquet",
        output:
            **figure_files("step7_interval"),
        log:
            f"{RESULTS}/logs/figures/step7_interval.log",
        params:
            **figure_arguments(
                "step7_interval",
                about="Why the raw interval fails, beside the lifted data.",
                quantiles=STUDY.step7.quantiles,
            ),
