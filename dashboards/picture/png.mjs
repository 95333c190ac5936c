// A picture of few colours, smaller: an index into a palette in the place of four bytes a pixel.
import { createRequire } from "node:module";

const UPNG = createRequire(import.meta.url)("upng-js");
const COLORS = 160;

export function smaller(png) {
  const image = UPNG.decode(png);
  return Buffer.from(UPNG.encode(UPNG.toRGBA8(image), image.width, image.height, COLORS));
}
