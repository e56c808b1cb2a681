// What lies under the pointer, its tooltip, and what a click on it tells the page.

import { pixelPlacer } from "./painted.js";
import { nearest, together } from "./dots.js";
import { bubbleAt } from "./counts.js";
import { hideTip, showTip } from "./furniture.js";
import { heatShown, isOn, shownCategories } from "./panel.js";
import { isDrawing } from "./lasso.js";
import { placedAt } from "./pin.js";
import { shapeAt } from "./topology.js";

const REACH_PX = 12;
const SAME_PX = 2;
const CLICK_PX = 5;

export function listen(state, map, withDots) {
  let pressed = null;
  map.on("mousedown", ({ containerPoint }) => {
    pressed = containerPoint;
  });
  map.on("click", (event) => {
    // A drag begun while the map still zooms does not move it, but is no click either.
    if (isDrawing(state) || (pressed && pressed.distanceTo(event.containerPoint) > CLICK_PX)) return;
    if (withDots && state.scene.view.placing) {
      state.emit(placedAt(event.latlng, state.scene.view));
      return;
    }
    const hit = hitAt(state, map, event, withDots);
    if (hit && hit.zoomTo) map.fitBounds(hit.zoomTo);
    else if (hit && hit.told) state.emit(hit.told);
  });
  map.on("mousemove", (event) => {
    cancelAnimationFrame(state.moving);
    state.moving = requestAnimationFrame(() => state.root.coverageMap === state && hover(state, map, event, withDots));
  });
  map.on("mouseout movestart zoomstart", () => {
    cancelAnimationFrame(state.moving);
    hover(state, map, null, withDots);
  });
}

// What lies under a place of the map: a number before a lead before a point before a venue before an area; `told` goes to
// the page, `title` and `lines` to the reader.
function hitAt(state, map, { latlng, layerPoint }, withDots) {
  if (withDots && !heatShown(state)) {
    const place = state.crs.projection.project(latlng);
    const perMetre = pixelPlacer(state.L, map).perMetre;
    const hit =
      hitCount(state, layerPoint) || hitGroup(state, place, perMetre) || hitPoint(state, place, perMetre) || hitVenue(state, place, perMetre);
    if (hit) return hit;
  }
  const shape = shapeAt(state.shapes, latlng.lng, latlng.lat);
  if (!shape) return null;
  return { area: shape.id, told: { kind: "area", id: shape.id }, title: shape.name, lines: state.scene.view.tooltips[shape.id] || [] };
}

function hitCount(state, layerPoint) {
  const bubble = state.counts && isOn(state, "counts") && bubbleAt(state.bubbles || [], layerPoint);
  if (!bubble) return null;
  const [index, ...others] = bubble.members;
  const texts = bubble.members.slice(0, 6).map((i) => state.counts.texts[i]);
  const lines = bubble.members.length > 6 ? [...texts, "…"] : texts;
  const title = bubble.sum.toLocaleString("en-US");
  if (!others.length) return { told: { kind: "count", index, hash: state.scene.counts.hash }, title, lines };
  return { zoomTo: bubble.members.map((i) => state.counts.latlng(i)), title, lines };
}

function hitGroup(state, place, perMetre) {
  const { groups, scene } = state;
  if (!groups || !isOn(state, "groups")) return null;
  const index = nearest(groups.hubs, groups.grid, place, REACH_PX / perMetre);
  return index < 0 ? null : { told: { kind: "group", index, hash: scene.groups.hash }, title: textOf(groups, index, scene.view), lines: [] };
}

function hitPoint(state, place, perMetre) {
  const { points, scene } = state;
  if (!points) return null;
  const shown = shownCategories(state);
  const isShown = (i) => shown[points.categories[i]];
  const index = nearest(points, points.grid, place, REACH_PX / perMetre, isShown);
  if (index < 0) return null;
  const same = together(points, points.grid, index, SAME_PX / perMetre, isShown);
  const lines = same.length > 1 ? [`${same.length} ${scene.view.words.together}`] : [];
  const told = { kind: "point", index, hash: scene.points.hash, together: same };
  return { told, title: textOf(points, index, scene.view), lines };
}

function hitVenue(state, place, perMetre) {
  const { venues, scene } = state;
  if (!venues || !isOn(state, "venues")) return null;
  const index = nearest(venues, venues.grid, place, REACH_PX / perMetre);
  return index < 0 ? null : { title: textOf(venues, index, scene.view), lines: [scene.view.categories[venues.categories[index]].label] };
}

function textOf({ texts, categories }, index, view) {
  return texts.length ? texts[index] : view.categories[categories[index]].label;
}

function hover(state, map, event, withDots) {
  const hit = event && !isDrawing(state) && hitAt(state, map, event, withDots);
  map.getContainer().style.cursor = hit && (hit.told || hit.zoomTo) ? "pointer" : "";
  state.markHovered(hit ? hit.area : null);
  if (!hit) {
    hideTip(state.tip);
    return;
  }
  const place = state.L.DomEvent.getMousePosition(event.originalEvent, state.stage);
  showTip(state.stage, state.tip, place, hit.title, hit.lines);
}
