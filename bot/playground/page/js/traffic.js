// What went between the bot and this Slack, newest first.
import { api } from "./api.js";
import { clockWithSeconds } from "./dates.js";
import { coalesce, h } from "./dom.js";
import { json } from "./json.js";
import { openPanel } from "./panel.js";

const REFRESH_MILLISECONDS = 1500;
const ARROWS = { to_bot: "→ bot", from_bot: "← bot" };

function row(entry) {
  const time = new Date(typeof entry.time === "number" ? entry.time * 1000 : entry.time);
  const summary = h(
    "summary",
    {},
    h("time", {}, clockWithSeconds(time)),
    h("span", { class: `direction ${entry.direction}` }, ARROWS[entry.direction]),
    h("span", { class: "traffic-kind" }, entry.kind),
    h("span", { class: "traffic-summary" }, entry.summary),
    entry.refused && h("span", { class: "refusal" }, `Refused: ${entry.refused}`),
  );
  const details = h("details", {}, summary);
  details.addEventListener("toggle", () => details.childElementCount === 1 && details.append(json(entry.payload)));
  return h(
    "li",
    { class: entry.refused ? "traffic-entry refused" : "traffic-entry", data: { kind: entry.kind } },
    details,
  );
}

function key(entry) {
  return JSON.stringify([entry.time, entry.direction, entry.kind, entry.summary]);
}

/** The traffic as a list that keeps opened entries open while new ones come in above. */
class Traffic {
  constructor() {
    this.rows = new Map();
    this.list = h("ol", { class: "traffic" });
    this.onlyRefused = h("input", { type: "checkbox", id: "only-refused", on: { change: () => this.show() } });
    const filter = h("label", { class: "tick", for: "only-refused" }, this.onlyRefused, "Only refusals");
    this.node = h("div", { class: "panel-scroll" }, h("div", { class: "traffic-filter" }, filter), this.list);
    this.refresh = coalesce(() => this.load());
    this.timer = setInterval(this.refresh, REFRESH_MILLISECONDS);
    this.entries = [];
  }

  async load() {
    const { log } = await api.log();
    this.entries = log ?? this.entries;
    this.show();
  }

  show() {
    const wanted = this.entries.filter((entry) => entry.refused || !this.onlyRefused.checked);
    const rows = new Map(wanted.map((entry) => [key(entry), this.rows.get(key(entry)) ?? row(entry)]));
    const known = [...rows.keys()].join() === [...this.rows.keys()].join();
    this.rows = rows;
    if (known && rows.size) return;
    this.list.replaceChildren(...rows.values());
    if (rows.size === 0) this.list.append(h("li", { class: "empty" }, "Nothing yet."));
  }

  stop() {
    clearInterval(this.timer);
  }
}

/** Opens the traffic panel. */
export function openTraffic() {
  const traffic = new Traffic();
  openPanel({
    kind: "traffic",
    title: "Traffic",
    subtitle: "newest first",
    content: traffic.node,
    onClose: () => traffic.stop(),
  });
  return traffic.refresh();
}
