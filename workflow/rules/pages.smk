# The pages: one self-contained HTML file each.

STEP1 = ["threshold", "directions", "span", "regimes"]
STEP2 = ["features", "psd", "descent"]
STEP3 = ["feature_map", "worked", "kernels", "scale", "explorer", "gram"]
STEP4 = ["duals", "properties", "width", "last_layer", "double_descent"]
STEP2_AND_3 = [f"step3_{name}" for name in STEP3] + [f"step2_{name}" for name in STEP2]
STEP5 = ["ntk", "linearised", "outputs", "hessian", "flow"]
STEP7 = ["explorer", "fits", "convergence", "loss", "movement", "ensemble"]
if INTERVAL_BESIDE_LIFT:
    STEP7.append("interval")
if BEYOND:
    STEP7.append("beyond")
if STUDY.data.source in ("digits", "lecture"):
    STEP7.append(STUDY.data.source)
OVERVIEW = [
    "step1_threshold",
    "step3_kernels",
    "step4_double_descent",
    "step5_ntk",
    "step7_convergence",
]


rule page:
    log:
        # Each page names its own.
        f"{RESULTS}/logs/pages/page.log",
    group:
        "pages"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=5,
    script:
        "../scripts/page.py"


use rule page as page_step1 with:
    input:
        svgs=expand(f"{RESULTS}/figures/step1_{{name}}.svg", name=STEP1),
        tables=expand(f"{RESULTS}/figures/step1_{{name}}.parquet", name=STEP1),
        measured=f"{RESULTS}/step1/measured.parquet",
    output:
        page=f"{RESULTS}/pages/step1.html",
    log:
        f"{RESULTS}/logs/pages/step1.log",
    params:
        **page_arguments(
            "step1",
            [f"step1_{name}" for name in STEP1],
            networks="measure_step1",
            work="The measurements",
        ),


# Step 2 is a section of this page.
use rule page as page_step3 with:
    input:
        svgs=expand(f"{RESULTS}/figures/{{name}}.svg", name=STEP2_AND_3),
        tables=expand(f"{RESULTS}/figures/{{name}}.parquet", name=STEP2_AND_3),
        worked=f"{RESULTS}/step3/worked.parquet",
        measured=f"{RESULTS}/step2/measured.parquet",
    output:
        page=f"{RESULTS}/pages/step3.html",
    log:
        f"{RESULTS}/logs/pages/step3.log",
    params:
        **page_arguments(
            "step3", STEP2_AND_3, networks="measure_step2", work="The measurements of step 2"
        ),


use rule page as page_step4 with:
    input:
        svgs=expand(f"{RESULTS}/figures/step4_{{name}}.svg", name=STEP4),
        tables=expand(f"{RESULTS}/figures/step4_{{name}}.parquet", name=STEP4),
        measured=f"{RESULTS}/step4/measured.parquet",
    output:
        page=f"{RESULTS}/pages/step4.html",
    log:
        f"{RESULTS}/logs/pages/step4.log",
    params:
        **page_arguments("step4", [f"step4_{name}" for name in STEP4], networks="fit_step4"),


use rule page as page_step5 with:
    input:
        svgs=expand(f"{RESULTS}/figures/step5_{{name}}.svg", name=STEP5),
        tables=expand(f"{RESULTS}/figures/step5_{{name}}.parquet", name=STEP5),
        example=f"{RESULTS}/step5/example.parquet",
        measured=f"{RESULTS}/step5/measured.parquet",
    output:
        page=f"{RESULTS}/pages/step5.html",
    log:
        f"{RESULTS}/logs/pages/step5.log",
    params:
        **page_arguments("step5", [f"step5_{name}" for name in STEP5], networks="measure_step5"),


use rule page as page_step7 with:
    input:
        svgs=expand(f"{RESULTS}/figures/step7_{{name}}.svg", name=STEP7),
        tables=expand(f"{RESULTS}/figures/step7_{{name}}.parquet", name=STEP7),
        metrics=f"{RESULTS}/metrics.parquet",
    output:
        page=f"{RESULTS}/pages/step7.html",
    log:
        f"{RESULTS}/logs/pages/step7.log",
    params:
        **page_arguments("step7", [f"step7_{name}" for name in STEP7]),


use rule page as page_index with:
    input:
        svgs=expand(f"{RESULTS}/figures/{{name}}.svg", name=OVERVIEW),
        tables=expand(f"{RESULTS}/figures/{{name}}.parquet", name=OVERVIEW),
    output:
        page=f"{RESULTS}/pages/index.html",
    log:
        f"{RESULTS}/logs/pages/index.log",
    params:
        **page_arguments("index", OVERVIEW),


rule figures:
    input:
        expand(f"{RESULTS}/figures/step1_{{name}}.svg", name=STEP1),
        expand(f"{RESULTS}/figures/{{name}}.svg", name=STEP2_AND_3),
        expand(f"{RESULTS}/figures/step4_{{name}}.svg", name=STEP4),
        expand(f"{RESULTS}/figures/step5_{{name}}.svg", name=STEP5),
        expand(f"{RESULTS}/figures/step7_{{name}}.svg", name=STEP7),


rule pages:
    input:
        rules.page_index.output,
        rules.page_step1.output,
        rules.page_step3.output,
        rules.page_step4.output,
        rules.page_step5.output,
        rules.page_step7.output,


rule step1:
    input:
        rules.page_step1.output,


rule step3:
    input:
        rules.page_step3.output,


rule step4:
    input:
        rules.page_step4.output,


rule step5:
    input:
        rules.page_step5.output,


rule step7:
    input:
        rules.page_step7.output,
