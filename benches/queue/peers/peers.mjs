// The queues of others, each phase a process that prints one line of JSON:
//   node peers.mjs SYSTEM reset | enqueue --n 20000 --due 3600000 | work --n 20000 --conc 50
// with the settings that their own documentation recommends for throughput.
const [, , system, phase, ...rest] = process.argv;
const o = { n: 20000, batch: 1000, due: 0, conc: 50, timeout: 300 };
for (let i = 0; i < rest.length; i += 2) o[rest[i].slice(2)] = Number(rest[i + 1]);
const server = new URL(process.env.SOCIAL_TEST_POSTGRES);
const database = { 'graphile-worker': 'peer_graphile', 'pg-boss': 'peer_pgboss' }[system];
const url = Object.assign(new URL(server), { pathname: `/${database}` }).href;
const redis = new URL(process.env.SOCIAL_TEST_REDIS);
const connection = { host: redis.hostname, port: Number(redis.port), maxRetriesPerRequest: null };
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const start = Date.now();
const payload = (seq) => ({
  seq, due: start + o.due, post: `00000000-0000-4000-8000-${String(seq).padStart(12, '0')}`,
});

async function fresh() {
  const { default: pg } = await import('pg');
  const admin = new pg.Client(server.href);
  await admin.connect();
  await admin.query(`drop database if exists ${database} with (force)`);
  await admin.query(`create database ${database}`);
  await admin.end();
}

async function left(sql) {
  const { default: pg } = await import('pg');
  const client = new pg.Client(url);
  await client.connect();
  return async () => Number((await client.query(sql)).rows[0].n) === 0;
}

const systems = {
  bullmq: {
    async reset() {
      const { default: Redis } = await import('ioredis');
      const client = new Redis(connection);
      await client.flushall();
      await client.quit();
    },
    async open() {
      const { Queue } = await import('bullmq');
      this.queue = new Queue('bench', { connection });
      await this.queue.waitUntilReady();
    },
    bulk(seqs) {
      const delay = Math.max(0, start + o.due - Date.now());
      const opts = { removeOnComplete: true, ...(delay > 0 && { delay }) };
      return this.queue.addBulk(seqs.map((seq) => ({ name: 'publish', data: payload(seq), opts })));
    },
    async work(job) {
      const { Worker } = await import('bullmq');
      let done = 0;
      const worker = new Worker('bench', async ({ data }) => job(data), { connection, concurrency: o.conc });
      worker.on('completed', () => { done++; });
      return async () => done >= o.n;
    },
  },
  'graphile-worker': {
    async reset() {
      await fresh();
      const { runMigrations } = await import('graphile-worker');
      await runMigrations({ connectionString: url });
    },
    async open() {
      const { makeWorkerUtils } = await import('graphile-worker');
      this.utils = await makeWorkerUtils({ connectionString: url });
    },
    bulk(seqs) {
      const runAt = new Date(start + o.due);
      return this.utils.addJobs(seqs.map((seq) => ({ identifier: 'publish', payload: payload(seq), runAt })));
    },
    async work(job) {
      const { run, Logger } = await import('graphile-worker');
      const worker = {
        connectionString: url, concurrentJobs: o.conc, maxPoolSize: o.conc + 2, pollInterval: 100,
        completeJobBatchDelay: 0, failJobBatchDelay: 0,
        localQueue: { size: Math.max(100, o.conc * 4), refetchDelay: { durationMs: 50 } },
      };
      const logger = new Logger(() => () => {});
      const taskList = { publish: async (data) => job(data) };
      await run({ preset: { worker: { ...worker, logger } }, taskList, noHandleSignals: true });
      return left('select count(*) n from graphile_worker._private_jobs');
    },
  },
  'pg-boss': {
    async boss(extra) {
      const { PgBoss } = await import('pg-boss');
      const boss = new PgBoss({ connectionString: url, max: o.conc + 2, ...extra });
      boss.on('error', (error) => console.error(error.message));
      await boss.start();
      return boss;
    },
    async reset() {
      await fresh();
      const boss = await this.boss();
      await boss.createQueue('bench', { notify: true });
      await boss.stop({ graceful: false });
    },
    async open() { this.queue = await this.boss({ supervise: false, schedule: false }); },
    bulk(seqs) {
      const startAfter = new Date(start + o.due);
      return this.queue.insert('bench', seqs.map((seq) => ({ data: payload(seq), startAfter })));
    },
    async work(job) {
      const boss = await this.boss();
      const batchSize = Math.max(1, Math.floor((o.conc * 10) / 4));
      const options = { localConcurrency: 4, batchSize, pollingIntervalSeconds: 0.5, burstWhenBatchFull: true };
      await boss.work('bench', options, async (jobs) => { for (const { data } of jobs) job(data); });
      return left("select count(*) n from pgboss.job where name = 'bench' and state <= 'active'");
    },
  },
};

const it = systems[system];
const say = (told) => console.log(JSON.stringify({ system, phase, ...told }));
if (phase === 'reset') {
  await it.reset();
  say({});
} else if (phase === 'enqueue') {
  await it.open();
  const began = process.hrtime.bigint();
  for (let at = 0; at < o.n; at += o.batch) {
    await it.bulk(Array.from({ length: Math.min(o.batch, o.n - at) }, (_, place) => at + place));
  }
  say({ rate: o.n / (Number(process.hrtime.bigint() - began) / 1e9) });
} else {
  const late = [];
  const seen = new Set();
  const settled = await it.work(({ seq, due }) => { seen.add(seq); late.push(Date.now() - due); });
  const end = Date.now() + o.timeout * 1000;
  while (seen.size < o.n && Date.now() < end) await sleep(3);
  while (!(await settled()) && Date.now() < end) await sleep(3);
  const secs = (Date.now() - start) / 1000;
  late.sort((a, b) => a - b);
  say({ got: seen.size, twice: late.length - seen.size, rate: seen.size / secs, late_p99: late[Math.floor(late.length * 0.99)] });
}
process.exit(0);
