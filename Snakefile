# widelimit: one-hidden-layer networks become kernel machines as they get wide, measured.
#
#   snakemake --cores N                                  the study of config.yaml, all pages
#   snakemake --cores N --configfile studies/tiny.yaml   another study
#   snakemake --cores N metrics                          up to a stage: data, kernels, networks,
#                                                        metrics, claims, figures, pages; or a step: step7
#   snakemake --cores N -R train_networks                rerun a stage and all that follows
#
# The workflow itself is workflow/Snakefile, which other workflows can import. As by "include:", but
# that would leave its default target behind.
workflow.include("workflow/Snakefile", overwrite_default_target=True)
