// Writes the words of Streamlit's own elements in the language of the page. React changes a text only where it has another to
// say, so what is written here stays; and what it says later is seen, and written anew as well.
const NAMES = ["aria-label", "placeholder", "title"];

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".streamlits") ?? parentElement;
  root._translator ??= new Translator();
  root._translator.use(data);
  return () => {
    root._translator?.observer.disconnect();
    delete root._translator;
  };
}

class Translator {
  constructor() {
    this.observer = new MutationObserver((changes) => {
      for (const { type, target, addedNodes } of changes) {
        if (type === "childList") addedNodes.forEach((node) => this.all(node));
        else this.one(target);
      }
    });
  }

  use(phrases) {
    const told = JSON.stringify(phrases);
    if (this.told === told) return;
    this.told = told;
    const given = Object.entries(phrases);
    this.whole = new Map(given);
    this.parts = given.filter(([phrase]) => phrase.includes("{it}")).map(([phrase, said]) => {
      const [before, after] = phrase.split("{it}").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
      return [new RegExp(`^${before}(.+)${after}$`, "s"), said];
    });
    this.all(document.body);
    this.observer.observe(document.body, { subtree: true, childList: true, characterData: true, attributeFilter: NAMES });
  }

  all(node) {
    this.one(node);
    if (node.nodeType !== Node.ELEMENT_NODE) return;
    const inside = document.createTreeWalker(node, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    while (inside.nextNode()) this.one(inside.currentNode);
  }

  one(node) {
    if (node.nodeType === Node.TEXT_NODE) {
      if (node.parentElement?.closest(OWN_WORDS)) this.write(node.data, (said) => { node.data = said; });
    } else if (node.nodeType === Node.ELEMENT_NODE) {
      for (const name of NAMES) this.write(node.getAttribute(name), (said) => node.setAttribute(name, said));
    }
  }

  write(text, put) {
    const phrase = text?.trim();
    if (!phrase) return;
    const said = this.whole.get(phrase) ?? this.filled(phrase);
    if (said && said !== phrase) put(text.replace(phrase, () => said));
  }

  filled(phrase) {
    for (const [pattern, said] of this.parts) {
      const found = phrase.match(pattern);
      if (found) return said.replace("{it}", () => found[1]);
    }
    return null;
  }
}
