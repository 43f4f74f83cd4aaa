// Makes what the benchmark reads of two photographs: node inputs.js FOLDER LANDSCAPE DETAILED
const fs = require('fs');
const [folder, landscape, detailed] = process.argv.slice(2);
const sharp = require(folder + '/node_modules/sharp');
const jpeg = { quality: 92, chromaSubsampling: '4:2:0', progressive: false };
const at = (name) => `${folder}/${name}`;
// What a phone writes: the sensor lies, and EXIF says how it was held.
const EXIF = Buffer.from('457869660000' + '4d4d002a00000008' + '0001' + '011200030000000100060000' + '00000000', 'hex');
function held(file) {
  const head = Buffer.from([0xff, 0xe1, 0, EXIF.length + 2]);
  return Buffer.concat([file.subarray(0, 2), head, EXIF, file.subarray(2)]);
}
async function phone(picture, name) {
  fs.writeFileSync(at(name), held(await picture.jpeg(jpeg).toBuffer()));
}
(async () => {
  const sensor = () => sharp(landscape).extract({ left: 1000, top: 180, width: 4032, height: 3024 });
  await phone(sensor().withIccProfile('p3'), 'p3_12.jpg');
  await phone(sensor().withIccProfile('srgb'), 'srgb_12.jpg');
  await phone(sensor(), 'plain_12.jpg');
  await phone(sharp(detailed).extract({ left: 800, top: 70, width: 4032, height: 3024 })
    .withIccProfile('srgb'), 'detailed_12.jpg');
  await sensor().png({ compressionLevel: 6 }).toFile(at('photo_12.png'));
  fs.copyFileSync(landscape, at('plain_20.jpg'));
  fs.copyFileSync(detailed, at('progressive_18.jpg'));
  await sharp(landscape).resize(3000).toColourspace('cmyk').jpeg({ quality: 90 }).toFile(at('cmyk.jpg'));
  // No photograph of 48 megapixels is free to use here: one is scaled up and given grain.
  const { data, info } = await sensor().resize(8064, 6048, { kernel: 'lanczos3' }).raw()
    .toBuffer({ resolveWithObject: true });
  let state = 12345;
  for (let i = 0; i < data.length; i++) {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    data[i] = Math.max(0, Math.min(255, data[i] + ((state >> 16) % 9) - 4));
  }
  await phone(sharp(data, { raw: info, limitInputPixels: false }).withIccProfile('srgb'), 'srgb_48.jpg');
})();
