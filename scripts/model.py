"""Serves a model on 127.0.0.1 by llama.cpp: model.py WEIGHTS PORT. Says `ready` when it is."""

import sys
import threading

import xllamacpp

params = xllamacpp.CommonParams()
params.model.path = sys.argv[1]
params.hostnames = ["127.0.0.1"]
params.port = int(sys.argv[2])
params.n_ctx = 4096
params.n_parallel = 1
params.cpuparams.n_threads = 2
params.warmup = False
server = xllamacpp.Server(params)
print("ready", server.listening_address, flush=True)
threading.Event().wait()
