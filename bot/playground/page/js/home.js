// The App Home tab. https://docs.slack.dev/surfaces/app-home
import { api } from "./api.js";
import { blocksNode } from "./blocks.js";
import { directory } from "./directory.js";
import { toast } from "./dialog.js";
import { coalesce, h } from "./dom.js";
import { sentence } from "./errors.js";
import { Form } from "./form.js";
import { session } from "./session.js";

function empty(text) {
  return h("p", { class: "empty" }, text);
}

export class Home {
  constructor() {
    this.view = null;
    this.form = null;
    this.node = h(
      "section",
      { class: "home", "aria-label": `${directory.app.name} home`, "aria-busy": "true" },
      empty("Opening…"),
    );
    this.refresh = coalesce(async () => this.take(await api.home(session.user)));
  }

  /** Tells the bot that the tab was opened, then shows what is published; what comes later arrives by `refresh`. */
  async open() {
    const told = await api.openHome(session.user);
    await this.refresh();
    if (!told.ok) toast(sentence(told.error));
  }

  take(answer) {
    if (answer.error) return;
    this.node.removeAttribute("aria-busy");
    if (answer.view) this.draw(answer.view);
    else this.node.replaceChildren(empty("The app has not published a Home for this person yet."));
  }

  draw(view) {
    if (this.view?.id === view.id && this.view.hash === view.hash) return;
    const retained = this.view?.id === view.id ? this.form.values() : {};
    this.view = view;
    this.form = new Form({ type: "view", view_id: view.id }, retained);
    this.node.replaceChildren(h("div", { class: "home-page" }, blocksNode(view.blocks, this.form)));
  }
}
