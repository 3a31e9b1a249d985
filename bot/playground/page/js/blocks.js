// Block Kit blocks. https://docs.slack.dev/reference/block-kit/blocks
import { h, uniqueId } from "./dom.js";
import { actionElement, fieldElement, unknown } from "./elements.js";
import { richText } from "./richtext.js";
import { table } from "./table.js";
import { textObject } from "./mrkdwn.js";

function section(block, form) {
  return [
    h(
      "div",
      { class: "section-body" },
      block.text && h("div", { class: "section-text" }, textObject(block.text)),
      block.fields &&
        h(
          "div",
          { class: "section-fields" },
          block.fields.map((field) => h("div", {}, textObject(field))),
        ),
    ),
    block.accessory && h("div", { class: "section-accessory" }, actionElement(block.accessory, block.block_id, form)),
  ];
}

function context(block) {
  return block.elements.map((element) => {
    if (element.type === "image")
      return h("img", { class: "context-image", src: element.image_url, alt: element.alt_text });
    return h("span", { class: "context-text" }, textObject(element));
  });
}

/** Where a picture lies that was uploaded: by its address, or by the file's id. */
function slackFile(file) {
  return file.url ?? `/files/${encodeURIComponent(file.id)}/picture`;
}

function image(block) {
  const picture = h("img", {
    class: "block-picture",
    src: block.image_url ?? slackFile(block.slack_file),
    alt: block.alt_text,
  });
  return h("figure", {}, block.title && h("figcaption", {}, textObject(block.title)), picture);
}

function setError(error, control, describedBy, message) {
  error.textContent = message ?? "";
  error.hidden = !message;
  if (message) {
    control.setAttribute("aria-invalid", "true");
    control.setAttribute("aria-describedby", [error.id, ...describedBy].join(" "));
  } else {
    control.removeAttribute("aria-invalid");
    control.setAttribute("aria-describedby", describedBy.join(" "));
  }
}

function input(block, form) {
  const ids = { label: uniqueId("label"), field: uniqueId("field"), hint: uniqueId("hint"), error: uniqueId("error") };
  const describedBy = block.hint ? [ids.hint] : [];
  const error = h("p", { class: "input-error", id: ids.error, hidden: true, data: { errorFor: block.block_id } });
  const field = fieldElement(block.element, {
    blockId: block.block_id,
    form,
    id: ids.field,
    optional: block.optional ?? false,
    dispatches: block.dispatch_action ?? false,
    aria: {
      "aria-labelledby": ids.label,
      "aria-describedby": describedBy.join(" ") || null,
      "aria-required": block.optional ? null : "true",
    },
    showError: (message) => setError(error, field.control, describedBy, message),
  });
  const optional = block.optional && h("span", { class: "optional" }, " (optional)");
  return [
    h("label", { class: "input-label", id: ids.label, for: ids.field }, textObject(block.label), optional),
    field ? field.node : unknown("element", block.element.type),
    error,
    block.hint && h("p", { class: "input-hint", id: ids.hint }, textObject(block.hint)),
  ];
}

const BLOCKS = {
  header: (block) => h("h3", {}, textObject(block.text)),
  section,
  context,
  image,
  input,
  table,
  divider: () => h("hr"),
  actions: (block, form) => block.elements.map((element) => actionElement(element, block.block_id, form)),
  rich_text: richText,
};

/** One block's element, marked with its id and kind. */
function blockNode(block, form) {
  const known = Object.hasOwn(BLOCKS, block.type);
  const content = known ? BLOCKS[block.type](block, form) : unknown("block", block.type);
  return h("div", { class: `block block-${block.type}`, data: { blockId: block.block_id } }, content);
}

/** All blocks in one container, whose form it becomes. */
export function blocksNode(blocks, form) {
  form.root = h(
    "div",
    { class: "blocks" },
    blocks.map((block) => blockNode(block, form)),
  );
  return form.root;
}
