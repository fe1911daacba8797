# Verdicts on what the report states, figures and pages: report/catalog.py says which figures and
# pages there are, and from which tables each is made.

# The configuration as far as it is given: pages hold it.
GIVEN = told("study", STUDY.model_dump(mode="json", exclude_unset=True))


# What to expect of a study, to read before it is trained.
rule plan:
    input:
        predicted=PLACES.predicted,
    output:
        plan=f"{RESULTS}/plan.md",
    log:
        f"{RESULTS}/logs/plan.log",
    conda:
        ENVIRONMENT
    resources:
        **LIGHT,
    params:
        unpredictable=arguments.why_unpredictable(STUDY),
        code=code("plan.py"),
    message:
        "plan"
    script:
        "../scripts/plan.py"


# What the report states in a step, beside the numbers of this study.
rule judge_claims:
    input:
        metrics=lambda wildcards: MEASURED[wildcards.step],
        slopes=lambda wildcards: (
            table(f"{wildcards.step}/slopes") if wildcards.step in PLACES.fitted else []
        ),
    output:
        claims=table("{step}/claims"),
    log:
        f"{RESULTS}/logs/judge_claims/{{step}}.log",
    conda:
        ENVIRONMENT
    resources:
        **LIGHT,
    params:
        step="{step}",
        constant_scale=not isinstance(STUDY.network.output_scale, str),
        code=code("judge_claims.py"),
    message:
        "judge_claims of {wildcards.step}"
    script:
        "../scripts/judge_claims.py"


rule claims:
    input:
        claims=[table(f"{step}/claims") for step in MEASURED],
    output:
        claims=table("claims"),
        document=f"{RESULTS}/claims.md",
    log:
        f"{RESULTS}/logs/claims.log",
    conda:
        ENVIRONMENT
    resources:
        **LIGHT,
    params:
        code=code("claims.py"),
    message:
        "claims"
    script:
        "../scripts/claims.py"


# A figure is the module of its name in report/figures.
rule figure:
    input:
        unpack(lambda wildcards: PLACES.figure_inputs(wildcards.figure)),
    output:
        svg=report(
            f"{RESULTS}/figures/{{figure}}.svg",
            caption="../report/figure.rst",
            category=lambda wildcards: step_of(wildcards.figure),
        ),
        pdf=f"{RESULTS}/figures/{{figure}}.pdf",
        png=f"{RESULTS}/figures/{{figure}}.png",
        table=table("figures/{figure}"),
        text=f"{RESULTS}/figures/{{figure}}.json",
    log:
        f"{RESULTS}/logs/figures/{{figure}}.log",
    conda:
        ENVIRONMENT
    resources:
        mem_mb=lambda wildcards, attempt: attempt
        * cost.figure_megabytes(STUDY, kernels="kernels" in figure_tables(wildcards.figure, STUDY)),
        runtime=growing(10),
    params:
        figure="{figure}",
        about=about,
        options=lambda wildcards: told("options", figure_settings(wildcards.figure, STUDY)),
        code=lambda wildcards: code("figure.py", f"widelimit.report.figures.{wildcards.figure}"),
    message:
        "figure {wildcards.figure}"
    script:
        "../scripts/figure.py"


# A page is one self-contained HTML file, from the template of its name in report/pages/templates.
rule page:
    input:
        unpack(lambda wildcards: PLACES.page_inputs(wildcards.page)),
    output:
        page=f"{RESULTS}/pages/{{page}}.html",
    log:
        f"{RESULTS}/logs/pages/{{page}}.log",
    conda:
        ENVIRONMENT
    resources:
        **LIGHT,
    params:
        page="{page}",
        figures=f"{RESULTS}/figures",
        study=GIVEN,
        command=COMMAND.line(),
        linked=lambda wildcards: linked_pages(),
        reruns=lambda wildcards: told("reruns", page_commands(wildcards.page, COMMAND, as_typed)),
        code=page_code(),
    message:
        "page {wildcards.page}"
    script:
        "../scripts/page.py"


# All figures, each small, on one more page.
rule gallery:
    input:
        pngs=expand(f"{RESULTS}/figures/{{figure}}.png", figure=figures_of(STUDY)),
        texts=expand(f"{RESULTS}/figures/{{figure}}.json", figure=figures_of(STUDY)),
        tables=expand(f"{RESULTS}/figures/{{figure}}.parquet", figure=figures_of(STUDY)),
    output:
        page=f"{RESULTS}/pages/gallery.html",
    log:
        f"{RESULTS}/logs/pages/gallery.log",
    conda:
        ENVIRONMENT
    resources:
        **LIGHT,
    params:
        study=GIVEN,
        linked=lambda wildcards: linked_pages(),
        code=page_code("gallery.py"),
    message:
        "gallery"
    script:
        "../scripts/gallery.py"


rule figures:
    input:
        expand(f"{RESULTS}/figures/{{figure}}.svg", figure=figures_of(STUDY)),
    message:
        "figures"


rule pages:
    input:
        expand(f"{RESULTS}/pages/{{page}}.html", page=["index", *PLACES.pages, "gallery"]),
    message:
        "pages"


# Each page by its name: step1, step3, ...
for page in PLACES.pages:

    rule:
        name:
            page
        input:
            f"{RESULTS}/pages/{page}.html",
        message:
            page
