# The figures of step 7, the experiment.


use rule figure as figure_step7_explorer with:
    input:
        data=f"{RESULTS}/data.parquet",
        predictions=f"{RESULTS}/predictions.parquet",
        theory=f"{RESULTS}/theory.parquet",
        metrics=f"{RESULTS}/measured.parquet",
    output:
        **figure_files("step7_explorer"),
    log:
        f"{RESULTS}/logs/figures/step7_explorer.log",
    params:
        **figure_arguments(
            "step7_explorer",
            about="Fit, distance and loss at any width and step, which sliders choose on the page.",
            quantiles=STUDY.step7.quantiles,
        ),


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


if INTERVAL_BESIDE_LIFT:

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


if BEYOND:

    use rule figure as figure_step7_beyond with:
        input:
            metrics=f"{RESULTS}/metrics.parquet",
        output:
            **figure_files("step7_beyond"),
        log:
            f"{RESULTS}/logs/figures/step7_beyond.log",
        params:
            **figure_arguments(
                "step7_beyond",
                about="The same distance for other activations and on other spheres.",
                quantiles=STUDY.step7.quantiles,
            ),


if STUDY.data.source == "lecture":

    use rule figure as figure_step7_lecture with:
        input:
            **{
                "without": f"{RESULTS}/variants/{name}/measured.parquet"
                for name in EXPERIMENTS
                if name == "no_bias"
            },
            metrics=f"{RESULTS}/measured.parquet",
        output:
            **figure_files("step7_lecture"),
        log:
            f"{RESULTS}/logs/figures/step7_lecture.log",
        params:
            **figure_arguments(
                "step7_lecture",
                about="A lecture's published numbers beside those of this study.",
                quantiles=STUDY.step7.quantiles,
            ),


if STUDY.data.source == "digits":

    use rule figure as figure_step7_digits with:
        input:
            metrics=f"{RESULTS}/measured.parquet",
        output:
            **figure_files("step7_digits"),
        log:
            f"{RESULTS}/logs/figures/step7_digits.log",
        params:
            **figure_arguments(
                "step7_digits",
                about="Handwritten digits: test accuracy and error of networks and kernels.",
                quantiles=STUDY.step7.quantiles,
            ),
