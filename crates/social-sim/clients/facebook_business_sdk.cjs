// Facebook's own Node SDK (facebook-nodejs-business-sdk) against the simulated Graph.
const sdk = require('facebook-nodejs-business-sdk');
const [base, picture] = [process.argv[2].replace(/\/$/, ''), process.argv[3]];
const { FacebookAdsApi, Page, IGUser } = sdk;

const ask = async (path, body) =>
  (await fetch(`${base}/__sim/${path}`, body && { method: 'POST', body: JSON.stringify(body) })).json();
const passed = (what) => console.log(`  passed  ${what}`);
const check = (fine, what) => {
  if (!fine) throw new Error(what);
};

(async () => {
  Object.defineProperty(FacebookAdsApi, 'GRAPH', { get: () => `${base}/graph` });
  const of = {};
  for (const account of (await ask('accounts')).accounts) of[account.platform] ??= account.id;
  const token = async (platform) =>
    (await ask('grant', { platform, account: of[platform] })).access_token;

  FacebookAdsApi.init(await token('facebook'), 'en_US', false);
  const page = new Page(of.facebook);
  const read = await page.get(['name', 'followers_count']);
  check(read.name, 'a page without a name');
  passed('page fields');
  const post = await page.createFeed([], { message: 'From Node', published: false });
  check(post.id.startsWith(`${of.facebook}_`), post.id);
  passed('a post, as JSON with the token in the query');
  const photo = await page.createPhoto([], { url: picture, published: false });
  check(photo.id, 'a photo without an id');
  passed('a photo by address');

  FacebookAdsApi.init(await token('instagram'), 'en_US', false);
  const account = new IGUser(of.instagram);
  const children = [];
  for (let n = 0; n < 2; n += 1) {
    children.push((await account.createMedia([], { image_url: picture, is_carousel_item: true })).id);
  }
  await new Promise((wake) => setTimeout(wake, 1500));
  const parent = await account.createMedia([], { media_type: 'CAROUSEL', children, caption: 'From Node' });
  await new Promise((wake) => setTimeout(wake, 2500));
  const media = await account.createMediaPublish([], { creation_id: parent.id });
  check(media.id, 'a medium without an id');
  passed('an Instagram carousel');
})().catch((error) => {
  console.error(error);
  process.exit(1);
});
