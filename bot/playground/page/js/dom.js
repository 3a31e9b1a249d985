// Builds DOM nodes. Text always arrives as text nodes, so nothing a bot or a person writes can become markup.

/**
 * An element. `props` holds attributes; `on` maps event names to listeners, `data` maps data-* names to values.
 * A null, undefined or false attribute is left out. Children are nodes, strings, arrays of them, or null.
 */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  const { on = {}, data = {}, ...attributes } = props;
  for (const [name, value] of Object.entries(attributes)) setAttribute(element, name, value);
  for (const [name, value] of Object.entries(data)) {
    if (value !== null && value !== undefined) element.dataset[name] = value;
  }
  for (const [name, listener] of Object.entries(on)) element.addEventListener(name, listener);
  append(element, children);
  return element;
}

function setAttribute(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name === "value") element.value = value;
  else element.setAttribute(name, value === true ? "" : value);
}

export function append(parent, children) {
  for (const child of [children].flat(Infinity)) {
    if (child !== null && child !== undefined && child !== false) parent.append(child);
  }
  return parent;
}

let lastId = 0;

/** An id no other element of the page has, for labels and aria references. */
export function uniqueId(prefix) {
  lastId += 1;
  return `${prefix}-${lastId}`;
}

/** Says `text` to screen readers without moving the focus. */
export function announce(text) {
  document.getElementById("announcer").textContent = text;
}

/**
 * A function that runs `task`, never twice at once: calls made while it runs lead to one more run after it.
 * Answers that arrive late can therefore never overwrite newer ones.
 */
export function coalesce(task) {
  let running = null;
  let again = false;
  async function run() {
    do {
      again = false;
      await task();
    } while (again);
  }
  return () => {
    if (running) {
      again = true;
      return running;
    }
    running = run().finally(() => {
      running = null;
    });
    return running;
  };
}
