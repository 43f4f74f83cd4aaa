// sharp's side: node sharp.js OPTIONS FOLDER INPUT WIDTHxHEIGHT… does a job whenever it reads a line,
// and says how many milliseconds it took and how many of the processor's. OPTIONS, parted by
// commas: alone (one thread), ignore (the colour profile), moz (mozjpeg), any other for none.
const [options, folder, input, ...sizes] = process.argv.slice(2);
const sharp = require(folder + '/node_modules/sharp');
const fs = require('fs');
const has = (option) => options.split(',').includes(option);
sharp.cache(false);
if (has('alone')) sharp.concurrency(1);
const bytes = fs.readFileSync(input);
const wanted = sizes.map((size) => size.split('x').map(Number));
let made = [];
async function job() {
  const upright = sharp(bytes, { ignoreIcc: has('ignore') }).autoOrient();
  return Promise.all(wanted.map(([width, height]) =>
    upright.clone()
      .resize(width, height, { fit: 'cover', position: 'centre', kernel: 'lanczos3' })
      .jpeg(has('moz') ? { quality: 80, mozjpeg: true } : { quality: 90, progressive: true })
      .toBuffer()));
}
(async () => {
  for await (const line of require('readline').createInterface({ input: process.stdin })) {
    if (line.startsWith('save ')) {
      made.forEach((file, number) => fs.writeFileSync(`${line.slice(5)}.${number}`, file));
      console.log('saved');
    } else {
      const begin = process.hrtime.bigint();
      const before = process.cpuUsage();
      if (line === 'two') made = (await Promise.all([job(), job()]))[0];
      else made = await job();
      const used = process.cpuUsage(before);
      const wall = Number(process.hrtime.bigint() - begin) / 1e6;
      console.log(`${wall.toFixed(3)} ${((used.user + used.system) / 1e3).toFixed(3)}`);
    }
  }
})();
