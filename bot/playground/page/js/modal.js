// Modals: a stack of views of which the top one shows. https://docs.slack.dev/surfaces/modals
import { api } from "./api.js";
import { blocksNode } from "./blocks.js";
import { directory } from "./directory.js";
import { toast } from "./dialog.js";
import { coalesce, h, uniqueId } from "./dom.js";
import { sentence } from "./errors.js";
import { Form } from "./form.js";
import { icon, iconButton } from "./icons.js";
import { textObject } from "./mrkdwn.js";
import { session } from "./session.js";

const FIRST_INPUT = "input, textarea, select, [tabindex]:not([tabindex='-1'])";

/** One view of the stack, drawn; it is drawn again when the bot updates it, keeping what was entered. */
class ModalView {
  constructor(view, modals) {
    this.view = view;
    this.form = new Form({ type: "view", view_id: view.id }, view.entered);
    this.titleId = uniqueId("modal-title");
    this.problem = h("p", { class: "modal-problem", role: "alert", hidden: true });
    this.modals = modals;
    this.node = h("form", {
      class: "modal-view",
      novalidate: true,
      data: { viewId: view.id },
      on: { submit: (event) => this.submit(event) },
    });
    this.draw();
  }

  update(view) {
    if (view.hash === this.view.hash) return;
    const focused = this.node.contains(document.activeElement)
      ? document.activeElement.closest("[data-action-id]")
      : null;
    this.view = view;
    this.form = new Form(this.form.container, this.form.values());
    this.draw();
    if (focused) this.focusAction(focused.dataset.actionId);
  }

  focusAction(actionId) {
    const again = this.node.querySelector(`[data-action-id="${CSS.escape(actionId)}"]`);
    (again?.matches("input, textarea, button") ? again : again?.querySelector("input"))?.focus();
  }

  draw() {
    const { view } = this;
    const closeText = view.close ? textObject(view.close) : "Close";
    this.submitButton =
      view.submit && h("button", { type: "submit", class: "button primary" }, textObject(view.submit));
    this.node.replaceChildren(
      h(
        "header",
        { class: "modal-head" },
        h("h2", { id: this.titleId }, textObject(view.title)),
        iconButton("close", "Close dialog", () => this.modals.close(view.id)),
      ),
      h("div", { class: "modal-body", tabindex: -1 }, this.problem, blocksNode(view.blocks, this.form)),
      h(
        "footer",
        { class: "modal-foot" },
        h("span", { class: "modal-app" }, directory.app.name),
        h("button", { type: "button", class: "button", on: { click: () => this.modals.close(view.id) } }, closeText),
        this.submitButton,
      ),
    );
  }

  focusFirst() {
    const wanted = this.view.blocks.flatMap((block) => [block.element, block.accessory, ...(block.elements ?? [])]);
    const onLoad = wanted.find((element) => element?.focus_on_load);
    if (onLoad) this.focusAction(onLoad.action_id);
    else
      (
        this.form.root.querySelector(FIRST_INPUT) ??
        this.submitButton ??
        this.node.querySelector(".modal-foot .button")
      ).focus();
  }

  async submit(event) {
    event.preventDefault();
    if (!this.submitButton || this.submitButton.disabled) return;
    this.showProblem(null);
    if (!this.form.check()) return;
    const button = this.submitButton;
    button.disabled = true;
    button.setAttribute("aria-busy", "true");
    const answer = await api.submit({ user: session.user, view_id: this.view.id, values: this.form.values() });
    button.disabled = false;
    button.removeAttribute("aria-busy");
    this.answered(answer);
    this.modals.refresh();
  }

  answered({ ok, errors, error }) {
    const left = { ...errors };
    for (const field of this.form.fields) delete left[field.blockId];
    if (errors) this.form.showErrors(errors);
    const unplaced = Object.entries(left).map(([blockId, text]) => `${blockId}: ${text}`);
    if (error || !ok || unplaced.length) this.showProblem(unplaced.join("\n") || (errors ? null : sentence(error)));
  }

  showProblem(text) {
    this.problem.replaceChildren(...(text ? [icon("warning"), text] : []));
    this.problem.hidden = !text;
  }
}

export class Modals {
  constructor() {
    this.views = new Map();
    this.shown = null;
    this.refresh = coalesce(() => this.load());
    this.dialog = h("dialog", { class: "dialog modal" });
    this.dialog.addEventListener("cancel", (event) => event.preventDefault());
    this.dialog.addEventListener("keydown", (event) => this.onKey(event));
    document.body.append(this.dialog);
  }

  onKey(event) {
    if (event.key === "Escape") {
      event.preventDefault();
      this.close(this.shown.view.id);
    } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.shown.node.requestSubmit();
    }
  }

  async close(viewId) {
    const answer = await api.close({ user: session.user, view_id: viewId });
    if (!answer.ok) toast(sentence(answer.error));
    await this.refresh();
  }

  async load() {
    const { views } = await api.modals(session.user);
    if (!views) return;
    const present = new Set(views.map((view) => view.id));
    for (const id of this.views.keys()) if (!present.has(id)) this.views.delete(id);
    for (const view of views) {
      const drawn = this.views.get(view.id);
      if (drawn) drawn.update(view);
      else this.views.set(view.id, new ModalView(view, this));
    }
    this.show(views.length ? this.views.get(views.at(-1).id) : null);
  }

  show(top) {
    if (top === this.shown) return;
    this.shown = top;
    if (!top) {
      this.dialog.close();
      this.dialog.replaceChildren();
      return;
    }
    this.dialog.replaceChildren(top.node);
    this.dialog.setAttribute("aria-labelledby", top.titleId);
    if (!this.dialog.open) this.dialog.showModal();
    top.focusFirst();
  }
}
