// Where phones draw: the address in large type and a QR code as tall as the screen allows.
export default {
  name: "join",
  keys: [],

  open(place, { words, element }) {
    const code = document.querySelector("#corner img").cloneNode();
    const address = element("p", { className: "address" });
    for (const part of words.address.split(/(?<=[./:])/)) address.append(part, element("wbr"));
    this.count = element("p", { className: "count" });
    const text = element("div", {}, element("p", { textContent: words.scan }), address);
    if (words.reach) {
      const command = element("code", { textContent: words.reach.command });
      text.append(element("p", { className: "unreachable", textContent: words.reach.said }, command));
    } else text.append(this.count);
    place.append(code, text);
  },

  show({ phones }, { words }) {
    this.count.textContent = [words.no_phone, words.one_phone][phones] ?? words.phones.replace("{count}", phones);
  },
};
