// A picture with what was read outlined; dragging on it chooses the part that is to be read.
export default function ({ data, parentElement, setTriggerValue }) {
  const make = (tag, properties, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  const place = (element, [left, top, width, height]) => {
    const [across, down] = data.size;
    Object.assign(element.style, {
      left: `${(100 * left) / across}%`, top: `${(100 * top) / down}%`,
      width: `${(100 * width) / across}%`, height: `${(100 * height) / down}%`,
    });
    return element;
  };
  const picture = make("img", { src: data.picture, alt: data.label, draggable: false });
  const chosen = make("i", { className: "chosen", hidden: !data.chosen });
  if (data.chosen) place(chosen, data.chosen);
  const outlines = data.outlines.map((box) => place(make("i", { className: "taken" }), box));
  const frame = make("div", { className: "part-frame" }, picture, chosen, ...outlines);

  // In px of the whole picture, which may be larger than the one shown.
  const point = (event) => {
    const shown = picture.getBoundingClientRect();
    const at = [(event.clientX - shown.left) / shown.width, (event.clientY - shown.top) / shown.height];
    return at.map((share, axis) => Math.round(Math.min(1, Math.max(0, share)) * data.size[axis]));
  };
  const between = (from, to) => [
    Math.min(from[0], to[0]), Math.min(from[1], to[1]), Math.abs(to[0] - from[0]), Math.abs(to[1] - from[1]),
  ];
  let start = null;
  frame.onpointerdown = (event) => {
    if (event.button !== 0) return;
    start = point(event);
    frame.setPointerCapture(event.pointerId);
  };
  frame.onpointermove = (event) => {
    if (!start) return;
    chosen.hidden = false;
    place(chosen, between(start, point(event)));
  };
  const end = (box) => {
    start = null;
    const least = (8 * data.size[0]) / picture.getBoundingClientRect().width; // less is a click
    if (box && Math.min(box[2], box[3]) >= Math.max(1, least)) return setTriggerValue("box", box);
    chosen.hidden = !data.chosen;
    if (data.chosen) place(chosen, data.chosen);
  };
  frame.onpointerup = (event) => start && end(between(start, point(event)));
  frame.onpointercancel = () => end(null);

  const root = parentElement.querySelector(".part") ?? parentElement;
  root.replaceChildren(frame);
}
