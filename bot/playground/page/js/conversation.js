// A channel or a direct message: its messages and the place to type.
import { api } from "./api.js";
import { Composer } from "./composer.js";
import { coalesce, h } from "./dom.js";
import { showNotification, showRaw } from "./inspect.js";
import { session } from "./session.js";
import { Timeline } from "./timeline.js";

export class Conversation {
  /** `title` is shown to people ("#north"); `intro` stands above the first message; `openThread(message)` opens one. */
  constructor({ channel, title, intro, openThread }) {
    this.channel = channel;
    this.timeline = new Timeline({
      label: `Messages in ${title}`,
      intro,
      actions: { channel, inThread: false, openThread, showRaw, showNotification },
    });
    this.refresh = coalesce(() => this.load());
    this.composer = new Composer({ label: `Message ${title}`, target: { channel }, onSent: () => this.sent() });
    this.node = h("section", { class: "conversation", "aria-label": title }, this.timeline.node, this.composer.node);
  }

  async load() {
    const { messages } = await api.messages(this.channel, session.user);
    if (messages) this.timeline.show(messages);
  }

  async sent() {
    await this.refresh();
    this.timeline.toBottom();
  }
}
