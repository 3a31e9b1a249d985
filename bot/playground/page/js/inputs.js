// Fields to type in and boxes to tick. Each maker returns {node, control, read, isEmpty, problem?}.
import { h, uniqueId } from "./dom.js";
import { textObject } from "./mrkdwn.js";

const FIRST_PLAUSIBLE_YEAR = 1900;

function placeholderOf(element) {
  return element.placeholder?.text ?? null;
}

function lengthProblem(element, value) {
  if (element.min_length && value.length < element.min_length)
    return `Please enter at least ${element.min_length} characters.`;
  if (element.max_length && value.length > element.max_length)
    return `Please enter at most ${element.max_length} characters.`;
  return null;
}

/** Runs `listener` at the moments a text element dispatches: on Enter unless its configuration says otherwise. */
function onTyping(control, element, listener) {
  const moments = element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  if (moments.includes("on_character_entered")) control.addEventListener("input", listener);
  if (!moments.includes("on_enter_pressed")) return;
  control.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    listener();
  });
}

function typed(element, field, control, problem) {
  const value = () => control.value;
  const read = () => ({ value: value() === "" ? null : value() });
  if (field.dispatches) onTyping(control, element, () => field.changed(read()));
  return {
    node: control,
    control,
    read,
    isEmpty: () => value().trim() === "",
    problem: () => (value() ? problem(value()) : null),
  };
}

function textInput(element, field) {
  const common = {
    id: field.id,
    class: "text-input",
    placeholder: placeholderOf(element),
    maxlength: element.max_length,
    value: element.initial_value ?? "",
    ...field.aria,
  };
  const control = element.multiline
    ? h("textarea", { rows: 4, ...common })
    : h("input", { type: "text", autocomplete: "off", ...common });
  return typed(element, field, control, (value) => lengthProblem(element, value));
}

function formatted(type, pattern, message) {
  return (element, field) => {
    const control = h("input", {
      type,
      id: field.id,
      class: "text-input",
      placeholder: placeholderOf(element),
      value: element.initial_value ?? "",
      ...field.aria,
    });
    return typed(element, field, control, (value) => (pattern.test(value) ? null : message));
  };
}

function numberProblem(element, text) {
  const pattern = element.is_decimal_allowed ? /^-?\d+(\.\d+)?$/ : /^-?\d+$/;
  if (!pattern.test(text))
    return element.is_decimal_allowed ? "Please enter a number." : "Please enter a whole number.";
  const [least, most] = [element.min_value, element.max_value];
  if (least !== undefined && Number(text) < Number(least)) return `Please enter ${least} or more.`;
  if (most !== undefined && Number(text) > Number(most)) return `Please enter ${most} or less.`;
  return null;
}

function numberInput(element, field) {
  const control = h("input", {
    type: "text",
    inputmode: element.is_decimal_allowed ? "decimal" : "numeric",
    id: field.id,
    class: "text-input number-input",
    autocomplete: "off",
    placeholder: placeholderOf(element),
    value: element.initial_value ?? "",
    ...field.aria,
  });
  return typed(element, field, control, (value) => numberProblem(element, value.trim()));
}

function picker(type, initial, stateKey, toState, toControl) {
  return (element, field) => {
    const first = element[initial];
    const control = h("input", {
      type,
      id: field.id,
      class: `text-input picker-input`,
      value: first === undefined || first === null ? "" : toControl(first),
      ...field.aria,
    });
    const read = () => ({ [stateKey]: control.value === "" ? null : toState(control.value) });
    let told = control.value;
    control.addEventListener("change", async () => {
      const year = Number.parseInt(control.value, 10);
      if (type !== "time" && control.value && year < FIRST_PLAUSIBLE_YEAR) return;
      if (await field.changed(read())) told = control.value;
      else control.value = told;
    });
    return { node: control, control, read, isEmpty: () => control.value === "" };
  };
}

function localDateTime(seconds) {
  const date = new Date(seconds * 1000);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

const same = (value) => value;

function tickBox(type, option, ticked, group) {
  const id = uniqueId("box");
  const input = h("input", { type, id, name: group });
  input.checked = ticked;
  const text = h(
    "span",
    { class: "tick-text" },
    textObject(option.text),
    option.description && h("span", { class: "tick-description" }, textObject(option.description)),
  );
  return { option, input, row: h("label", { class: "tick", for: id }, input, text) };
}

/** Checkboxes and radio buttons: a group of labelled boxes. */
function tickBoxes(type) {
  const many = type === "checkbox";
  return (element, field) => {
    const initial = (many ? (element.initial_options ?? []) : [element.initial_option])
      .filter(Boolean)
      .map((option) => option.value);
    const group = uniqueId("group");
    const boxes = element.options.map((option) => tickBox(type, option, initial.includes(option.value), group));
    const chosen = () => boxes.filter(({ input }) => input.checked).map(({ option }) => option);
    const read = () => (many ? { selected_options: chosen() } : { selected_option: chosen()[0] ?? null });
    let told = chosen();
    const node = h(
      "div",
      { class: "ticks", id: field.id, role: many ? "group" : "radiogroup", ...field.aria },
      boxes.map(({ row }) => row),
    );
    node.addEventListener("change", async () => {
      if (await field.changed(read())) told = chosen();
      else for (const { option, input } of boxes) input.checked = told.includes(option);
    });
    return { node, control: node, focusable: boxes[0]?.input, read, isEmpty: () => chosen().length === 0 };
  };
}

/** The makers by element type. */
export const INPUTS = {
  plain_text_input: textInput,
  email_text_input: formatted("email", /^\S+@\S+\.\S+$/, "Please enter a valid email address."),
  url_text_input: formatted("url", /^https?:\/\/\S+$/, "Please enter a valid URL."),
  number_input: numberInput,
  datepicker: picker("date", "initial_date", "selected_date", same, same),
  timepicker: picker("time", "initial_time", "selected_time", same, same),
  datetimepicker: picker(
    "datetime-local",
    "initial_date_time",
    "selected_date_time",
    (value) => Math.floor(new Date(value).getTime() / 1000),
    localDateTime,
  ),
  checkboxes: tickBoxes("checkbox"),
  radio_buttons: tickBoxes("radio"),
};
