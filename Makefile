# make demo: the main job, on simulators. make test: everything. Both install what they miss.
.PHONY: demo test check faults setup

setup:
	@scripts/setup

demo: setup
	@cargo run --quiet -p social-cli -- demo $(ARGS)

test: setup
	@scripts/test

check: setup
	@scripts/check

faults: setup
	@cargo test --quiet -p social --all-features --test it -- --exact faults::every_cut_of_every_kind_of_post --nocapture | grep '^faults:\|^  '
