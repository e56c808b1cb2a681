// One map: built once, then only restyled. `scene` = { view, geometry, lines } and the layers that travel packed (points,
// groups, venues, counts, limits), `emit` takes clicks; an export gives the Leaflet map that folium has made.

import { albersCrs, fitProjected, projectedBounds } from "./projection.js";
import { drawSwatch, hatchPattern, markSprite } from "./marks.js";
import { addPaintedPane, pixelPlacer } from "./painted.js";
import { unpackGroups, unpackPoints } from "./dots.js";
import { addButtons, addScale, buildStage, element, hideTip, showLegend } from "./furniture.js";
import { paintLabels } from "./labels.js";
import { boxOf } from "./topology.js";
import { syncPin } from "./pin.js";
import { unpackLimits } from "./limits.js";
import { unpackCounts } from "./counts.js";
import { choicesOf, isOn, syncPanel } from "./panel.js";
import { paintLayers } from "./layers.js";
import { syncLasso } from "./lasso.js";
import { listen } from "./pointing.js";
import { syncTwins } from "./twins.js";

// Layers that travel packed, and who unpacks each.
const UNPACK = { points: unpackPoints, groups: unpackGroups, venues: unpackPoints, counts: unpackCounts, limits: unpackLimits };
const FIT_PX = 18;
const WIDE_PX = 640;
// The islands and banks of the South China Sea, which an inset shows, lie wholly south of Hainan or east of it.
const isIsland = ([west, , , north]) => north < 18.1 || (west > 111.2 && north < 21);
const INSET_BOX = [105.6, 2.8, 123.4, 24.9]; // west, south, east, north of the inset
const BORDERS = {
  inner: { color: "#ffffff", weight: 0.7, opacity: 0.95 },
  city: { color: "#6b7280", weight: 0.7, opacity: 0.75 },
  province: { color: "#4b5563", weight: 1, opacity: 0.85 },
  outer: { color: "#7b8491", weight: 0.9, opacity: 0.9 },
};
// Where the areas are provinces, their borders are the inner ones.
const PROVINCE_LEVEL = { ...BORDERS, province: { color: "#ffffff", weight: 1, opacity: 0.95 } };
// Of the line layer only what a map of the nation must show: the dashes, and the border not yet drawn by treaty.
const LINES = {
  south_china_sea: { color: "#8f1d18", weight: 1.8, opacity: 0.9 },
  undetermined: { color: "#4b5563", weight: 1, opacity: 0.8, dashArray: "4 4" },
};
const OUTLINE = { color: "#1f2937", weight: 1.6, opacity: 1 };
const HIGHLIGHT = { color: "#b3261e", weight: 2.6, opacity: 1 };
const HOVER = { color: "#111827", weight: 2, opacity: 0.9 };
const NO_COLOR = "#e5e7eb";

export function showMap(L, root, scene, emit, given) {
  const made = root.coverageMap;
  if (made && made.national !== scene.view.national) removeMap(root);
  const state = root.coverageMap || createMap(L, root, scene.view, given);
  Object.assign(state, { scene, emit });
  syncAreas(state);
  syncLayers(state);
  styleAreas(state);
  syncPin(state);
  syncLasso(state);
  syncPanel(state, () => {
    fillAreas(state);
    repaint(state);
  });
  showTexts(state);
  syncTwins(state);
  syncView(state);
  repaint(state);
  // Leaflet draws in the next frame; the frame after it shows the values.
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      if (state.scene === scene) root.dataset.ready = "1";
    }),
  );
}

function repaint(state) {
  state.panes.forEach((pane) => pane.repaint());
}

export function removeMap(root) {
  const state = root.coverageMap;
  if (!state) return;
  state.resizes.disconnect();
  [state.map, state.inset && state.inset.map].filter(Boolean).forEach((map) => map.remove());
  root.textContent = "";
  delete root.coverageMap;
}

function createMap(L, root, view, given) {
  const parts = buildStage(root, given && given.getContainer());
  const map = given || newMap(L, parts.canvas, view.national);
  const { crs } = map.options;
  const state = { L, root, map, crs, national: view.national, ...parts, stamps: {}, bodies: {}, panes: [], zoomedKey: null };
  Object.assign(state, { choices: choicesOf(root), markHovered: (area) => markHovered(state, area) });
  root.coverageMap = state;
  addPanes(state);
  addButtons(L, map, view.words, () => fitView(state));
  addScale(L, map, view.words);
  listen(state, map, true);
  state.resizes = new ResizeObserver(() => followSize(state));
  state.resizes.observe(parts.canvas);
  return state;
}

function newMap(L, canvas, national) {
  return L.map(canvas, {
    crs: national ? albersCrs(L) : L.CRS.EPSG3857,
    attributionControl: false, // its default prefix shows a foreign flag
    zoomControl: false,
    zoomSnap: 0.05,
    zoomDelta: 0.5,
    wheelPxPerZoomLevel: 110,
    minZoom: 2,
    maxZoom: 17,
  }).setView([35, 105], 4, { animate: false });
}

function addPanes(state) {
  const { L, map } = state;
  state.stamp = (shape, radius, color) => {
    const key = `${shape} ${radius} ${color}`;
    state.stamps[key] = state.stamps[key] || markSprite(shape, radius, color);
    return state.stamps[key];
  };
  state.areaCanvas = L.canvas({ padding: 0.25 });
  map.createPane("coverage-hover").style.zIndex = 410;
  map.getPane("coverage-hover").style.pointerEvents = "none";
  state.hoverCanvas = L.canvas({ pane: "coverage-hover", padding: 0.25 });
  const dots = addPaintedPane(L, map, "coverage-dots", 420, (context, bounds) => {
    if (state.scene) paintLayers(state, context, bounds, pixelPlacer(L, map));
  });
  const labels = addPaintedPane(L, map, "coverage-labels", 430, (context, bounds) => {
    if (!state.scene || !state.scene.view.labels) return;
    const texts = state.scene.view.label_texts;
    paintLabels(context, bounds, map, state.shapes, ({ id, name }) => texts[id] || name);
  });
  state.panes = [dots, labels];
}

// Areas: polygons without strokes, each border once above them, 九段线 on top.
function syncAreas(state) {
  const { geometry, lines, view } = state.scene;
  const key = [view.geometry, view.inset, ...(view.only || ["all"])].join(" ");
  if (state.areasKey === key) return;
  state.areasKey = key;
  const wanted = view.only && new Set(view.only);
  state.shapes = geometry.shapes.filter(({ id }) => !wanted || wanted.has(id));
  const borders = geometry.borders.filter(({ owners }) => owners.some(({ id }) => !wanted || wanted.has(id)));
  if (state.drawn) state.drawn.group.remove();
  state.drawn = drawAreas(state, state.map, state.areaCanvas, state.shapes, borders, lines);
  if (state.inset) removeInset(state);
  if (view.inset) addInset(state, borders, lines);
}

function drawAreas({ L, scene }, map, renderer, shapes, borders, lines) {
  const group = L.layerGroup().addTo(map);
  const common = { renderer, interactive: false, smoothFactor: 0.6 };
  const polygons = new Map();
  shapes.forEach((shape) => {
    const polygon = L.polygon(shape.rings.map(flip), { ...common, stroke: false, fillOpacity: 1, fillRule: "evenodd" });
    polygons.set(shape.id, polygon.addTo(group));
  });
  Object.keys(BORDERS).forEach((rank) => {
    const style = (scene.view.level === "provinces" ? PROVINCE_LEVEL : BORDERS)[rank];
    const ranked = borders.filter((border) => border.rank === rank).map(({ line }) => flip(line));
    L.polyline(ranked, { ...common, ...style }).addTo(group);
  });
  lines.shapes
    .filter(({ kind }) => LINES[kind])
    .forEach(({ kind, rings }) => L.polyline(rings.map(flip), { ...common, ...LINES[kind] }).addTo(group));
  return { group, polygons };
}

function flip(line) {
  return line.map(([lon, lat]) => [lat, lon]);
}

function styleAreas(state) {
  const { view } = state.scene;
  fillAreas(state);
  if (state.marked) state.marked.remove();
  state.marked = state.L.layerGroup().addTo(state.map);
  view.outline.forEach((id) => outline(state, state.marked, id, OUTLINE));
  outline(state, state.marked, view.highlight, HIGHLIGHT);
}

function fillAreas(state) {
  const { view } = state.scene;
  state.hatches = state.hatches || { no_data: hatchPattern("no_data"), suppressed: hatchPattern("suppressed") };
  [state.drawn, state.inset && state.inset.drawn].filter(Boolean).forEach(({ polygons }) => {
    polygons.forEach((polygon, id) => polygon.setStyle({ fillColor: fillOf(state, view, id) }));
  });
}

function fillOf(state, view, id) {
  const value = view.values[id];
  if (!isOn(state, "areas")) return NO_COLOR;
  if (view.hatched[id]) return state.hatches[view.hatched[id]];
  if (view.colors.length === 0) return NO_COLOR;
  if (value === null || value === undefined) return state.hatches.no_data;
  return view.colors[classOf(view.classes, value)];
}

// Class i holds limits[i] <= value < limits[i + 1]; a limit of null has no end.
function classOf(limits, value) {
  const above = limits.slice(1, -1).filter((limit) => limit !== null && value >= limit);
  return above.length;
}

function outline(state, group, id, style) {
  const shape = state.shapes.find((candidate) => candidate.id === id);
  if (!shape) return;
  const options = { renderer: state.hoverCanvas, interactive: false, fill: false, smoothFactor: 0.6, ...style };
  state.L.polygon(shape.rings.map(flip), options).addTo(group);
}

function syncLayers(state) {
  Object.entries(UNPACK).forEach(([name, unpack]) => {
    const body = state.scene[name];
    if (body !== state.bodies[name]) state[name] = body && unpack(state.L, state.crs, body);
    state.bodies[name] = body;
  });
}

function showTexts(state) {
  const { view } = state.scene;
  const hasControls = view.pin || view.layers.length || view.can_lasso;
  state.root.setAttribute("role", hasControls ? "group" : "img"); // what is within an image, nobody can reach
  state.root.setAttribute("aria-label", view.aria_label);
  state.notice.textContent = view.notice;
  state.notice.hidden = !view.notice;
  showLegend(state.legend, view.layers.length ? null : view.legend, drawSwatch);
  hideTip(state.tip);
}

// The reader's zoom and centre stay until the view key changes.
function syncView(state) {
  if (state.zoomedKey === state.scene.view.view_key) return;
  if (fitView(state)) state.zoomedKey = state.scene.view.view_key;
}

function fitView(state) {
  const { L, map, crs, scene } = state;
  map.invalidateSize({ pan: false, debounceMoveend: false });
  if (map.getSize().x === 0) return false;
  // The nation leaves its corners empty; anything else makes room for legend and inset.
  const roomy = map.getSize().x > WIDE_PX && !scene.view.national;
  const left = FIT_PX + (roomy ? state.legend.offsetWidth : 0);
  const right = FIT_PX + (roomy && state.inset ? state.inset.frame.offsetWidth : 0);
  const bounds = projectedBounds(L, crs, ringsToShow(state));
  if (bounds.isValid()) {
    const { center, zoom } = fitProjected(L, map, bounds, [left, FIT_PX, right, FIT_PX]);
    map.setView(center, zoom, { animate: false });
  }
  if (state.inset) fitInset(state);
  return true;
}

function ringsToShow({ shapes, scene }) {
  const { bounds, fit, inset } = scene.view;
  if (bounds) return [frameOf(bounds)];
  const wanted = shapes.filter(({ id }) => fit.includes(id));
  const rings = [].concat(...(wanted.length ? wanted : shapes).map((shape) => shape.rings));
  return inset ? rings.filter((ring) => !isIsland(boxOf([ring]))) : rings;
}

function frameOf([west, south, east, north]) {
  const steps = Array.from({ length: 21 }, (_, i) => i / 20);
  const along = steps.map((share) => west + share * (east - west));
  return [...along.map((lon) => [lon, south]), ...along.map((lon) => [lon, north])];
}

function followSize(state) {
  state.map.invalidateSize({ pan: false });
  if (state.scene) syncView(state);
}

function addInset(state, borders, lines) {
  const { L, crs } = state;
  const frame = element("div", "coverage-map-inset");
  const canvas = element("div", "coverage-map-inset-canvas");
  frame.append(canvas, element("span", "coverage-map-inset-title", state.scene.view.words.inset));
  state.stage.append(frame);
  const still = { zoomControl: false, dragging: false, scrollWheelZoom: false, doubleClickZoom: false };
  const map = L.map(canvas, {
    ...still, crs, attributionControl: false, boxZoom: false, keyboard: false, touchZoom: false, zoomSnap: 0.05, minZoom: 0,
  });
  map.setView([14, 114], 3, { animate: false });
  const near = ({ box }) => box[2] > INSET_BOX[0] - 4 && box[3] > INSET_BOX[1] && box[1] < INSET_BOX[3] + 4;
  const shapes = state.shapes.filter(near);
  const kept = borders.filter(({ owners }) => owners.some(near));
  state.inset = { map, frame, drawn: drawAreas(state, map, L.canvas(), shapes, kept, lines) };
  listen(state, map, false);
}

function fitInset({ L, crs, inset }) {
  inset.map.invalidateSize({ pan: false });
  const bounds = projectedBounds(L, crs, [frameOf(INSET_BOX)]);
  const { center, zoom } = fitProjected(L, inset.map, bounds, [0, 0, 0, 0]);
  inset.map.setView(center, zoom, { animate: false });
}

function removeInset(state) {
  state.inset.map.remove();
  state.inset.frame.remove();
  state.inset = null;
}

// The area under the pointer gets a border of its own.
function markHovered(state, area) {
  if (area === state.hovered) return;
  if (state.hoverMark) state.hoverMark.remove();
  state.hoverMark = state.L.layerGroup().addTo(state.map);
  outline(state, state.hoverMark, area, HOVER);
  state.hovered = area;
}
