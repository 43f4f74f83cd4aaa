// sharp's side: node sharp.js FOLDER INPUT WIDTHxHEIGHT… does a job whenever it reads a line, and
// says how many milliseconds it took.
const [folder, input, ...sizes] = process.argv.slice(2);
const sharp = require(folder + '/node_modules/sharp');
const fs = require('fs');
sharp.cache(false);
const bytes = fs.readFileSync(input);
const wanted = sizes.map((size) => size.split('x').map(Number));
let made = [];
async function job() {
  const upright = sharp(bytes).autoOrient();
  made = await Promise.all(wanted.map(([width, height]) =>
    upright.clone()
      .resize(width, height, { fit: 'cover', position: 'centre', kernel: 'lanczos3' })
      .jpeg({ quality: 90, progressive: true })
      .toBuffer()));
}
(async () => {
  for await (const line of require('readline').createInterface({ input: process.stdin })) {
    if (line.startsWith('save ')) {
      made.forEach((file, number) => fs.writeFileSync(`${line.slice(5)}.${number}`, file));
      console.log('saved');
    } else {
      const begin = process.hrtime.bigint();
      await job();
      console.log((Number(process.hrtime.bigint() - begin) / 1e6).toFixed(3));
    }
  }
})();
