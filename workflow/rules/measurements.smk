# What is measured by one job each: small experiments, and the steps before the main one.

TOLD["measure_small"] = named(
    {
        "root": lambda wildcards: STUDY.seed,
        "data": lambda wildcards: arguments.data_arguments(SMALL[wildcards.small].data),
        "content": lambda wildcards: content(SMALL[wildcards.small]),
        "measure": lambda wildcards: arguments.small_experiment_arguments(
            wildcards.small, SMALL[wildcards.small]
        ),
    }
)
CODE["measure_small"] = code("measure_small.py")


# A small experiment beyond the main one or at another output scale, by the same stages.
rule measure_small:
    input:
        lambda wildcards: data_file(SMALL[wildcards.small]),
    output:
        metrics=table("{small}/measured"),
        predictions=table("{small}/predictions"),
    log:
        f"{RESULTS}/logs/{{small}}.log",
    conda:
        ENVIRONMENT
    resources:
        mem_mb=lambda wildcards, attempt: attempt * cost.small_megabytes(SMALL[wildcards.small]),
        runtime=lambda wildcards, attempt: attempt
        * cost.small_minutes(SMALL[wildcards.small], engine(wildcards.small)),
    params:
        **TOLD["measure_small"],
        code=CODE["measure_small"],
    message:
        "measure_small for {wildcards.small}"
    script:
        "../scripts/measure_small.py"


TOLD["predict_distance"] = named(
    {
        "predict": lambda wildcards: arguments.prediction_arguments(*EXPERIMENTS[wildcards.base]),
    }
)
CODE["predict_distance"] = code("predict_distance.py")


# How far networks should be from their kernel predictions: theory, without a network.
rule predict_distance:
    input:
        data="{base}/data.parquet",
    output:
        metrics="{base}/predicted.parquet",
        points="{base}/predicted_points.parquet",
        units="{base}/border_units.parquet",
    log:
        "{base}/logs/predict_distance.log",
    conda:
        ENVIRONMENT
    resources:
        mem_mb=lambda wildcards, attempt: attempt * cost.prediction_megabytes(experiment(wildcards)),
        runtime=lambda wildcards, attempt: attempt * cost.prediction_minutes(experiment(wildcards)),
    params:
        **TOLD["predict_distance"],
        origins=origins("generate_data"),
        code=CODE["predict_distance"],
    message:
        "predict_distance for {wildcards.base}"
    script:
        "../scripts/predict_distance.py"


# Trained networks beside what was predicted of them.
rule compare_with_predicted:
    input:
        predictions=table("predictions"),
        predicted=table("predicted"),
        points=table("predicted_points"),
    output:
        metrics=table("distance/measured"),
        points=table("distance/points"),
    log:
        f"{RESULTS}/logs/compare_with_predicted.log",
    conda:
        ENVIRONMENT
    resources:
        mem_mb=growing(1500),
        runtime=growing(5),
    params:
        code=code("compare_with_predicted.py"),
    message:
        "compare_with_predicted"
    script:
        "../scripts/compare_with_predicted.py"


# What takes the networks of all output scales.
rule measure_scale:
    input:
        metrics=[table(f"{scale}/measured") for scale in PLACES.scales],
        predictions=[table(f"{scale}/predictions") for scale in PLACES.scales],
    output:
        metrics=table("scale/measured"),
        predictions=table("scale/predictions"),
    log:
        f"{RESULTS}/logs/measure_scale.log",
    conda:
        ENVIRONMENT
    resources:
        mem_mb=growing(1500),
        runtime=growing(5),
    params:
        scales=STUDY.scale.scales,
        code=code("measure_scale.py"),
    message:
        "measure_scale"
    script:
        "../scripts/measure_scale.py"


# Rules measure_step1 to measure_step5, measure_learning, measure_classes and measure_lecture:
# study/measurements.py says what each is told and gives.
for step, measurement in measurements_of(STUDY).items():
    TOLD[f"measure_{step}"] = named(
        {
            "module": lambda wildcards, it=measurement.module: it,
            "arguments": lambda wildcards, it=measurement.arguments(STUDY): it,
        }
    )
    CODE[f"measure_{step}"] = code("measure_step.py", measurement.module)

    rule:
        name:
            f"measure_{step}"
        output:
            **{name: table(f"{step}/{name}") for name in measurement.tables},
        log:
            f"{RESULTS}/logs/measure_{step}.log",
        conda:
            ENVIRONMENT
        resources:
            mem_mb=growing(measurement.megabytes(STUDY)),
            runtime=growing(measurement.minutes(STUDY)),
        params:
            **TOLD[f"measure_{step}"],
            code=CODE[f"measure_{step}"],
        message:
            f"measure_{step}"
        script:
            "../scripts/measure_step.py"


# The numbers of a step that fall as powers of the width: straight lines fitted to their logarithms.
rule fit_slopes:
    input:
        metrics=lambda wildcards: MEASURED[wildcards.step],
    output:
        slopes=table("{step}/slopes"),
    log:
        f"{RESULTS}/logs/fit_slopes/{{step}}.log",
    conda:
        ENVIRONMENT
    resources:
        **LIGHT,
    params:
        widest=STUDY.step7.slope_widths,
        code=code("fit_slopes.py"),
    message:
        "fit_slopes of {wildcards.step}"
    script:
        "../scripts/fit_slopes.py"


rule collect_metrics:
    input:
        metrics=PLACES.all_measured,
        slopes=[table(f"{step}/slopes") for step in PLACES.fitted],
    output:
        metrics=table("metrics"),
        slopes=table("slopes"),
    log:
        f"{RESULTS}/logs/collect_metrics.log",
    conda:
        ENVIRONMENT
    resources:
        **LIGHT,
    params:
        code=code("collect_metrics.py"),
    message:
        "collect_metrics"
    script:
        "../scripts/collect_metrics.py"


rule metrics:
    input:
        rules.collect_metrics.output,
        rules.collect_runs.output,
        PLACES.of_every_experiment("predictions"),
    message:
        "metrics"
