# The figures of step 7, the experiment.


# Networks of each width over the NTK prediction, the training points and the target.
use rule figure as figure_step7_fits with:
    input:
        data=f"{RESULTS}/data.parquet",
        predictions=f"{RESULTS}/predictions.parquet",
    output:
        **figure_files("step7_fits"),
    log:
        f"{RESULTS}/logs/figures/step7_fits.log",
    params:
        **figure_arguments("step7_fits"),


# The headline: distance to the NTK prediction against width, for each training time.
use rule figure as figure_step7_convergence with:
    input:
        metrics=f"{RESULTS}/measured.parquet",
        slopes=f"{RESULTS}/slopes.parquet",
    output:
        **figure_files("step7_convergence"),
    log:
        f"{RESULTS}/logs/figures/step7_convergence.log",
    params:
        **figure_arguments("step7_convergence", quantiles=STUDY.step7.quantiles),


# Training loss over steps, measured and in closed form.
use rule figure as figure_step7_loss with:
    input:
        metrics=f"{RESULTS}/measured.parquet",
    output:
        **figure_files("step7_loss"),
    log:
        f"{RESULTS}/logs/figures/step7_loss.log",
    params:
        **figure_arguments("step7_loss", quantiles=STUDY.step7.quantiles),


# How far the weights and the kernel move, against width.
use rule figure as figure_step7_movement with:
    input:
        metrics=f"{RESULTS}/measured.parquet",
        slopes=f"{RESULTS}/slopes.parquet",
    output:
        **figure_files("step7_movement"),
    log:
        f"{RESULTS}/logs/figures/step7_movement.log",
    params:
        **figure_arguments("step7_movement", quantiles=STUDY.step7.quantiles),


# The ensemble of networks against the theory's mean and spread.
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
        **figure_arguments("step7_ensemble"),


if "interval" in EXPERIMENTS:

    # Why the raw interval fails, beside the lifted data.
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
            **figure_arguments("step7_interval", quantiles=STUDY.step7.quantiles),
