// The panel beside the map: what is drawn can be switched on and off, without running anything on the server.

import { drawSwatch } from "./marks.js";
import { element } from "./furniture.js";
import { heatLegend } from "./heat.js";

const NO_HEAT = "";
const CATEGORY = "points/";

// What a reader chose lives as long as the map of the page: { on: { layer or category: true | false }, heat: label, isOpen }.
export function choicesOf(root) {
  root.coverageChoices = root.coverageChoices || { on: {}, heat: NO_HEAT, isOpen: true };
  return root.coverageChoices;
}

export function isOn({ scene, choices }, name) {
  const { layers } = scene.view;
  const layer = layers.find((candidate) => candidate.name === name);
  if (layers.length && !layer && !isCategory(name)) return false; // there is nothing of it here, whatever was chosen elsewhere
  if (name in choices.on) return choices.on[name];
  return layer ? layer.is_on : true;
}

// Of each category whether its points are drawn.
export function shownCategories(state) {
  const { categories } = state.scene.view;
  return categories.map(({ label }) => isOn(state, "points") && isOn(state, categoryKey(label)));
}

function categoryKey(label) {
  return `${CATEGORY}${label}`;
}

function isCategory(name) {
  return name.startsWith(CATEGORY);
}

// The heat that is shown: { label, categories }, or null.
export function heatShown({ scene, choices }) {
  return scene.view.heats.find(({ label }) => label === choices.heat) || null;
}

export function syncPanel(state, redraw) {
  const { panel, scene } = state;
  const { layers, heats, words, categories } = scene.view;
  const key = JSON.stringify([layers, heats, words, categories]);
  if (state.panelKey === key) return;
  state.panelKey = key;
  const focused = panel.contains(document.activeElement) && document.activeElement.dataset.key;
  panel.textContent = "";
  panel.hidden = layers.length === 0;
  panel.setAttribute("aria-label", words.layers);
  if (panel.hidden) return;
  const body = element("div", "coverage-map-panel-body");
  panel.append(toggleButton(state, body), body);
  layers.forEach((layer) => body.append(layerSection(state, layer, redraw)));
  if (heats.length) body.append(heatSection(state, redraw));
  const again = focused && Array.from(panel.querySelectorAll("[data-key]")).find((node) => node.dataset.key === focused);
  if (again) again.focus();
}

function toggleButton({ panel, choices, scene }, body) {
  const button = element("button", "coverage-map-panel-toggle", scene.view.words.layers);
  button.type = "button";
  button.dataset.key = "toggle";
  const show = () => {
    button.setAttribute("aria-expanded", String(choices.isOpen));
    panel.classList.toggle("coverage-map-panel-closed", !choices.isOpen);
    body.hidden = !choices.isOpen;
  };
  button.addEventListener("click", () => {
    choices.isOpen = !choices.isOpen;
    show();
  });
  show();
  return button;
}

// A layer with one mark has it in its own row.
function layerSection(state, layer, redraw) {
  const section = element("section", "coverage-map-layer");
  const [entry, ...others] = layer.entries;
  if (entry && !others.length && entry.category < 0) {
    const row = switchRow(state, layer.name, layer.label, "coverage-map-layer-name", redraw);
    row.insertBefore(drawSwatch(entry), row.lastChild);
    section.append(row);
    return section;
  }
  const rows = element("div", "coverage-map-layer-rows");
  layer.entries.forEach((each) => rows.append(entryRow(state, each, redraw)));
  const onChange = () => {
    rows.classList.toggle("coverage-map-layer-off", !isOn(state, layer.name));
    redraw();
  };
  section.append(switchRow(state, layer.name, layer.label, "coverage-map-layer-name", onChange), rows);
  rows.classList.toggle("coverage-map-layer-off", !isOn(state, layer.name));
  return section;
}

function entryRow(state, entry, redraw) {
  const swatch = drawSwatch(entry);
  if (entry.category < 0) {
    const row = element("div", "coverage-map-legend-row");
    row.append(swatch, element("span", "coverage-map-legend-label", entry.label));
    return row;
  }
  const key = categoryKey(state.scene.view.categories[entry.category].label);
  const row = switchRow(state, key, entry.label, "coverage-map-legend-row", redraw);
  row.insertBefore(swatch, row.lastChild);
  return row;
}

function switchRow(state, key, label, className, onChange) {
  const row = element("label", className);
  const box = element("input");
  box.type = "checkbox";
  box.checked = isOn(state, key);
  box.dataset.key = key;
  box.addEventListener("change", () => {
    state.choices.on[key] = box.checked;
    onChange();
  });
  row.append(box, element("span", "coverage-map-legend-label", label));
  return row;
}

function heatSection(state, redraw) {
  const { heats, words, heat_colors: colors } = state.scene.view;
  const section = element("section", "coverage-map-layer");
  const row = element("label", "coverage-map-layer-name coverage-map-heat-name", words.heat);
  const select = element("select");
  select.dataset.key = "heat";
  [[NO_HEAT, words.no_heat], ...heats.map(({ label }) => [label, label])].forEach(([value, text]) => {
    const option = element("option", "", text);
    option.value = value;
    select.append(option);
  });
  const legend = heatLegend(colors, words);
  select.value = heatShown(state) ? state.choices.heat : NO_HEAT;
  legend.hidden = select.value === NO_HEAT;
  select.addEventListener("change", () => {
    state.choices.heat = select.value;
    legend.hidden = select.value === NO_HEAT;
    redraw();
  });
  row.append(select);
  section.append(row, legend);
  return section;
}
