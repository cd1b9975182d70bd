// Paints what the networks see of a drawing: 28 x 28 bytes in base64, 255 for ink; white on black, or `isPaper`, black on white.
export function paintPixels(canvas, base64, isPaper = false) {
  const image = new ImageData(28, 28), grey = new Uint32Array(image.data.buffer);
  [...atob(base64)].forEach((one, at) => {
    grey[at] = 0xff000000 + 0x010101 * (isPaper ? 255 - one.charCodeAt(0) : one.charCodeAt(0));
  });
  canvas.getContext("2d").putImageData(image, 0, 0);
}
