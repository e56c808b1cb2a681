// Drawing around organisations by hand. What lies inside, the server finds: only the corners leave the browser.

import { element } from "./furniture.js";

const MOST_CORNERS = 500; // as the server checks
const STEP_PX = 4;
const FEWEST_CORNERS = 3;
const DECIMALS = 6;
const DRAWN = { color: "#b3261e", weight: 2, dashArray: "6 4", interactive: false, fill: false };

// The button stands on every map that may be drawn on; it says whether drawing is on.
export function syncLasso(state) {
  const { can_lasso: can, words } = state.scene.view;
  if (can && !state.lasso) state.lasso = addLasso(state, words);
  if (!can && state.lasso) removeLasso(state);
  if (state.drawnLasso) state.drawnLasso.remove();
  const corners = state.scene.view.lasso.map(([lon, lat]) => [lat, lon]);
  state.drawnLasso = corners.length ? state.L.polygon(corners, { ...DRAWN, renderer: state.hoverCanvas }).addTo(state.map) : null;
}

export function isDrawing(state) {
  return Boolean(state.lasso && state.lasso.isOn);
}

function addLasso(state, words) {
  const { L, map } = state;
  const lasso = { isOn: false, corners: null, line: null };
  const Button = L.Control.extend({
    options: { position: "topleft" },
    onAdd() {
      const bar = element("div", "leaflet-bar leaflet-control");
      lasso.button = element("button", "coverage-map-lasso", words.lasso);
      lasso.button.type = "button";
      lasso.button.title = words.lasso_about;
      lasso.button.setAttribute("aria-label", words.lasso_about);
      L.DomEvent.disableClickPropagation(bar);
      lasso.button.addEventListener("click", () => switchLasso(state, !lasso.isOn));
      bar.append(lasso.button);
      return bar;
    },
  });
  lasso.control = new Button().addTo(map);
  lasso.button.setAttribute("aria-pressed", "false");
  lasso.handlers = listenForDrawing(state, lasso);
  return lasso;
}

function removeLasso(state) {
  switchLasso(state, false);
  state.lasso.control.remove();
  state.lasso.handlers.forEach(([name, handler]) => state.map.getContainer().removeEventListener(name, handler));
  state.lasso = null;
}

function switchLasso({ map, lasso }, isOn) {
  lasso.isOn = isOn;
  dropLine(lasso);
  lasso.button.setAttribute("aria-pressed", String(isOn));
  map.getContainer().classList.toggle("coverage-map-drawing", isOn);
  if (isOn) map.dragging.disable();
  else map.dragging.enable();
}

function dropLine(lasso) {
  lasso.corners = null;
  if (lasso.line) lasso.line.remove();
  lasso.line = null;
}

function listenForDrawing(state, lasso) {
  const container = state.map.getContainer();
  const isControl = (event) => event.target.closest(".leaflet-control");
  const handlers = [
    ["pointerdown", (event) => lasso.isOn && event.button === 0 && !isControl(event) && pressed(state, lasso, event)],
    ["pointermove", (event) => lasso.corners && addCorner(state, lasso, event)],
    ["pointerup", () => lasso.corners && endLine(state, lasso)],
    ["pointercancel", () => dropLine(lasso)],
    ["keydown", (event) => event.key === "Escape" && lasso.isOn && switchLasso(state, false)],
  ];
  handlers.forEach(([name, handler]) => container.addEventListener(name, handler));
  return handlers;
}

// A second finger is for moving the map: the line of the first is dropped.
function pressed(state, lasso, event) {
  if (lasso.corners) dropLine(lasso);
  else beginLine(state, lasso, event);
}

function beginLine(state, lasso, event) {
  state.map.getContainer().setPointerCapture(event.pointerId);
  lasso.corners = [];
  lasso.line = state.L.polyline([], { ...DRAWN, renderer: state.hoverCanvas }).addTo(state.map);
  addCorner(state, lasso, event);
}

function addCorner({ L, map }, lasso, event) {
  const place = L.DomEvent.getMousePosition(event, map.getContainer());
  const last = lasso.corners[lasso.corners.length - 1];
  if (last && place.distanceTo(last) < STEP_PX) return;
  lasso.corners.push(place);
  lasso.line.addLatLng(map.containerPointToLatLng(place));
}

function endLine(state, lasso) {
  const corners = thinned(lasso.corners).map((place) => state.map.containerPointToLatLng(place));
  if (corners.length >= FEWEST_CORNERS) {
    const polygon = corners.map(({ lng, lat }) => [Number(lng.toFixed(DECIMALS)), Number(lat.toFixed(DECIMALS))]);
    state.emit({ kind: "lasso", polygon });
  }
  lasso.corners = null;
  // The click that ends the line is none on what lies there.
  setTimeout(() => state.lasso === lasso && switchLasso(state, false));
}

function thinned(corners) {
  const every = Math.ceil(corners.length / MOST_CORNERS);
  return corners.filter((_, place) => place % every === 0);
}
