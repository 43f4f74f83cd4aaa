# make demo: the main job, on simulators. make test: everything. Both install what they miss.
SHELL := bash
.SHELLFLAGS := -o pipefail -c

.PHONY: demo test check faults clients setup skill bench-media bench-upload

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

# The simulators, driven by the networks' own SDKs and by newman.
clients: setup
	@crates/social-sim/clients/run

# The agent skill, through the checks of the agents that use it.
skill: setup
	@scripts/skill

# Pictures and clips beside sharp and FFmpeg: make bench-media ARGS=12mp for some of the bars.
bench-media: setup
	@scripts/bench-media $(ARGS)

# A video of 4 GB to the simulated TikTok, and the memory that takes.
bench-upload: setup
	@cargo run --quiet -p benches --example upload -- $(ARGS)
