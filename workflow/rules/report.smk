# Figures and pages: report/catalog.py says which there are, and from which tables each is made.


# A figure is the module of its name in report/figures.
rule figure:
    input:
        unpack(figure_inputs),
    output:
        svg=report(
            f"{RESULTS}/figures/{{figure}}.svg",
            caption="../report/figure.rst",
            category=lambda wildcards: step_of(wildcards.figure),
        ),
        pdf=f"{RESULTS}/figures/{{figure}}.pdf",
        png=f"{RESULTS}/figures/{{figure}}.png",
        table=f"{RESULTS}/figures/{{figure}}.parquet",
        text=f"{RESULTS}/figures/{{figure}}.json",
    log:
        f"{RESULTS}/logs/figures/{{figure}}.log",
    group:
        "pages"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=1500,
        runtime=10,
    params:
        figure="{figure}",
        about=lambda wildcards: FIGURES[wildcards.figure].about,
        options=lambda wildcards: figure_settings(wildcards.figure, STUDY),
        code=lambda wildcards: code("figure.py", f"widelimit.report.figures.{wildcards.figure}"),
    script:
        "../scripts/figure.py"


# A page is one self-contained HTML file, from the template of its name in report/pages/templates.
rule page:
    input:
        unpack(page_inputs),
    output:
        page=f"{RESULTS}/pages/{{page}}.html",
    log:
        f"{RESULTS}/logs/pages/{{page}}.log",
    group:
        "pages"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=5,
    params:
        page="{page}",
        study=STUDY.model_dump(mode="json", exclude_unset=True),
        command=snakemake_command(),
        reruns=page_commands,
        code=page_code(),
    script:
        "../scripts/page.py"


rule figures:
    input:
        expand(f"{RESULTS}/figures/{{figure}}.svg", figure=figures_of(STUDY)),


rule pages:
    input:
        expand(f"{RESULTS}/pages/{{page}}.html", page=["index", *PAGES]),


# Each page by its name: step1, step3, ...
for page in PAGES:

    rule:
        name:
            page
        input:
            f"{RESULTS}/pages/{page}.html",
