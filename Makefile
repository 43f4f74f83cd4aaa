# make demo: the main job, on simulators. make test: everything. Both install what they miss.
SHELL := bash
.SHELLFLAGS := -o pipefail -c

.PHONY: demo test check faults setup skill bench-media sheet worker

setup:
	@scripts/setup

# What reads clips, HEIC and AVIF, beside the command.
worker: setup
	@cargo build --quiet -p social-media-worker

demo: worker
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

# Renditions of real photographs side by side, to be looked at: target/bench-media/sheet.jpg
sheet: setup
	@scripts/bench-media sheet
