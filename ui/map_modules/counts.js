// Organisations of which only the county is known: one number a county, one sum where numbers would overlap.

import { bytesOf, unpackPoints } from "./dots.js";
import { drawBubble } from "./marks.js";

const APART_PX = { x: 34, y: 18 };
const ABOVE_NAME_PX = 17; // the name of the area stands at the place itself

export function unpackCounts(L, crs, body) {
  const places = unpackPoints(L, crs, body);
  const numbers = new Uint32Array(bytesOf(body.counts).buffer);
  const order = Array.from(numbers.keys()).sort((a, b) => numbers[b] - numbers[a] || a - b);
  const lonlat = new Float32Array(bytesOf(body.lonlat).buffer);
  return { ...places, numbers, order, latlng: (i) => [lonlat[2 * i + 1], lonlat[2 * i]] };
}

// Bubbles of this zoom, the largest county first: { x, y, sum, members }; a county that overlaps one joins it.
export function gather({ xs, ys, numbers, order }, placer) {
  const bubbles = [];
  order.forEach((i) => {
    const x = placer.x(xs[i]);
    const y = placer.y(ys[i]) - ABOVE_NAME_PX;
    const near = bubbles.find((bubble) => Math.abs(bubble.x - x) < APART_PX.x && Math.abs(bubble.y - y) < APART_PX.y);
    if (near) {
      near.sum += numbers[i];
      near.members.push(i);
    } else bubbles.push({ x, y, sum: numbers[i], members: [i] });
  });
  return bubbles;
}

// Paints the bubbles, and notes in each how wide it is: they are hit as they are seen.
export function paintCounts(context, bounds, bubbles) {
  bubbles
    .filter(({ x, y }) => x > bounds.min.x && x < bounds.max.x && y > bounds.min.y && y < bounds.max.y)
    .forEach((bubble) => {
      bubble.half = drawBubble(context, bubble.x, bubble.y, bubble.sum.toLocaleString("en-US"));
    });
}

export function bubbleAt(bubbles, { x, y }) {
  return bubbles.find((bubble) => bubble.half && Math.abs(bubble.x - x) <= bubble.half && Math.abs(bubble.y - y) <= APART_PX.y / 2);
}
