// A sealed page: its content opens with the passphrase, and what is written on it is kept under the same key.

const vault = { key: null };

const fromBase64 = (text) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
const toBase64 = (bytes) => btoa(Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join(""));

/** Ask for the passphrase until it opens the page; the promise is kept then. */
function unlock(lock) {
  return new Promise((opened) => {
    const field = el("input");
    field.type = "password";
    field.autocomplete = "off";
    const message = el("p", "message", "");
    message.setAttribute("role", "alert");
    const form = el(
      "form",
      "unlock",
      el("h1", "", t("title")),
      el("p", "", t("internal")),
      labelled(t("passphrase"), field),
      el("button", "primary", t("unlock")),
      message,
    );
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      message.textContent = t("unlocking");
      try {
        const content = await contentOf(lock, field.value);
        form.remove();
        opened(content);
      } catch {
        message.textContent = t("wrong");
        field.select();
      }
    });
    document.body.prepend(form);
    field.focus();
  });
}

async function contentOf({ rounds, salt, nonce, data: secret }, passphrase) {
  const known = await crypto.subtle.importKey("raw", new TextEncoder().encode(passphrase), "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt: fromBase64(salt), iterations: rounds };
  const key = await crypto.subtle.deriveKey(how, known, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: fromBase64(nonce) }, key, fromBase64(secret));
  vault.key = key;
  return JSON.parse(new TextDecoder().decode(plain));
}

/** A text as it may be kept in the browser: as it is, or under the page's key. */
async function closed(text) {
  if (!vault.key) return text;
  const nonce = crypto.getRandomValues(new Uint8Array(12));
  const secret = await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce }, vault.key, new TextEncoder().encode(text));
  return `${toBase64(nonce)}.${toBase64(secret)}`;
}

async function reopened(text) {
  if (!vault.key) return text;
  const [nonce, secret] = text.split(".").map(fromBase64);
  return new TextDecoder().decode(await crypto.subtle.decrypt({ name: "AES-GCM", iv: nonce }, vault.key, secret));
}
