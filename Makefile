# Everything a newcomer needs: `make demo` shows Freshet at work, `make test` checks it.
# Needs git, make and Python, which fetches its own version 3.13 if need be; the rest is installed under .environments/ with pinned hashes.

python := .environments/workshop/bin/python
sam := SAM_CLI_TELEMETRY=0 AWS_DEFAULT_REGION=us-east-1 .environments/sam/bin/python -m samcli
pytest := $(python) -m pytest
# On all cores, four at most: each process imports everything first.
parallel := -n logical --maxprocesses 4 --dist worksteal

integration := tests/integration tests/local_stack/tests tests/demo/tests

# Two deployed stacks; a file's tests stay together, and the files in their order.
stacks := -n 2 --dist loadfile --no-loadscope-reorder

# By which seed `make test` draws its samples: the same for the same commit. make test seed=… draws another.
export FRESHET_SEED := $(or $(seed),$(shell git rev-parse --short HEAD 2>/dev/null),0)

# What the shell sets for other programs breaks nothing here; see tests/environment.py.
# For a stack at AWS, which is named, the caller's own settings of AWS stay.
at_aws := $(and $(stack),$(filter doctor explain,$(MAKECMDGOALS)))
unexport PYTHONPATH PYTHONHOME PYTHONSTARTUP $(if $(at_aws),,$(filter AWS_%,$(.VARIABLES)))

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: doctor explain help demo dev test test-deep quick quick-unit breaks lint types unit stood-in checkov integration test-simulators sdks functional template validate deployed e2e console openapi examples bench cost fuzz simulators lock clean environments

help: ## Say what there is
	@sed -n 's/^\([a-z0-9-]*\):.*## /\1|/p' Makefile | while IFS='|' read -r target text; do \
		printf '  make %-16s %s\n' "$$target" "$$text"; done

demo: environments ## Show the whole system at work on this machine, then stop it
	@$(python) -m tests.demo

dev: environments ## Keep it up with a console, for a frontend to talk to; port=4600 origins=http://localhost:9000
	@$(python) -m tests.demo --stay $(if $(port),--port $(port)) $(if $(origins),--origins "$(origins)") || [ $$? = 130 ]

test: lint types unit stood-in validate deployed ## Check everything; the gate of every change
	@echo "== all checks passed"

test-deep: export FRESHET_DEPTH = deep
test-deep: test checkov ## Check everything that `make test` samples, whole; takes some 20 minutes

quick: lint types quick-unit ## Check what takes half a minute; before each commit

quick-unit: environments
	@echo "== unit, without coverage"
	@$(pytest) $(parallel) tests/unit

breaks: environments ## Break each promise by hand and see its tests go red; only=… for one, seeds=…
	@PYTHONPATH=.:layers/core $(python) -m tests.breaks $(if $(only),--only $(only)) $(if $(seeds),--seeds $(seeds))

lint: environments ## Check style and format
	@echo "== lint"
	@$(python) -m ruff check .
	@$(python) -m ruff format --check .

types: environments ## Check types
	@echo "== types"
	@$(python) -m mypy

unit: environments ## Test rules and use cases, with the coverage gate
	@echo "== unit"
	@$(pytest) $(parallel) tests/unit --cov --cov-report=term-missing:skip-covered

stood-in: environments ## The next five in one run: all that stand-ins can show
	@echo "== integration, simulators, sdks, functional, template"
	@$(pytest) $(parallel) $(integration) tests/simulators tests/sdks tests/functional tests/template

integration: environments ## Test each adapter against its stand-in
	@echo "== integration"
	@$(pytest) $(parallel) $(integration)

test-simulators: environments ## Test the simulators themselves
	@echo "== simulators"
	@$(pytest) $(parallel) tests/simulators

sdks: environments ## Test clients and simulators against the providers' own SDKs and specifications
	@echo "== sdks"
	@$(pytest) $(parallel) tests/sdks

functional: environments ## Test each function from its event to its effects
	@echo "== functional"
	@$(pytest) $(parallel) tests/functional

template: environments ## Test the promises of template.yaml
	@echo "== template"
	@$(pytest) tests/template

validate: environments ## Check template.yaml as sam and cfn-lint see it
	@echo "== validate"
	@$(sam) validate --lint

checkov: environments ## Hold what SAM makes of template.yaml to checkov's rules; part of test-deep
	@echo "== checkov"
	@$(python) tests/requirements/environments.py checkov
	@AWS_DEFAULT_REGION=us-east-1 .environments/sam/bin/python tests/template/sam_translation.py template.yaml \
		> .environments/translated.json
	@.environments/checkov/bin/python .environments/checkov/bin/checkov --file .environments/translated.json \
		--config-file tests/template/checkov.yaml

deployed: environments ## Both of the next two, side by side
	@echo "== deployed: console and e2e"
	@$(pytest) $(stacks) tests/console/tests tests/e2e

e2e: environments ## Test the deployed stack on the local AWS
	@echo "== e2e"
	@$(pytest) $(stacks) tests/e2e

console: environments ## Drive the console in a headless Chromium, where there is one
	@echo "== console"
	@$(pytest) tests/console/tests

doctor: environments ## Examine a deployment: that of `make dev`, or stack=freshet-prod with your AWS credentials
	@$(python) tests/operator_event.py doctor $(if $(stack),"stack=$(stack)")

explain: environments ## Tell a story; id=con_… user=…, id=ref_… user=…, id=<webhook> provider=snaptrade; stack= as above
	@$(python) tests/operator_event.py explain $(foreach name,stack id user provider,$(if $($(name)),"$(name)=$($(name))"))

openapi: environments ## Write functions/api/openapi.json anew, from the code
	@PYTHONPATH=.:layers/core $(python) -m functions.api.document

examples: environments ## Record the document's examples anew, from the local stack
	@$(python) -m tests.local_stack.record_examples
	@PYTHONPATH=.:layers/core $(python) -m functions.api.document

bench: environments ## Measure; part=providers measures that part only, keep=yes changes the figures in .bench
	@FRESHET_KEEP_FIGURES=$(filter yes,$(keep)) $(python) -m tests.benchmarks $(part)

cost: environments ## Compute a month's bill of AWS; connections=1000 webhooks=2 refreshes=1 accounts=2 page_views=1
	@PYTHONPATH=.:layers/core $(python) -m tests.benchmarks.cost $(foreach name,connections webhooks refreshes accounts \
		page_views,$(if $($(name)),$(name)=$($(name))))

fuzz: environments ## Mutate genuine webhooks; part=api sends the deployed API what its document suggests
	@$(python) -m tests.fuzz.$(or $(part),webhooks) --count 100000

simulators: environments ## Run the provider simulators alone
	@$(python) -m tests.simulators

lock: environments ## Compile the lock files again; upgrade=--upgrade takes the newest versions
	@for name in layers/dependencies/requirements tests/requirements/uv tests/requirements/workshop \
			tests/requirements/sam tests/requirements/emulator tests/requirements/checkov; do \
		echo "$$name.txt"; \
		$(python) -m uv pip compile --quiet --universal --python-version 3.13 --generate-hashes --no-header \
			--no-annotate --no-emit-index-url --no-emit-find-links $(upgrade) "$$name.in" -o "$$name.txt" || exit 1; \
	done

clean: ## Remove everything that was made here
	rm -rf .environments .aws-sam .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage .coverage.*
	find functions layers tests -name __pycache__ -prune -exec rm -rf {} +

environments:
	@for candidate in python3 python3.13 .environments/python/*/bin/python3.13 "$$(uv python find 3.13 2>/dev/null)"; do \
		if "$$candidate" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 13))' 2>/dev/null; then \
			exec "$$candidate" tests/requirements/environments.py; \
		fi; \
	done; \
	if fetched=$$(python3 tests/requirements/get_python.py) && [ -n "$$fetched" ]; then \
		exec "$$fetched" tests/requirements/environments.py; \
	fi; \
	echo "Freshet needs Python 3.13. Install it in one of these ways, then try again:" >&2; \
	echo "  uv python install 3.13" >&2; \
	echo "  pyenv install 3.13" >&2; \
	echo "  https://www.python.org/downloads/" >&2; \
	exit 1
