// All that is painted between the areas and their names, in its order; heat stands in place of it.

import { paintCounts, gather } from "./counts.js";
import { paintGroups, paintPoints, paintRings, paintSelected } from "./dots.js";
import { paintHeat } from "./heat.js";
import { paintLimits, projectCircles } from "./limits.js";
import { heatShown, isOn, shownCategories } from "./panel.js";

const LIMIT = { width: 1, dash: [4, 3] };
const REACH = { width: 1.6, dash: [6, 4], fill: "rgba(179, 38, 30, 0.05)" };
const RING_PX = 3;

export function paintLayers(state, context, bounds, placer) {
  const heat = heatShown(state);
  if (heat && state.points) {
    const { categories, heat_colors: colors } = state.scene.view;
    paintHeat(context, bounds, placer, state.points, categories.map((_, k) => heat.categories.includes(k)), colors);
    return;
  }
  paintCircles(state, context, bounds, placer);
  paintDots(state, context, bounds, placer);
  if (state.counts && isOn(state, "counts")) {
    state.bubbles = gather(state.counts, placer);
    paintCounts(context, bounds, state.bubbles);
  }
}

function paintCircles(state, context, bounds, placer) {
  const { limits, crs, scene } = state;
  const { reach } = scene.view;
  if (limits && isOn(state, "limits")) paintLimits(context, bounds, placer, limits(), { ...LIMIT, color: colorOf(scene.view, "limits") });
  if (!reach || !isOn(state, "reach")) return;
  const circle = projectCircles(crs, [reach.lon, reach.lat], [reach.radius_m]);
  paintLimits(context, bounds, placer, circle, { ...REACH, color: colorOf(scene.view, "reach") });
}

// As in the legend, so that they cannot differ.
function colorOf({ layers }, name) {
  return layers.find((layer) => layer.name === name).entries[0].color;
}

function paintDots(state, context, bounds, placer) {
  const { points, groups, venues, scene, stamp } = state;
  const { categories, unit_categories: units, selected } = scene.view;
  const shown = shownCategories(state);
  if (points) {
    const size = paintPoints(context, bounds, placer, points, categories, stamp, shown);
    const ringed = categories.map((_, k) => shown[k] && units.includes(k));
    if (size && ringed.some(Boolean) && isOn(state, "units")) {
      paintRings(context, bounds, placer, points, ringed, stamp("ring", size + RING_PX, colorOf(scene.view, "units")));
    }
  }
  if (groups && isOn(state, "groups")) paintGroups(context, placer, groups, categories, stamp);
  if (venues && isOn(state, "venues")) paintPoints(context, bounds, placer, venues, categories, stamp, categories.map(() => true));
  if (points && selected.length) paintSelected(context, placer, points, selected);
}
