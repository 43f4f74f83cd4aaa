// Signs in to `social serve` through a real OpenID provider, as a browser does, and says what passed.
// usage: node check.mjs SOCIAL_BINARY WORK_FOLDER
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, openSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { algorithms, secret, start } from './provider.mjs';

const [binary, work] = process.argv.slice(2);
const provider = await start();
const servers = [];
let failed = 0;

async function check(what, body) {
  try {
    await body();
    console.log(`passed: ${what}`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED: ${what}\n    ${String(error.stack).replaceAll('\n', '\n    ')}`);
  }
}

async function serve(client) {
  const folder = `${work}/${client}`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/secret`, secret);
  writeFileSync(
    `${folder}/social.toml`,
    `data = "${folder}/data"\nlisten = "127.0.0.1:0"\n[oidc]\nname = "Example"\n` +
      `issuer = "${provider.issuer}"\nclient_id = "${client}"\n` +
      `client_secret_file = "${folder}/secret"\nnewcomers = "client"\ndomains = ["example.com"]\n`,
  );
  const log = openSync(`${folder}/log`, 'w');
  const child = spawn(binary, ['serve', '--config', `${folder}/social.toml`], {
    stdio: ['ignore', 'pipe', log],
  });
  servers.push(child);
  for await (const line of createInterface({ input: child.stdout })) {
    const { listening } = JSON.parse(line);
    if (listening) return listening;
  }
  throw new Error(`${client}: the server did not start: see ${folder}/log`);
}

// A browser: cookies by origin and path, and one address after the other.
class Browser {
  cookies = new Map();

  async ask(url, options = {}) {
    const { origin, pathname } = new URL(url);
    const sent = [...this.cookies.values()].filter(
      (cookie) => cookie.origin === origin && pathname.startsWith(cookie.path),
    );
    const headers = { ...options.headers };
    if (sent.length) headers.cookie = sent.map(({ name, value }) => `${name}=${value}`).join('; ');
    const answer = await fetch(url, { redirect: 'manual', ...options, headers });
    for (const line of answer.headers.getSetCookie()) {
      const [pair, ...rules] = line.split(';').map((part) => part.trim());
      const [name, ...value] = pair.split('=');
      const rule = (wanted) => rules.find((one) => one.toLowerCase().startsWith(`${wanted}=`))?.slice(wanted.length + 1);
      const path = rule('path') ?? '/';
      const key = `${origin} ${path} ${name}`;
      const gone = rule('max-age') === '0' || new Date(rule('expires') ?? '9999-01-01') < new Date();
      if (gone) this.cookies.delete(key);
      else this.cookies.set(key, { origin, path, name, value: value.join('=') });
    }
    return answer;
  }

  // Goes on until `base` has the last word, and signs in and agrees on the way.
  async signIn(base, login, next = '') {
    let url = `${base}api/auth/oidc/start?next=${next}`;
    let options = {};
    this.passed = [];
    for (let hop = 0; hop < 20; hop += 1) {
      this.passed.push(url);
      const answer = await this.ask(url, options);
      const location = answer.headers.get('location');
      if (location) {
        url = new URL(location, url).href;
        options = {};
        if (url.startsWith(base) && !url.includes('/api/auth/oidc/callback')) {
          return { answer, url };
        }
        continue;
      }
      if (url.startsWith(base)) return { answer, url };
      const page = await answer.text();
      const action = /action="([^"]+)"/.exec(page)?.[1];
      assert(action, `no form at ${url}: ${page.slice(0, 500)}`);
      const prompt = /name="prompt" value="([^"]+)"/.exec(page)?.[1];
      url = new URL(action, url).href;
      options = { method: 'POST', body: new URLSearchParams({ prompt, login, password: 'any' }) };
    }
    throw new Error('the way has no end');
  }

  async who(base) {
    const answer = await this.ask(`${base}api/auth/refresh`, {
      method: 'POST',
      headers: { origin: base.slice(0, -1) },
    });
    assert.equal(answer.status, 200, await answer.clone().text());
    const { access_token } = await answer.json();
    const me = await fetch(`${base}api/auth/me`, {
      headers: { authorization: `Bearer ${access_token}` },
    });
    assert.equal(me.status, 200);
    return (await me.json()).person;
  }
}

async function refused(browser, base, login, why) {
  const { answer } = await browser.signIn(base, login);
  assert.equal(answer.status, 403);
  assert.match(await answer.text(), why);
}

try {
  const base = await serve('RS256');
  let alice;
  await check('somebody new signs in, and goes on to where they wanted to go', async () => {
    const browser = new Browser();
    const { answer, url } = await browser.signIn(base, 'alice', 'approvals/post_1');
    assert.equal(answer.status, 303);
    assert.equal(url, `${base}approvals/post_1`);
    alice = await browser.who(base);
    assert.equal(alice.email, 'alice@example.com');
    assert.deepEqual([alice.role, alice.name, alice.provider], ['client', 'Alice', provider.issuer]);
  });
  await check('on another device they are the same person', async () => {
    const browser = new Browser();
    await browser.signIn(base, 'alice');
    assert.equal((await browser.who(base)).id, alice.id);
  });
  await check('a sign-in ends in the browser that began it', async () => {
    const browser = new Browser();
    await browser.signIn(base, 'alice');
    const back = browser.passed.find((url) => url.includes('/api/auth/oidc/callback'));
    const again = await new Browser().ask(back);
    assert.equal(again.status, 403);
    assert.match(await again.text(), /was not begun here/);
  });
  await check('the same code with its cookie again is refused by the provider', async () => {
    const browser = new Browser();
    const ask = browser.ask.bind(browser);
    let note;
    browser.ask = async (url, options) => {
      if (url.includes('/api/auth/oidc/callback')) note = new Map(browser.cookies);
      return ask(url, options);
    };
    await browser.signIn(base, 'alice');
    const back = browser.passed.find((url) => url.includes('/api/auth/oidc/callback'));
    const copy = new Browser();
    copy.cookies = note;
    const again = await copy.ask(back);
    assert.equal(again.status, 403);
    assert.match(await again.text(), /invalid_grant/);
  });
  await check('an address that is not verified lets nobody in', () =>
    refused(new Browser(), base, 'mallory', /does not vouch for your e-mail address/));
  await check('people of another domain stay out', () =>
    refused(new Browser(), base, 'bob', /people of example\.org may not sign in here/));
  await check('who says no at the provider is not signed in', async () => {
    const browser = new Browser();
    const begun = await browser.ask(`${base}api/auth/oidc/start`);
    const to = new URL(begun.headers.get('location'));
    to.searchParams.set('prompt', 'none');
    const back = await browser.ask(to.href);
    const answer = await browser.ask(back.headers.get('location'));
    assert.equal(answer.status, 403);
    assert.match(await answer.text(), /login_required/);
  });
  provider.change();
  await check('after the provider changed its keys people sign in as before', async () => {
    const browser = new Browser();
    await browser.signIn(base, 'alice');
    assert.equal((await browser.who(base)).id, alice.id);
  });
  for (const algorithm of algorithms.slice(1)) {
    await check(`a provider that signs by ${algorithm} is understood`, async () => {
      const other = await serve(algorithm);
      const browser = new Browser();
      await browser.signIn(other, 'alice');
      assert.equal((await browser.who(other)).email, 'alice@example.com');
    });
  }
} finally {
  servers.forEach((server) => server.kill());
  provider.stop();
}
console.log(failed ? `${failed} failed` : 'all passed');
process.exit(failed ? 1 : 0);
