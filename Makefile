# make demo: the main job, on simulators. make test: everything. Both install what they miss.
SHELL := bash
.SHELLFLAGS := -o pipefail -c

.PHONY: demo test check faults simulate clients setup skill oidc webhooks model servers hostile
.PHONY: bench-media bench-queue bench-upload sheet worker bench-http bench-content load schemathesis fuzz deploy

setup:
	@scripts/setup

# What reads clips, HEIC and AVIF, beside the command.
worker: setup
	@cargo build -p social-media-worker

# The first time, all of it is compiled, which takes some minutes and shows how far it is.
demo: worker
	@cargo build -p social-cli
	@cargo run --quiet -p social-cli -- demo $(ARGS)

test: setup
	@scripts/test

check: setup
	@scripts/check

# PostgreSQL and Redis for tests, which start them by themselves too: make servers ARGS=stop
servers:
	@scripts/servers $(or $(ARGS),start)

# Every cut of every kind of post, and a sample of them on PostgreSQL.
faults: setup
	@cargo test --quiet -p social --all-features --test it -- --exact faults::every_cut_of_every_kind_of_post faults::postgres::a_sample_of_cuts_on_postgres --nocapture | grep '^faults:\|^  '

# The whole engine on virtual time in weather of all kinds: make simulate N=20000 for so many seeds,
# make simulate SEED=17 for the story of one.
simulate: setup
	@SIMULATE_SEEDS=$(N) SIMULATE_SEED=$(SEED) cargo test --quiet -p social --all-features --test it -- --exact simulation::no_weather_makes_a_post_visible_twice_or_never --nocapture

# The simulators, driven by the networks' own SDKs and by newman.
clients: setup
	@crates/social-sim/clients/run

# The agent skill, through the checks of the agents that use it.
skill: setup
	@scripts/skill

# Signing in through a real OpenID provider.
oidc: setup
	@scripts/oidc

# Webhooks, through the library that receivers use, and an agent's gateway.
webhooks: setup
	@scripts/webhooks

# Pictures and clips beside sharp and FFmpeg: make bench-media ARGS=12mp for some of the bars.
bench-media: setup
	@scripts/bench-media $(ARGS)

# The queue beside BullMQ, graphile-worker, pg-boss and apalis: make bench-queue ARGS=backlog for
# some of the bars.
bench-queue: setup
	@scripts/bench-queue $(ARGS)

# The server as it is released, under load: make bench-http. Whether nothing is lost or doubled
# when much is asked at once: make load.
bench-http: setup
	@scripts/bench-http

load: setup
	@scripts/bench-http load

# A small real model for the smoke test of social-content.
model: setup
	@scripts/model

# Writing, counting and splitting text: bars that hold or fall short.
bench-content: setup
	@cargo bench --quiet -p social-content --bench content

# The API against its own description.
schemathesis: setup
	@scripts/schemathesis $(ARGS)

# Bytes as requests, for as long as one likes. ARGS="picture -max_total_time=60" for another target
# and a minute of it.
fuzz: setup
	@scripts/fuzz $(ARGS)

# Files made to do harm: how many there are, and the worst time and memory of them.
hostile: setup
	@cargo test --quiet -p social-media -p social-media-worker --all-features --test it -- hostile::every --nocapture | grep hostile

# The unit and the composition, as far as this machine can check them.
deploy:
	@scripts/deploy

# Renditions of real photographs side by side, to be looked at: target/bench-media/sheet.jpg
sheet: setup
	@scripts/bench-media sheet

# A video of 4 GB to the simulated TikTok, and the memory that takes.
bench-upload: setup
	@cargo run --quiet -p benches --example upload -- $(ARGS)
