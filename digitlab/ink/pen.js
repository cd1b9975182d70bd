// The pen of the Draw page and of the phones' page. What it draws is the JSON that `ink.strokes_from_json` reads.
export class Pen {
  strokes = []; // each with the width of its `brush` and the `points` that it passed, in px of the canvas
  pointer = null; // the one that draws

  constructor(side) {
    this.side = side; // of the canvas in its own px, however large it is shown
  }

  get isDown() {
    return this.pointer !== null;
  }

  get finished() { // how many strokes
    return this.strokes.length - this.isDown;
  }

  // `box` is the place of the canvas on the page.
  down(event, box, brush) {
    this.pointer = event.pointerId;
    this.box = box;
    this.strokes.push({ brush, points: [] });
    this.move(event);
  }

  // `move` and `up` return whether the event comes from the pointer that draws.
  move({ pointerId, clientX, clientY }) {
    if (pointerId !== this.pointer) return false;
    const { x, y, width, height } = this.box;
    const shares = [(clientX - x) / width, (clientY - y) / height];
    this.strokes.at(-1).points.push(shares.map((share) => +(share * this.side).toFixed(2)));
    return true;
  }

  up({ pointerId }) {
    if (pointerId !== this.pointer) return false;
    this.pointer = null;
    return true;
  }

  json(thinPx = 0) {
    return {
      width: this.side, height: this.side,
      brush: this.strokes.map((stroke) => stroke.brush),
      strokes: this.strokes.map((stroke) => thin(stroke.points, thinPx)),
    };
  }

  // Curves through the midpoints between the points, as `ink.smooth` has them.
  paint(context) {
    context.clearRect(0, 0, this.side, this.side);
    for (const { brush, points } of this.strokes) {
      Object.assign(context, { lineWidth: brush, lineCap: "round", lineJoin: "round" });
      context.beginPath();
      context.moveTo(...points[0]);
      for (let at = 0; at < points.length - 1; at++) {
        const [[x, y], [nextX, nextY]] = [points[at], points[at + 1]];
        context.quadraticCurveTo(x, y, (x + nextX) / 2, (y + nextY) / 2);
      }
      context.lineTo(...points.at(-1));
      context.stroke();
    }
  }
}

// Leaves out points nearer than `px` to the last one, as Fabric.js does, which always leaves out the last but one.
export function thin(points, px) {
  if (!px || points.length <= 2) return points;
  const kept = points.slice(0, 1);
  for (const point of points.slice(1, -2)) {
    const [x, y] = kept.at(-1);
    if (Math.hypot(point[0] - x, point[1] - y) >= px) kept.push(point);
  }
  return [...kept, points.at(-1)];
}
