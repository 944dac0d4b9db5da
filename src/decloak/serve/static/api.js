/* Api: requests to the service that the page came from. */
import { $ } from "./dom.js";

/** Ask; throws an Error with the service's own words. `body` is sent as JSON unless it is a form. */
export async function ask(method, path, { body, accept = "application/json" } = {}) {
  const headers = { accept };
  if ($("token").value) headers.authorization = "Bearer " + $("token").value;
  if (body !== undefined && !(body instanceof FormData)) { headers["content-type"] = "application/json"; body = JSON.stringify(body); }
  const answer = await fetch(path, { method, headers, body });
  if (answer.status === 401) $("token-label").hidden = false;
  if (!answer.ok) {
    let message = answer.statusText;
    try { message = (await answer.json()).error.message; } catch { /* no JSON: its status says enough */ }
    throw new Error(`${answer.status}: ${message}`);
  }
  return answer;
}

export function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([blob], { type: "application/octet-stream" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
