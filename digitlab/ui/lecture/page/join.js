// Where phones draw: the address in large type and a QR code as tall as the screen allows.
export default {
  name: "join",
  keys: [],

  open(place, { words, element }) {
    this.count = element("p", { className: "count" });
    if (words.reach) { // a code would lead phones to themselves
      const command = element("code", { textContent: words.reach.command });
      place.append(element("p", { className: "unreachable", textContent: words.reach.said }, command));
      return;
    }
    const address = element("p", { className: "address" });
    for (const part of words.address.split(/(?<=[./:])/)) address.append(part, element("wbr"));
    const code = document.querySelector("#corner img").cloneNode();
    place.append(code, element("div", {}, element("p", { textContent: words.scan }), address, this.count));
  },

  show({ phones }, { words }) {
    this.count.textContent = [words.no_phone, words.one_phone][phones] ?? words.phones.replace("{count}", phones);
  },
};
