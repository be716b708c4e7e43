/**
 * Joins the client of this page to the lines of the contract: in as server-sent events, out as the lines of
 * POST requests, one at a time so that their order is kept.
 */
import { abilities, createClient } from "./client.js";

/**
 * @param {string} address where lines come from and go to
 * @param {() => void} [ended] told when no more lines come
 * @returns {() => void} parts them
 */
export function join(address, ended = () => {}) {
  /** @type {string[]} */
  let waiting = [];
  let posting = false;

  async function post() {
    if (posting) return;
    posting = true;
    while (waiting.length > 0) {
      const body = waiting.join("\n");
      waiting = [];
      await fetch(address, { method: "POST", body });
    }
    posting = false;
  }

  /** @param {Record<string, unknown>} line */
  const say = (line) => {
    waiting.push(JSON.stringify(line));
    void post();
  };
  const obey = createClient(say);
  const source = new EventSource(address);
  source.onopen = () => say({ ready: true, name: navigator.userAgent, ...abilities });
  source.onmessage = ({ data }) => obey(JSON.parse(data));
  const part = () => {
    source.close();
    ended();
  };
  source.addEventListener("end", part);
  source.onerror = part;
  return part;
}
