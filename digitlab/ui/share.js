// A button that copies a link to the page as it is now. The address bar leaves out what is as at first, so `data.absent`
// has the values of these controls, and of whatever else a link needs.
export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".share") ?? parentElement;
  keepViews();
  root._share ??= new Share(root);
  root._share.data = data;
  if (!root._share.until) root._share.button.textContent = data.words.copy;
}

class Share {
  constructor(root) {
    this.root = root;
    this.button = Object.assign(document.createElement("button"), { type: "button", onclick: () => this.copy() });
    this.status = Object.assign(document.createElement("p"), { className: "live-status", role: "status" });
    root.replaceChildren(this.button, this.status);
  }

  link() {
    const url = new URL(location.href);
    for (const [key, values] of this.data.absent) {
      if (url.searchParams.has(key)) continue;
      for (const value of values) url.searchParams.append(key, value);
    }
    return url.href;
  }

  async copy() {
    const { words } = this.data, link = this.link();
    if (!(await this.written(link))) return this.show(link);
    this.button.textContent = this.status.textContent = words.copied;
    clearTimeout(this.until);
    this.until = setTimeout(() => {
      this.button.textContent = words.copy;
      this.status.textContent = "";
      this.until = null;
    }, 2500);
  }

  // Over plain HTTP there is no `navigator.clipboard`. The text field stays within a dialog that keeps the focus.
  async written(link) {
    try {
      await navigator.clipboard.writeText(link);
      return true;
    } catch {
      const field = this.field(link);
      field.select();
      const done = document.execCommand("copy");
      field.remove();
      this.button.focus();
      return done;
    }
  }

  field(link) {
    const field = Object.assign(document.createElement("input"), { value: link, readOnly: true });
    field.ariaLabel = this.data.words.copy;
    this.root.append(field);
    return field;
  }

  show(link) {
    this.root.querySelector("input")?.remove();
    this.status.className = "";
    this.status.textContent = this.data.words.by_hand;
    this.field(link).select();
  }
}

// Before Streamlit leaves a page it takes the page's controls out of the address, as a step of its own in the browser's
// history: "Back" would lead to the page without its view. Such a step is left out. It also opens every link in the same
// tab, whatever key is held; links that ask for a tab or window of their own are kept from it. And after a page's link to
// itself, as lessons have them, it would keep the old address, so that the next click brought back what was shown before:
// such a link is followed as "Back" and "Forward" are.
function keepViews() {
  if (history.keepsViews) return;
  const { pushState } = history;
  const isHere = (address) => new URL(address, location.href).pathname === location.pathname;
  let leaves = false;
  addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    if (link && (event.ctrlKey || event.metaKey || event.shiftKey)) {
      event.stopPropagation();
      return;
    }
    leaves = !!link && link.origin === location.origin && !link.hash && !isHere(link.href);
    if (leaves || !link?.search || !link.closest(PAGE_LINK)) return;
    event.preventDefault();
    event.stopPropagation();
    if (link.href !== location.href) pushState.call(history, {}, "", link.href);
    dispatchEvent(new PopStateEvent("popstate"));
  }, true);
  history.pushState = (state, unused, address) => {
    if (leaves && isHere(address)) return;
    leaves = false;
    pushState.call(history, state, unused, address);
  };
  history.keepsViews = true;
}
