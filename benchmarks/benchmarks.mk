# `make benchmark`, in an environment of its own.
BENCHMARK_VENV := .venv-benchmark
BENCHMARK_BIN  := $(BENCHMARK_VENV)/bin
BENCHMARK_PIP  := $(BENCHMARK_BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: benchmark benchmark-readme benchmark-lock

benchmark: $(BENCHMARK_VENV)/installed  ## side by side with PyTorch, JAX, ... (QUICK=1 in 2 minutes)
	$(BENCHMARK_BIN)/python -m benchmarks.run $(if $(QUICK),--quick)

benchmark-readme: $(BENCHMARK_VENV)/installed  ## quote the last benchmark in README.md and its own
	$(BENCHMARK_BIN)/python -m benchmarks.report

# All at the versions of requirements.lock, but for mpmath: that of the tests is too new for PyTorch.
benchmark-lock: $(VENV)/installed  ## resolve what the benchmarks need into their locks anew
	sed 's/^mpmath==[^ ]*/mpmath/' requirements.lock | $(RESOLVE) --constraint /dev/stdin \
	  pyproject.toml benchmarks/requirements.in -o benchmarks/requirements.lock
	sed -E 's/^(jax|jaxlib)==[^ ]*/\1/' benchmarks/requirements.lock | $(RESOLVE) \
	  --constraint /dev/stdin --excludes benchmarks/neural-tangents-excludes.txt \
	  $(foreach package,numpy scipy ml-dtypes opt-einsum,--no-emit-package $(package)) \
	  benchmarks/neural-tangents.in -o benchmarks/neural-tangents.lock

# PyTorch and neural-tangents are not to be had everywhere; the rest is measured all the same.
$(BENCHMARK_VENV)/installed: pyproject.toml $(wildcard benchmarks/*.lock) benchmarks/pytorch.txt
	$(PYTHON) -m venv --clear $(BENCHMARK_VENV)
	$(BENCHMARK_PIP) --require-hashes -r benchmarks/requirements.lock
	$(BENCHMARK_PIP) --no-deps --no-build-isolation --editable .
	$(BENCHMARK_PIP) --no-deps -r benchmarks/pytorch.txt \
	  || echo "PyTorch is left out, see benchmarks/README.md"
	$(BENCHMARK_PIP) --no-deps --require-hashes -r benchmarks/neural-tangents.lock \
	  --target $(BENCHMARK_VENV)/neural-tangents || echo "neural-tangents is left out"
	touch $@
