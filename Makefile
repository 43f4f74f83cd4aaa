# make demo: the main job, on simulators. make test: everything. Both install what they miss.
SHELL := bash
.SHELLFLAGS := -o pipefail -c

.PHONY: demo test check faults setup skill bench-media bench-content model

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

# The agent skill, through the checks of the agents that use it.
skill: setup
	@scripts/skill

# Pictures and clips beside sharp and FFmpeg: make bench-media ARGS=12mp for some of the bars.
bench-media: setup
	@scripts/bench-media $(ARGS)

# A small real model for the smoke test of social-content.
model: setup
	@scripts/model

# Writing, counting and splitting text: bars that hold or fall short.
bench-content: setup
	@cargo bench --quiet -p social-content --bench content
