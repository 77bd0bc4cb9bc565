# make demo   stage a bundled real head and five simulated heads, write the reports
# make app    open both modules in a window, without Slicer
# make test   run the tests
# Both do all the set-up in a local .venv first.
PYTHON ?= $(firstword $(foreach p,python3.11 python3.12 python3.13 python3,$(if $(shell command -v $(p) 2>/dev/null),$(p))))
VENV := .venv
BIN := $(VENV)/bin
# One tested pair; any torch from 2.6 on works: make setup TORCH="torch torchvision"
TORCH ?= torch==2.14.1 torchvision==0.29.1
# Test files at the same time; a file's tests stay together, as they share what takes long to make
WORKERS ?= 2
PYTEST = $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: setup demo app test lint packaging-test docs-test test-312 benchmark clean lists check-catalog check-privacy \
	check-resolve home icons sample-data translations model-card results system-libraries

setup: $(VENV)/.installed

$(VENV)/.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install -q $(TORCH)
	$(BIN)/pip install -q -e ".[stage,scene,train,dev]"
	touch $@

demo: setup
	$(BIN)/sos stage SOSStaging/Resources/SampleData --out demo-output/results
	@echo
	@echo "The real head is an adult's (Visible Human Female, 59 years); the simulated heads are named after their true stage."
	@echo "Reports: demo-output/results/<name>/report.html, all in demo-output/results/cohort.csv"

app: setup
	PYTHONPATH=Testing $(BIN)/python -m Bench SOSStaging/SOSStaging.py SOSStagingTraining/SOSStagingTraining.py

# `make test WITHOUT="docs safety"` leaves out folders that a target of their own runs.
test: setup lint
	$(PYTEST) $(foreach folder,$(WITHOUT),--ignore=Testing/Python/$(folder))

lint: setup
	$(BIN)/ruff check SOSStaging SOSStagingTraining Testing
	$(BIN)/mypy

# What a user installs: the index's rules, the package, what it installs, attacks and privacy
packaging-test: setup check-catalog check-privacy
	$(PYTEST) Testing/Python/extension Testing/Python/packages Testing/Python/safety

# Every command of the documents, their links and pictures, the model card's figures
docs-test: setup
	$(PYTEST) Testing/Python/docs

# What needs no torch, under Slicer's Python; `make test-312 SLICER_CORE=5.12.4.0` for another Slicer
test-312:
	$(PYTHON) Testing/Packaging/torch_free.py $(if $(SLICER_CORE),--slicer-core $(SLICER_CORE))

# On Debian and Ubuntu without a desktop: what Qt and VTK need to draw off screen
system-libraries:
	sudo apt-get update
	sudo apt-get install --yes libegl1 libgl1 libglx-mesa0 libopengl0 libxkbcommon0 libfontconfig1 libdbus-1-3 libxcb-cursor0

benchmark: setup
	$(BIN)/python Testing/Benchmarks/bench_staging.py
	$(BIN)/python Testing/Benchmarks/bench_gradcam.py
	$(BIN)/python Testing/Benchmarks/bench_plane.py --poses 100 --seed 1
	$(BIN)/python Testing/Benchmarks/bench_simulator.py

# The modules' CMake lists from the tree; the rules of the Slicer Extensions Index; the project's one address; the icons
lists:
	$(PYTHON) Testing/Packaging/module_lists.py

check-catalog:
	$(PYTHON) Testing/Packaging/catalog.py

check-privacy:
	$(PYTHON) Testing/Packaging/privacy.py

# Needs Python 3.12 and the package index: what the requirements bring into Slicer's own Python, and that they move nothing
check-resolve: setup
	$(BIN)/python Testing/Packaging/check_resolve.py

# The texts of both pages for translation, with Qt's tools; translate what is unfinished with Qt Linguist
translations: setup
	$(BIN)/python Testing/Packaging/translations.py

home:
	$(PYTHON) Testing/Packaging/catalog.py --set-home $(URL)

# The figures of docs/model-card.md, from the card inside the bundled model
model-card: setup
	$(BIN)/python Testing/Packaging/model_card.py

# The table of docs/results.md, from the predictions kept in docs/results/study-723
results: setup
	$(BIN)/python Testing/Packaging/results_page.py

sample-data: setup
	$(BIN)/python Testing/Packaging/sample_data.py

icons: setup
	$(BIN)/python Testing/Packaging/draw_icons.py

clean:
	rm -rf demo-output
