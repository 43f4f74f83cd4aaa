// Asks twitter-text how long texts are: ours, X's published cases, and random ones.
const fs = require('fs');
const path = require('path');
const twitter = require('twitter-text');
const [ours, here] = process.argv.slice(2);

const length = (text) => twitter.parseTweet(text).weightedLength;
const known = JSON.parse(fs.readFileSync(ours, 'utf8')).map(([text]) => [text, length(text)]);
fs.writeFileSync(ours, `[\n${known.map((one) => `  ${JSON.stringify(one)}`).join(',\n')}\n]\n`);

const found = [];
const cases = path.join(here, 'validate.yml');
if (fs.existsSync(cases)) {
  const { tests } = require('js-yaml').load(fs.readFileSync(cases, 'utf8'));
  for (const group of ['WeightedTweetsCounterTest', 'WeightedTweetsWithDiscountedEmojiCounterTest', 'UnicodeDirectionalMarkerCounterTest']) {
    for (const one of tests[group]) {
      // The first group is of the configuration before emoji were discounted; the library of
      // today says what both count now.
      const expected = group.includes('Emoji') ? one.expected.weightedLength : length(one.text);
      if (group.includes('Emoji') || expected === one.expected.weightedLength) found.push([one.text, expected]);
    }
  }
}
console.log(`${found.length} published cases`);

// mulberry32: the same texts on every machine.
let seed = 20261123;
const below = (n) => {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) % n;
};
const pick = (all) => all[below(all.length)];
// No emoji that are younger than the library (2020), which takes them apart.
const pieces = [
  'coffee', 'Röstung', 'a', 'I', 'été', 'e\u0301', '珈琲豆', 'コーヒー', '커피', 'кофе', 'ไทย', 'हिन्दी',
  'https://example.com', 'http://example.co.jp/a?b=c&d', 'https://example.com/a_(b)/c.', 'HTTPS://Example.COM/#x',
  'example.com', 'www.example.org/path', 'sub.example.museum', 'example.notatld', 'a@example.com', '@name', '#tag',
  '$CASH', 'https://t.co/abc123', 'https://t.co/abc123/more', 'http://例え.jp/道', 'xn--r8jz45g.xn--zckzah',
  'http://user_name.example.com', 'http://exa_mple.com', '1.5', 'e.g.', 'end.Next', 'v1.2.3', '…', '“so”', '—', "it's",
  '😀', '👍🏽', '👨‍👩‍👧', '🇩🇪', '🇦🇦', '1️⃣', '❤️', '❤', '☺', '✈️', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', '👩‍🚀', '©', '®️', '‼️', '\u200d', '\ufe0f',
  'https://example.com/русский', 'https://example.com/é', 'https://example.com:8080/x', 'https://example.com?q=1#no',
  'https://example.com/a,b;c', '(https://example.com)', '"https://example.com"', 'https://example.com/x!',
];
const words = pieces.filter((piece) => !piece.includes('.') && !piece.includes('/'));
const spaces = [' ', ' ', ' ', ' ', ' ', '\n', ', ', '. ', ' (', ') ', '、', ': ', ' - ', '', '！'];
for (let n = 0; n < 20000; n += 1) {
  let text = '';
  let glued = false;
  for (let m = 1 + below(12); m > 0; m -= 1) {
    const space = pick(spaces);
    // Two links without a space between them are nothing that people write.
    text += pick(glued ? words : pieces) + space;
    glued = !/\s/.test(space);
  }
  found.push([text, length(text)]);
}
fs.writeFileSync(path.join(here, 'lengths.json'), JSON.stringify(found));
console.log(`${known.length} texts of ours, ${found.length} in all beside them`);
