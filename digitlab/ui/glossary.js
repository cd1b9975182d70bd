// Explains words where each first stands on the page. React owns the page's text, so nothing in it is changed: the dots below a
// word are a highlight of the browser, a pointer is looked up among the words' places, and for keyboards and screen readers all
// words of the page stand in a list below it. What pictures say (charts, large tables) cannot be dotted, and is only in the list.
const SKIPPED = "input, textarea, select, script, style, code, pre, [translate=no], .terms, .words";
const PICTURES = "canvas, svg, .live-status";
const CONTROLS = "a, button, label, summary, [role=button], [role=tab], [role=radio], [role=option], [role=slider]";
const SETTLED_MS = 400, SHOWN_MS = 150, HIDDEN_MS = 300;

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".terms") ?? parentElement;
  root._terms ??= new Terms(root);
  root._terms.show(data);
  return () => {
    root._terms?.close();
    delete root._terms;
  };
}

const make = (tag, properties, ...children) => {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
};

class Terms {
  constructor(root) {
    this.page = root.closest("main") ?? document.body;
    this.opened = new Set(); // the words of bubbles that were open on this page; the list keeps them
    this.places = new Map(); // the ranges of explained words, by the element that they are in
    this.tip = make("div", { className: "term-tip", id: "term-tip", popover: "manual", role: "tooltip", hidden: true });
    this.list = make("details", { className: "words" });
    root.append(this.tip);
    this.observer = new MutationObserver(() => this.plan());
    this.ended = new AbortController();
    const listen = (target, event, heard, capture = false) =>
      target.addEventListener(event, heard, { signal: this.ended.signal, passive: !/^(key|mouse)down$/.test(event), capture });
    listen(document, "pointermove", (event) => this.point(event));
    // Else a finger would close the bubble before it clicks; so the bubble gives way to the explanation.
    listen(document, "mousedown", (event) => event.target.closest?.(BUBBLE) && this.at(event) && event.preventDefault());
    listen(document, "click", (event) => this.tap(event));
    listen(document, "scroll", () => (this.list.contains(document.activeElement) ? this.place() : this.hide()), true);
    listen(document, "keydown", (event) => this.escape(event), true);
    for (const event of ["focusin", "pointerover"]) listen(this.list, event, ({ target }) => this.listed(target));
    listen(this.list, "focusout", () => this.hide());
  }

  show(data) {
    this.data = data;
    this.pattern = new RegExp(data.pattern, "gi");
    this.names = new Map(data.terms.map(([id, name, meaning]) => [id, { name, meaning }]));
    this.found = null;
    if (this.address !== location.pathname) this.opened.clear();
    this.address = location.pathname;
    this.plan();
  }

  close() {
    this.ended.abort();
    this.observer.disconnect();
    clearTimeout(this.planned);
    globalThis.CSS.highlights?.delete("term");
    this.list.remove();
    this.tip.remove();
  }

  // ---- which words there are

  // While a page is being written, or answers change with the pen, it can wait.
  plan() {
    clearTimeout(this.planned);
    const idle = globalThis.requestIdleCallback ?? ((then) => setTimeout(then));
    this.planned = setTimeout(() => idle(() => this.ended.signal.aborted || this.find()), SETTLED_MS);
  }

  find() {
    const seen = new Map();
    const parts = [...document.querySelectorAll("[role=dialog]"), this.page]; // a dialog covers the page
    for (const part of parts) this.read(part, seen);
    const shown = [...seen];
    for (const bubble of document.querySelectorAll(BUBBLE)) { // with dots of its own, so that those of the page stay
      const inside = new Map();
      this.read(bubble, inside);
      shown.push(...inside);
      for (const id of inside.keys()) this.opened.add(id);
    }
    this.places.clear();
    const ranges = [];
    for (const [id, { good, text, parent, at, end }] of shown) {
      if (good === 1) continue;
      const range = new Range();
      range.setStart(text, at);
      range.setEnd(text, end);
      ranges.push(range);
      this.places.set(parent, [...(this.places.get(parent) ?? []), { id, range }]);
    }
    if (globalThis.Highlight) globalThis.CSS.highlights.set("term", new Highlight(...ranges));
    this.write([...this.names.keys()].filter((id) => seen.has(id) || this.opened.has(id)));
    for (const part of [document.body, ...document.querySelectorAll(BUBBLES), ...parts]) {
      this.observer.observe(part, { childList: true, subtree: part !== document.body, characterData: true });
    }
    this.observer.takeRecords(); // the list's own change
  }

  // Finds the words of a part; `seen` has by word the best place so far and how good it is.
  read(part, seen) {
    const texts = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const text = texts.currentNode, parent = text.parentElement;
      if (parent.localName === "style") continue;
      for (const match of text.data.matchAll(this.pattern)) {
        if (parent.closest(SKIPPED)) break;
        const id = this.data.forms[match[0].toLowerCase()];
        const good = parent.closest(PICTURES) ? 1 : parent.closest(CONTROLS) ? 2 : 3;
        if (!id || (seen.get(id)?.good ?? 0) >= good) continue;
        if (parent.closest("canvas") || parent.checkVisibility()) seen.set(id, { good, text, parent, at: match.index, end: match.index + match[0].length });
      }
    }
  }

  // Below the page; React leaves alone what it has not put there.
  write(ids) {
    const home = this.page.firstElementChild;
    if (this.list.parentElement !== home) home.append(this.list);
    const found = ids.join();
    if (this.found === found) return;
    this.found = found;
    this.list.hidden = !ids.length;
    const links = ids.map((id) => this.link(id, this.names.get(id).name));
    this.list.replaceChildren(make("summary", { textContent: this.data.words.list }), make("p", {}, ...links.flatMap((link) => [link, " "])));
  }

  link(id, textContent) {
    const link = make("a", { textContent, href: this.data.link + id, target: "_blank", rel: "noopener" });
    link.dataset.term = id;
    return link;
  }

  // ---- one word's explanation

  at({ target, clientX, clientY }) {
    for (const { id, range } of this.places.get(target) ?? []) {
      for (const box of range.getClientRects()) {
        if (clientX >= box.left && clientX <= box.right && clientY >= box.top && clientY <= box.bottom) return { id, range };
      }
    }
    return null;
  }

  point(event) {
    if (event.pointerType === "touch") return;
    const place = this.at(event);
    if (place) {
      clearTimeout(this.going);
      this.going = null;
      if (this.shown !== place.id && this.coming !== place.id) {
        this.coming = place.id;
        clearTimeout(this.waiting);
        this.waiting = setTimeout(() => this.open(place.id, place.range), SHOWN_MS);
      }
    } else {
      clearTimeout(this.waiting);
      this.coming = null;
      if (!this.shown || this.tip.contains(event.target) || this.list.contains(event.target)) {
        clearTimeout(this.going);
        this.going = null;
      } else {
        this.going ??= setTimeout(() => this.hide(), HIDDEN_MS);
      }
    }
  }

  // A tap on a control does what the control does.
  tap(event) {
    if (this.tip.contains(event.target)) return;
    const place = event.target.closest?.(CONTROLS) ? null : this.at(event);
    if (place) this.open(place.id, place.range);
    else this.hide();
  }

  listed(target) {
    const id = target.dataset?.term;
    if (!id) return;
    this.open(id, target);
    target.setAttribute("aria-describedby", this.tip.id);
  }

  // Explains a word beside a range, or beside an element of the list.
  open(id, anchor) {
    this.coming = null;
    if (this.shown === id) return;
    this.hide();
    this.shown = id;
    this.anchor = anchor;
    const { name, meaning } = this.names.get(id);
    this.tip.replaceChildren(make("b", { textContent: name }), " ", meaning, " ", this.link(id, this.data.words.more));
    this.tip.hidden = false;
    this.tip.showPopover?.();
    this.place();
  }

  place() {
    if (!this.shown) return;
    const box = this.anchor.getBoundingClientRect();
    const { width, height } = this.tip.getBoundingClientRect();
    const bubble = this.anchor.startContainer?.parentElement?.closest(BUBBLE); // is not covered: it is being read
    const { top: above, bottom: below } = bubble?.getBoundingClientRect() ?? box;
    const top = below + 6 + height > innerHeight ? above - 6 - height : below + 6;
    this.tip.style.left = `${Math.max(8, Math.min(box.left, document.documentElement.clientWidth - width - 8))}px`;
    this.tip.style.top = `${Math.max(8, top)}px`;
  }

  hide() {
    clearTimeout(this.going);
    clearTimeout(this.waiting);
    this.going = this.coming = null;
    if (!this.shown) return;
    this.shown = this.anchor = null;
    if (this.tip.isConnected) this.tip.hidePopover?.();
    this.tip.hidden = true;
  }

  escape(event) {
    if (event.key !== "Escape" || !this.shown) return;
    event.stopPropagation(); // a dialog behind it stays open
    this.hide();
  }
}
