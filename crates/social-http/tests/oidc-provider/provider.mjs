// A certified OpenID provider on loopback, whose keys can be changed while it runs.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import http from 'node:http';
import { Provider } from 'oidc-provider';

export const algorithms = ['RS256', 'PS256', 'ES256', 'EdDSA'];
export const secret = 'a-secret-of-the-client';

// Who can sign in there; any password does.
const people = {
  alice: { email: 'Alice@example.com', email_verified: true, name: 'Alice' },
  bob: { email: 'bob@example.org', email_verified: true, name: 'Bob' },
  mallory: { email: 'alice@example.com', email_verified: false, name: 'Mallory' },
};

function keys() {
  const fresh = (...how) => ({
    ...generateKeyPairSync(...how).privateKey.export({ format: 'jwk' }),
    kid: randomBytes(8).toString('hex'),
    use: 'sig',
  });
  return {
    keys: [
      fresh('rsa', { modulusLength: 2048 }),
      fresh('ec', { namedCurve: 'P-256' }),
      fresh('ed25519'),
    ],
  };
}

function make(issuer) {
  return new Provider(issuer, {
    jwks: keys(),
    // A native client may come back to any port of this machine.
    clients: algorithms.map((algorithm) => ({
      client_id: algorithm,
      client_secret: secret,
      application_type: 'native',
      grant_types: ['authorization_code'],
      response_types: ['code'],
      redirect_uris: ['http://127.0.0.1/api/auth/oidc/callback'],
      id_token_signed_response_alg: algorithm,
    })),
    enabledJWA: { idTokenSigningAlgValues: algorithms },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    pkce: { required: () => true },
    features: { devInteractions: { enabled: true } },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...people[id] }) }),
    cookies: { keys: ['of-this-run'] },
    ttl: { Session: 600, Interaction: 600, Grant: 600, AuthorizationCode: 60, AccessToken: 60, IdToken: 60 },
  });
}

export async function start() {
  let callback;
  const server = http.createServer((request, response) => callback(request, response));
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const change = () => {
    callback = make(issuer).callback();
  };
  change();
  return { issuer, change, stop: () => server.close() };
}
