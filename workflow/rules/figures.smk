# What the rules of all figures share. A figure is the module of its name in
# workflow/widelimit/figures: it makes the table behind the figure, draws it, and says in a
# sentence what it shows.


rule figure:
    log:
        # Each figure names its own.
        f"{RESULTS}/logs/figures/figure.log",
    group:
        "pages"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=1500,
        runtime=10,
    script:
        "../scripts/figure.py"
