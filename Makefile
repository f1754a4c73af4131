# What a developer types. CI (.ci/run) runs format, vet, test and race.
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
GOLANGCI := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0

.PHONY: run test race check format vet lint mutants bench scale timing faults deploy-files upgrade screenshots

run: ## the example community with its back office, on http://localhost:8080
	go run ./examples/community

test: ## all tests of all modules, with what they need installed on Debian and Ubuntu
	@scripts/install-test-tools
	@scripts/test

race: ## the tests in which goroutines meet, with the race detector
	@scripts/install-test-tools race
	@scripts/test race

check: format vet lint test race ## what a change must pass before it is sent

format:
	@unformatted=$$(gofmt -l .); \
	[ -z "$$unformatted" ] || { echo "run gofmt -w on:" $$unformatted >&2; exit 1; }
	@! git grep -nE '^(<{7}|>{7}) ' || { echo "a merge is not resolved" >&2; exit 1; }

vet:
	go vet work
	go run $(STATICCHECK) work

lint:
	go run $(GOLANGCI) run ./... ./tests/... ./examples/... ./benchmarks/... ./metrics/... ./oidc/... ./passkey/...

mutants: ## whether the tests that docs/requirements.md names can fail; up to half an hour
	@scripts/install-test-tools
	go run ./tests/mutants

bench: ## what is promised beside what is measured, in ten minutes; writes docs/performance.md
	@scripts/install-test-tools bench
	go run ./benchmarks/table -write .

scale: ## what an office costs, and what many need from it, in five minutes; writes docs/scale.md
	@scripts/install-test-tools scale
	go run ./benchmarks/scale -write

timing: ## whether a name that exists takes longer, at the full cost of hashing, in twenty minutes
	@scripts/install-test-tools bench
	go run ./benchmarks/timing

faults: ## what breaks when the database, the network or the mail server does; up to fifteen minutes
	@scripts/install-test-tools faults
	go test -count=1 -timeout 30m -v -run '^TestFaults$$' ./tests/faults -faults

deploy-files: ## each file of deploy/ with the program that it is for, in five minutes
	@scripts/install-test-tools deploy-files
	go test -count=1 -timeout 20m -v ./tests/deploy -deploy

upgrade: ## replicas of an earlier version beside those of this one; FROM=COMMIT names it
	@scripts/install-test-tools faults
	go test -count=1 -v -run '^TestReplicasOfAnEarlierVersion$$' ./tests/upgrade -upgrade -from '$(FROM)'

screenshots: ## the pictures of the README, taken in a real browser
	@scripts/install-test-tools screenshots
	go test -count=1 -run '^TestScreenshots$$' ./tests/browser -screenshots '$(CURDIR)/docs/screenshots'
