# make demo: the main job, on simulators. make test: everything. Both install what they miss.
.PHONY: demo test check faults setup

setup:
	@scripts/setup

demo: setup
	@cargo build --quiet --release -p social-cli && target/release/social demo $(ARGS)

test: setup
	@scripts/test

check: setup
	@scripts/check

faults: setup
	@cargo test --quiet --release -p social --test it -- --exact faults::every_cut_of_every_kind_of_post --nocapture | grep '^faults:\|^  '
