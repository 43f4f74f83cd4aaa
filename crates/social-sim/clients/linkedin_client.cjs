// LinkedIn's own JavaScript client (linkedin-api-client) against the simulated Rest.li API.
const base = process.argv[2].replace(/\/$/, '');
const constants = require('linkedin-api-client/dist/lib/utils/constants');
constants.OAUTH_BASE_URL = `${base}/linkedin/oauth/v2`;
constants.VERSIONED_BASE_URL = `${base}/linkedin-api/rest`;
constants.NON_VERSIONED_BASE_URL = `${base}/linkedin-api/v2`;
const { AuthClient, RestliClient } = require('linkedin-api-client');

const versionString = '202609';
const ask = async (path, body) =>
  (await fetch(`${base}/__sim/${path}`, body && { method: 'POST', body: JSON.stringify(body) })).json();
const passed = (what) => console.log(`  passed  ${what}`);
const check = (fine, what) => {
  if (!fine) throw new Error(what);
};
// The client throws whatever is no success; what came is in the error.
const refused = async (promise) => {
  try {
    await promise;
  } catch (error) {
    if (error.response) return error.response;
    throw error;
  }
  throw new Error('it was taken, and should have been refused');
};

(async () => {
  const urns = (await ask('accounts')).accounts
    .filter((account) => account.platform === 'linkedin')
    .map((account) => account.id);
  const author = urns.find((urn) => urn.includes(':organization:'));
  const accessToken = (await ask('grant', { platform: 'linkedin', account: author })).access_token;
  const auth = new AuthClient({ clientId: 'sim-app', clientSecret: 'sim-secret', redirectUrl: 'http://127.0.0.1/' });
  check((await auth.introspectAccessToken(accessToken)).data.active, 'the token is not active');
  passed('introspection');

  const client = new RestliClient();
  const me = await client.get({ resourcePath: '/userinfo', accessToken });
  check(me.data.sub, 'nobody behind the token');
  passed('userinfo');
  const entity = {
    author,
    commentary: 'From JavaScript',
    visibility: 'PUBLIC',
    distribution: { feedDistribution: 'MAIN_FEED', targetEntities: [], thirdPartyDistributionChannels: [] },
    lifecycleState: 'PUBLISHED',
    isReshareDisabledByAuthor: false,
  };
  const at = { versionString, accessToken };
  const made = await client.create({ resourcePath: '/posts', entity, ...at });
  const id = made.createdEntityId;
  check(made.status === 201 && id.startsWith('urn:li:share:'), `created as ${id}`);
  passed('a post, whose id comes in a header alone');
  const again = await refused(client.create({ resourcePath: '/posts', entity, ...at }));
  check(again.status === 422 && JSON.stringify(again.data).includes(id), 'the twin is not named');
  passed('the same post again, which names the first');
  const post = { resourcePath: '/posts/{id}', pathKeys: { id }, ...at };
  check((await client.get(post)).data.author === author, 'another author');
  passed('reading by an encoded URN');
  const found = await client.finder({
    resourcePath: '/posts', finderName: 'author', queryParams: { author, count: 10 }, ...at,
  });
  check(found.data.elements.some((row) => row.id === id), 'the post is not listed');
  passed('a finder');
  const slot = await client.action({
    resourcePath: '/images', actionName: 'initializeUpload',
    data: { initializeUploadRequest: { owner: author } }, ...at,
  });
  check(slot.data.value.image.startsWith('urn:li:image:'), 'no image was announced');
  passed('an action');
  // So many that the client sends the query as a form.
  const shares = Array.from({ length: 200 }, (_, n) => `urn:li:share:70000000000000${n}`).concat(id);
  const numbers = await client.finder({
    resourcePath: '/organizationalEntityShareStatistics', finderName: 'organizationalEntity',
    queryParams: { organizationalEntity: author, shares }, ...at,
  });
  check(Array.isArray(numbers.data.elements), 'no statistics');
  passed('a query too long for an address');
  const changed = await client.partialUpdate({ ...post, patchSetObject: { commentary: 'Again' } });
  check(changed.status === 204, `the update was ${changed.status}`);
  passed('a partial update');
  check((await client.delete(post)).status === 204, 'it was not deleted');
  passed('a deletion');
  const old = await refused(client.get({ ...post, versionString: '202401' }));
  check(old.status === 426, `an ended version was ${old.status}`);
  passed('a version that has ended');
})().catch((error) => {
  console.error(error.response ? JSON.stringify(error.response.data) : error);
  process.exit(1);
});
