// Line icons on a 20 by 20 grid, drawn in the colour of the surrounding text.
import { h } from "./dom.js";

const SVG = "http://www.w3.org/2000/svg";

const SHAPES = {
  bolt: ["M11 2.5 4.5 11.5H9.5L8.5 17.5 15.5 8.5H10.5Z"],
  chevron: ["M5.5 8 10 12.5 14.5 8"],
  close: ["M5 5 15 15", "M15 5 5 15"],
  copy: ["M7.5 7.5H16V16H7.5Z", "M12.5 4.5H4V13"],
  eye: [
    "M2.5 10C5 5.8 7.5 4.8 10 4.8S15 5.8 17.5 10C15 14.2 12.5 15.2 10 15.2S5 14.2 2.5 10Z",
    "M10 7.7A2.3 2.3 0 1 1 9.99 7.7Z",
  ],
  file: ["M5.5 2.5H11.5L15 6V17.5H5.5Z", "M11.5 2.5V6H15"],
  home: ["M3.5 9.5 10 3.5 16.5 9.5", "M5.5 8.5V16.5H14.5V8.5"],
  more: ["M10 4.5V4.51", "M10 10V10.01", "M10 15.5V15.51"],
  send: ["M3.5 3.5 17 10 3.5 16.5 5.5 10Z", "M5.5 10H11"],
  thread: ["M3.5 4.5H16.5V13.5H9.5L6 16.5V13.5H3.5Z"],
  traffic: ["M6.5 16V4", "M3.5 7 6.5 4 9.5 7", "M13.5 4V16", "M10.5 13 13.5 16 16.5 13"],
  warning: ["M10 3 17.5 16H2.5Z", "M10 8V11.5", "M10 13.7V13.71"],
};

/** The icon of that name as an element hidden from screen readers; what it means is said by its button's label. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  for (const shape of SHAPES[name]) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", shape);
    svg.append(path);
  }
  return svg;
}

/** A button that shows only an icon. */
export function iconButton(name, label, onClick, props = {}) {
  return h(
    "button",
    { type: "button", class: "icon-button", "aria-label": label, title: label, ...props, on: { click: onClick } },
    icon(name),
  );
}
