// A thread in the side panel.
import { api } from "./api.js";
import { Composer } from "./composer.js";
import { coalesce, h } from "./dom.js";
import { showNotification, showRaw } from "./inspect.js";
import { openPanel } from "./panel.js";
import { remember, session } from "./session.js";
import { Timeline } from "./timeline.js";

/** Opens the thread under a message and returns it: {channel, refresh}. */
export function openThread({ channel, ts, title, onClose }) {
  const timeline = new Timeline({ label: "Thread", actions: { channel, inThread: true, showRaw, showNotification } });
  const refresh = coalesce(async () => {
    const { messages } = await api.replies(channel, session.user, ts);
    if (messages) timeline.show(messages);
  });
  const composer = new Composer({ label: "Reply…", target: { channel, thread_ts: ts }, onSent: refresh });
  openPanel({
    kind: "thread",
    title: "Thread",
    subtitle: title,
    content: h("div", { class: "thread" }, timeline.node, composer.node),
    onClose: () => {
      remember({ thread: null });
      onClose();
    },
  });
  remember({ thread: ts });
  composer.focus();
  return { channel, refresh };
}
