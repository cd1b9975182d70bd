// A map of points: a click selects the nearest point, a lasso those inside it; the wheel zooms, dragging moves it. New
// data (a selection on the map beside it, a filter) are drawn without changing the view that the user has chosen.
const REACH_PX = 12, DRAG_PX = 4, MOST_ZOOM = 60, PAD_PX = 14;
const FADED = 0.15, RINGED = 40; // opacity of points that are not selected; most selected points that get a ring each

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".map-frame");
  root._map ??= new Points(root);
  root._map.show(data, (indices) => setTriggerValue("selected", indices));
}

class Points {
  constructor(root) {
    this.root = root;
    this.canvas = Object.assign(document.createElement("canvas"), { tabIndex: 0 });
    this.canvas.setAttribute("role", "img");
    this.hint = Object.assign(document.createElement("div"), { className: "map-hint", hidden: true });
    this.legend = Object.assign(document.createElement("div"), { className: "map-legend" });
    root.replaceChildren(this.canvas, this.hint, this.legend);
    this.reset();
    this.canvas.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    this.canvas.addEventListener("pointerdown", (event) => this.down(event));
    this.canvas.addEventListener("pointermove", (event) => this.move(event));
    this.canvas.addEventListener("pointerup", (event) => this.up(event));
    this.canvas.addEventListener("pointerleave", () => (this.hint.hidden = true));
    this.canvas.addEventListener("dblclick", () => { this.reset(); this.draw(); });
    this.canvas.addEventListener("keydown", (event) => this.key(event));
    new ResizeObserver(() => this.draw()).observe(this.canvas);
  }

  reset() { this.view = { zoom: 1, x: 0, y: 0 }; }

  show(data, select) {
    const bytes = (text) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
    const words = (text) => new Uint16Array(bytes(text).buffer);
    Object.assign(this, data, { select });
    for (const name of ["xs", "ys"]) this[name] = words(data[name]);
    this.indices = new Uint32Array(bytes(data.indices).buffer);
    for (const name of ["labels", "answers", "kinds"]) this[name] = bytes(data[name]);
    this.marked = new Set(data.marked);
    this.canvas.ariaLabel = data.label;
    this.canvas.style.touchAction = data.lasso ? "none" : "pan-y";
    this.legend.replaceChildren(...data.styles.map(([name, colour, cross]) => {
      const sign = Object.assign(document.createElement("b"), { textContent: cross ? "✕ " : "● " });
      sign.style.color = colour;
      const entry = document.createElement("span");
      entry.append(sign, name);
      return entry;
    }));
    this.draw();
  }

  // Where each point lies, in px of the canvas.
  place(x, y) {
    const { width, height } = this.size, { zoom } = this.view;
    return [PAD_PX + x * (width - 2 * PAD_PX) * zoom + this.view.x, PAD_PX + (1 - y) * (height - 2 * PAD_PX) * zoom + this.view.y];
  }

  at(point) { return this.place(this.xs[point] / 65535, this.ys[point] / 65535); }

  get size() { return { width: this.canvas.clientWidth, height: this.canvas.clientHeight }; }

  // Not offsetX and offsetY, which are whole numbers: half a pixel may decide between neighbours.
  cursor(event) {
    const box = this.canvas.getBoundingClientRect();
    return [event.clientX - box.x, event.clientY - box.y];
  }

  // For tests: every point as [index, x, y] in px of the viewport.
  screen() {
    const box = this.canvas.getBoundingClientRect();
    return Array.from(this.indices, (index, point) => {
      const [x, y] = this.at(point);
      return [index, box.x + x, box.y + y];
    });
  }

  draw() {
    if (!this.xs || !this.size.width) return;
    const ratio = devicePixelRatio || 1, { width, height } = this.size, pen = this.canvas.getContext("2d");
    this.canvas.width = width * ratio;
    this.canvas.height = height * ratio;
    pen.scale(ratio, ratio);
    const radius = Math.min(2.2 * Math.sqrt(this.view.zoom), 7), some = this.marked.size > 0;
    if (some) this.dots(pen, radius, FADED, false);
    this.dots(pen, radius, 1, some);
    pen.strokeStyle = getComputedStyle(this.root).color;
    pen.lineWidth = 2;
    if (some && this.marked.size <= RINGED) {
      pen.beginPath();
      for (let point = 0; point < this.xs.length; point++) {
        if (!this.marked.has(this.indices[point])) continue;
        const [x, y] = this.at(point);
        pen.moveTo(x + radius + 4, y);
        pen.arc(x, y, radius + 4, 0, 7);
      }
      pen.stroke();
    }
    for (const [x, y, name] of this.names) this.tag(pen, this.place(x, y), name);
    if (this.drawing) this.tag(pen, this.place(...this.drawing), `★ ${this.words.drawing}`);
    if (this.path) {
      pen.beginPath();
      this.path.forEach(([x, y]) => pen.lineTo(x, y));
      pen.setLineDash([5, 4]);
      pen.stroke();
    }
  }

  // All points, or only the marked ones.
  dots(pen, radius, opacity, onlyMarked) {
    pen.globalAlpha = opacity;
    this.styles.forEach(([, colour, cross], kind) => {
      pen.beginPath();
      for (let point = 0; point < this.xs.length; point++) {
        if (this.kinds[point] !== kind || (onlyMarked && !this.marked.has(this.indices[point]))) continue;
        const [x, y] = this.at(point), arm = radius + 2;
        if (cross) {
          pen.moveTo(x - arm, y - arm); pen.lineTo(x + arm, y + arm);
          pen.moveTo(x - arm, y + arm); pen.lineTo(x + arm, y - arm);
        } else {
          pen.moveTo(x + radius, y); pen.arc(x, y, radius, 0, 7);
        }
      }
      pen.fillStyle = pen.strokeStyle = colour;
      pen.lineWidth = 2;
      if (cross) pen.stroke(); else pen.fill();
    });
    pen.globalAlpha = 1;
  }

  tag(pen, [x, y], text) {
    pen.font = "700 17px sans-serif";
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    const half = pen.measureText(text).width / 2 + 3;
    pen.fillStyle = "rgba(255, 255, 255, 0.85)";
    pen.fillRect(x - half, y - 11, 2 * half, 22);
    pen.fillStyle = "#111";
    pen.fillText(text, x, y);
  }

  nearest(x, y) {
    let best = -1, least = REACH_PX ** 2;
    for (let point = 0; point < this.xs.length; point++) {
      const [px, py] = this.at(point), distance = (px - x) ** 2 + (py - y) ** 2;
      if (distance < least) [best, least] = [point, distance];
    }
    return best;
  }

  inside() {
    return [...this.xs.keys()].filter((point) => {
      const [x, y] = this.at(point);
      let odd = false;
      this.path.forEach(([x1, y1], at) => {
        const [x2, y2] = this.path.at(at - 1);
        if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) odd = !odd;
      });
      return odd;
    });
  }

  down(event) {
    this.from = [...this.cursor(event), this.view.x, this.view.y];
    this.path = this.lasso ? [this.cursor(event)] : null;
    this.canvas.setPointerCapture(event.pointerId);
  }

  move(event) {
    const [x, y] = this.cursor(event);
    if (this.from && this.path) {
      this.path.push([x, y]);
      this.draw();
    } else if (this.from) {
      Object.assign(this.view, { x: this.from[2] + x - this.from[0], y: this.from[3] + y - this.from[1] });
      this.draw();
    } else {
      const point = this.nearest(x, y);
      this.hint.hidden = point < 0;
      if (point < 0) return;
      this.hint.textContent = this.words.digit.replace("{index}", this.indices[point])
        .replace("{label}", this.labels[point]).replace("{answer}", this.answers[point]);
      const [px, py] = this.at(point);
      this.hint.style.left = `${Math.min(px + 12, this.size.width - 190)}px`;
      this.hint.style.top = `${py + 12}px`;
    }
  }

  up(event) {
    if (!this.from) return;
    const [x, y] = this.cursor(event);
    const dragged = Math.max(Math.abs(x - this.from[0]), Math.abs(y - this.from[1])) > DRAG_PX || this.path?.length > 8;
    const path = this.path, point = this.nearest(x, y);
    const found = path && dragged ? this.inside() : dragged ? null : point < 0 ? [] : [point];
    if (!path && !dragged) Object.assign(this.view, { x: this.from[2], y: this.from[3] });
    this.from = this.path = null;
    if (found) this.select(found.map((one) => this.indices[one]));
    this.draw();
  }

  wheel(event) {
    event.preventDefault();
    this.zoomBy(Math.exp(-event.deltaY / 400), ...this.cursor(event));
  }

  zoomBy(factor, x, y) {
    const zoom = Math.min(Math.max(this.view.zoom * factor, 1), MOST_ZOOM), real = zoom / this.view.zoom;
    const keep = (offset, cursor) => (zoom === 1 ? 0 : cursor - PAD_PX - (cursor - PAD_PX - offset) * real);
    this.view = { zoom, x: keep(this.view.x, x), y: keep(this.view.y, y) };
    this.draw();
  }

  key(event) {
    const { width, height } = this.size;
    const way = { ArrowLeft: [40, 0], ArrowRight: [-40, 0], ArrowUp: [0, 40], ArrowDown: [0, -40] }[event.key];
    if (way) { this.view.x += way[0]; this.view.y += way[1]; this.draw(); }
    else if (event.key === "+" || event.key === "-") this.zoomBy(event.key === "+" ? 1.3 : 1 / 1.3, width / 2, height / 2);
    else if (event.key === "0") { this.reset(); this.draw(); }
    else return;
    event.preventDefault();
  }
}
