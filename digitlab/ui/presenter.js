// The presenter's password. It goes to the server beside Streamlit, whose answer brings the cookie that makes this browser a
// presenter's; the page then loads again, since Streamlit knows the cookies with which its connection was opened.
export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".unlocking") ?? parentElement;
  root.data = data;
  if (root.childElementCount) return;
  const { words } = data;
  const apart = document.createElement("p");
  apart.append(words.apart, " ", Object.assign(document.createElement("a"), {
    href: location.href, target: "_blank", rel: "noopener", textContent: words.open,
  }));
  if (isFramed()) { // browsers keep no cookies here
    root.replaceChildren(apart);
    return;
  }
  const form = document.createElement("form");
  const password = Object.assign(document.createElement("input"), {
    type: "password", autocomplete: "current-password", required: true,
  });
  const label = document.createElement("label");
  label.append(words.password, password);
  const button = Object.assign(document.createElement("button"), { textContent: words.unlock });
  const status = document.createElement("p");
  status.setAttribute("role", "status");
  form.append(label, button, status);
  root.replaceChildren(form);

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.disabled) return;
    button.disabled = true;
    status.textContent = words.wait;
    const told = await ask(root.data.path, { page: root.data.page, password: password.value });
    if (told.presenter && (await ask(root.data.path)).presenter) {
      location.reload();
      return;
    }
    if (told.presenter) status.replaceChildren(...apart.childNodes);
    else status.textContent = told.problem ?? words.failed;
    button.disabled = false;
    password.select();
  });
}

async function ask(path, asked) {
  const sent = asked && {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(asked),
  };
  try {
    return await (await fetch(path, sent)).json();
  } catch {
    return {};
  }
}

function isFramed() {
  try {
    return window.top.location.origin !== location.origin;
  } catch {
    return true; // a page of another site
  }
}
