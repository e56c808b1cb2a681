// Names on areas, the larger areas first, left out where they would collide or not fit.

import { FONT } from "./marks.js";

const SIZE_PX = 12;
const ALWAYS = 40; // so few areas may carry names wider than themselves

export function paintLabels(context, bounds, map, shapes, textOf) {
  context.font = `500 ${SIZE_PX}px ${FONT}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.lineJoin = "round";
  context.lineWidth = 3;
  context.strokeStyle = "rgba(255, 255, 255, 0.9)";
  context.fillStyle = "#22262e";
  const taken = [];
  shapes
    .map((shape) => placeLabel(context, map, shape, textOf(shape), shapes.length > ALWAYS))
    .filter((label) => label && bounds.contains(label.at))
    .sort((a, b) => b.room - a.room || (a.text < b.text ? -1 : 1))
    .forEach((label) => {
      if (taken.some((other) => overlap(label, other))) return;
      taken.push(label);
      context.strokeText(label.text, label.at.x, label.at.y);
      context.fillText(label.text, label.at.x, label.at.y);
    });
}

function placeLabel(context, map, shape, text, mustFit) {
  const [west, south, east, north] = shape.box;
  const room = map.latLngToLayerPoint([south, east]).distanceTo(map.latLngToLayerPoint([north, west]));
  const width = context.measureText(text).width;
  if (mustFit && width > room * 0.8) return null;
  return { text, room, width, at: map.latLngToLayerPoint([shape.center[1], shape.center[0]]) };
}

function overlap(one, other) {
  const near = (one.width + other.width) / 2 + 4;
  return Math.abs(one.at.x - other.at.x) < near && Math.abs(one.at.y - other.at.y) < SIZE_PX + 3;
}
