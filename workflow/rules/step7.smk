# The figures of step 7, the experiment.


# Networks of each width over the NTK prediction, the training points and the target.
use rule figure as figure_step7_fits with:
    input:
        data=f"{RESULTS}/data.parquet",
        predictions=f"{RESULTS}/predictions.parquet",
    output:
        multiext(
            f"{RESULTS}/figures/step7_fits",
            svg=".svg",
            pdf=".pdf",
            png=".png",
            table=".parquet",
        ),
    log:
        f"{RESULTS}/logs/figures/step7_fits.log",
    params:
        figure="step7_fits",
        options={},
        code=code("figure.py", "widelimit.figures.step7_fits"),


# The headline: distance to the NTK prediction against width, for each training time.
use rule figure as figure_step7_convergence with:
    input:
        metrics=f"{RESULTS}/measured.parquet",
        slopes=f"{RESULTS}/slopes.parquet",
    output:
        multiext(
            f"{RESULTS}/figures/step7_convergence",
            svg=".svg",
            pdf=".pdf",
            png=".png",
            table=".parquet",
        ),
    log:
        f"{RESULTS}/logs/figures/step7_convergence.log",
    params:
        figure="step7_convergence",
        options={"quantiles": STUDY.step7.quantiles},
        code=code("figure.py", "widelimit.figures.step7_convergence"),


# Training loss over steps, measured and in closed form.
use rule figure as figure_step7_loss with:
    input:
        metrics=f"{RESULTS}/measured.parquet",
    output:
        multiext(
            f"{RESULTS}/figures/step7_loss",
            svg=".svg",
            pdf=".pdf",
            png=".png",
            table=".parquet",
        ),
    log:
        f"{RESULTS}/logs/figures/step7_loss.log",
    params:
        figure="step7_loss",
        options={"quantiles": STUDY.step7.quantiles},
        code=code("figure.py", "widelimit.figures.step7_loss"),


# How far the weights and the kernel move, against width.
use rule figure as figure_step7_movement with:
    input:
        metrics=f"{RESULTS}/measured.parquet",
        slopes=f"{RESULTS}/slopes.parquet",
    output:
        multiext(
            f"{RESULTS}/figures/step7_movement",
            svg=".svg",
            pdf=".pdf",
            png=".png",
            table=".parquet",
        ),
    log:
        f"{RESULTS}/logs/figures/step7_movement.log",
    params:
        figure="step7_movement",
        options={"quantiles": STUDY.step7.quantiles},
        code=code("figure.py", "widelimit.figures.step7_movement"),


# The ensemble of networks against the theory's mean and spread.
use rule figure as figure_step7_ensemble with:
    input:
        data=f"{RESULTS}/data.parquet",
        predictions=f"{RESULTS}/predictions.parquet",
        theory=f"{RESULTS}/theory.parquet",
        metrics=f"{RESULTS}/measured.parquet",
    output:
        multiext(
            f"{RESULTS}/figures/step7_ensemble",
            svg=".svg",
            pdf=".pdf",
            png=".png",
            table=".parquet",
        ),
    log:
        f"{RESULTS}/logs/figures/step7_ensemble.log",
    params:
        figure="step7_ensemble",
        options={},
        code=code("figure.py", "widelimit.figures.step7_ensemble"),


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
            multiext(
                f"{RESULTS}/figures/step7_interval",
                svg=".svg",
                pdf=".pdf",
                png=".png",
                table=".parquet",
            ),
        log:
            f"{RESULTS}/logs/figures/step7_interval.log",
        params:
            figure="step7_interval",
            options={"quantiles": STUDY.step7.quantiles},
            code=code("figure.py", "widelimit.figures.step7_interval"),
