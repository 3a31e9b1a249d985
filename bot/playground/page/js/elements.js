// Block elements: what stands in actions, accessories, context and input blocks.
import { h, uniqueId } from "./dom.js";
import { icon } from "./icons.js";
import { INPUTS } from "./inputs.js";
import { openMenu } from "./menu.js";
import { selectMenu } from "./select.js";
import { textObject } from "./mrkdwn.js";
import { withRetained } from "./form.js";

const SELECT = /^(multi_)?(static|external|users|conversations|channels)_select$/;

function button(element, blockId, form) {
  const press = () => {
    if (element.url) window.open(element.url, "_blank", "noopener");
    form.act(element, blockId, undefined, control);
  };
  const control = h(
    "button",
    {
      type: "button",
      class: `button ${element.style ?? ""}`,
      "aria-label": element.accessibility_label,
      data: { actionId: element.action_id },
      on: { click: press },
    },
    textObject(element.text),
  );
  return control;
}

function overflow(element, blockId, form) {
  const items = element.options.map((option) => ({
    label: textObject(option.text),
    detail: option.description && textObject(option.description),
    run: () => form.act(element, blockId, { selected_option: option }, control),
  }));
  const control = h(
    "button",
    {
      type: "button",
      class: "button overflow",
      "aria-label": "More options",
      "aria-haspopup": "menu",
      "aria-expanded": "false",
      data: { actionId: element.action_id },
    },
    icon("more"),
  );
  control.addEventListener("click", () => openMenu(control, "More options", items, { align: "end" }));
  return control;
}

function image(element) {
  return h("img", { class: "element-image", src: element.image_url, alt: element.alt_text });
}

/** An element the page does not know is shown as such rather than left out. */
export function unknown(what, type) {
  return h("span", { class: "unknown" }, `The playground does not draw the ${what} “${type}”.`);
}

/**
 * A field element with its state registered in the form: {node, focus}, or null when `element` is no field.
 * `place` says where it stands: {blockId, form, id?, aria?, optional?, dispatches, showError?}.
 */
export function fieldElement(element, place) {
  const maker = SELECT.test(element.type) ? selectMenu : INPUTS[element.type];
  if (!maker) return null;
  const { form, blockId } = place;
  let made = null;
  const changed = async (state) => (place.dispatches ? form.act(element, blockId, state, made.control) : true);
  const initial = withRetained(element, form.held(blockId, element.action_id));
  made = maker(initial, { id: uniqueId("field"), aria: {}, ...place, changed });
  made.node.dataset.actionId = element.action_id;
  const focus = () => (made.focusable ?? made.control).focus();
  form.add({
    blockId,
    actionId: element.action_id,
    type: element.type,
    ...made,
    optional: place.optional,
    showError: place.showError,
    focus,
  });
  return { node: made.node, control: made.control, focus };
}

/** An element of a section or an actions block, which tells the bot of every change. */
export function actionElement(element, blockId, form) {
  if (element.type === "button" || element.type === "workflow_button") return button(element, blockId, form);
  if (element.type === "overflow") return overflow(element, blockId, form);
  if (element.type === "image") return image(element);
  const label = element.placeholder?.text ?? element.type.replaceAll("_", " ");
  const field = fieldElement(element, {
    blockId,
    form,
    dispatches: true,
    optional: false,
    aria: { "aria-label": label },
  });
  return field ? field.node : unknown("element", element.type);
}
