# widelimit: one-hidden-layer networks become kernel machines as they get wide, measured.
#
#   snakemake --cores N                                  the study of config.yaml, all pages
#   snakemake --cores N --configfile studies/tiny.yaml   another study
#   snakemake --cores N metrics                          up to a stage: data, kernels, networks,
#                                                        metrics, claims, figures, pages; or a step: step7
#   snakemake --cores N -R train_networks                a stage anew, and what follows from it
from snakemake.utils import min_version

min_version("9.8")


configfile: "config.yaml"


report: "workflow/report/workflow.rst"


include: "workflow/rules/common.smk"
include: "workflow/rules/data.smk"
include: "workflow/rules/kernels.smk"
include: "workflow/rules/networks.smk"
include: "workflow/rules/comparison.smk"
include: "workflow/rules/step1.smk"
include: "workflow/rules/step3.smk"
include: "workflow/rules/step4.smk"
include: "workflow/rules/step5.smk"
include: "workflow/rules/report.smk"


onsuccess:
    for line in closing_words():
        print(line)


rule all:
    default_target: True
    input:
        rules.pages.input,
        rules.metrics.input,
        rules.claims.output,
        # Tables on the way to these: one that was deleted, or lost to a job that failed, comes back.
        rules.data.input,
        rules.kernels.input,
        rules.networks.input,
