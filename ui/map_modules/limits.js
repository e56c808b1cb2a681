// Travel limits: circles in true metres around a place, whatever the projection makes of them.

import { bytesOf, projectPairs } from "./dots.js";

const CORNERS_OF_CIRCLE = 48;
const MOST_DASHED = 300;
const AXIS_M = 6378137; // WGS-84
const ECCENTRICITY_SQUARED = 0.00669437999014;
const DEGREES = 180 / Math.PI;

// Circles are traced when they are first painted: most readers never switch them on.
export function unpackLimits(L, crs, body) {
  const floats = (text) => new Float32Array(bytesOf(text).buffer);
  let circles = null;
  return () => {
    circles = circles || projectCircles(crs, floats(body.lonlat), floats(body.radii));
    return circles;
  };
}

export function projectCircles(crs, lonlat, radii) {
  const pairs = new Float64Array(radii.length * CORNERS_OF_CIRCLE * 2);
  radii.forEach((radius, i) => {
    pairs.set(circleAround(lonlat[2 * i], lonlat[2 * i + 1], radius), i * CORNERS_OF_CIRCLE * 2);
  });
  return projectPairs(crs, pairs);
}

// Longitude and latitude of each corner, one after the other; within 0.1 % of the radius up to 30 km.
export function circleAround(lon, lat, radius) {
  const sine = Math.sin(lat / DEGREES);
  const shrunk = 1 - ECCENTRICITY_SQUARED * sine * sine;
  const northward = (AXIS_M * (1 - ECCENTRICITY_SQUARED)) / shrunk ** 1.5;
  const eastward = AXIS_M / Math.sqrt(shrunk);
  const corners = [];
  for (let k = 0; k < CORNERS_OF_CIRCLE; k += 1) {
    const angle = (2 * Math.PI * k) / CORNERS_OF_CIRCLE;
    const north = ((radius * Math.cos(angle)) / northward) * DEGREES;
    const middle = (lat + north / 2) / DEGREES;
    corners.push(lon + ((radius * Math.sin(angle)) / (eastward * Math.cos(middle))) * DEGREES, lat + north);
  }
  return corners;
}

// One by one: crossings within one path, and dashes where there are many, take the canvas a hundred times as long.
export function paintLimits(context, bounds, placer, { xs, ys }, style) {
  const starts = [];
  for (let start = 0; start < xs.length; start += CORNERS_OF_CIRCLE) {
    if (isInView(bounds, placer, xs, ys, start)) starts.push(start);
  }
  context.save();
  context.strokeStyle = style.color;
  context.lineWidth = style.width;
  context.fillStyle = style.fill || "transparent";
  context.setLineDash(starts.length > MOST_DASHED ? [] : style.dash);
  if (starts.length > MOST_DASHED) context.globalAlpha = 0.5;
  starts.forEach((start) => {
    context.beginPath();
    traceCircle(context, placer, xs, ys, start);
    context.fill();
    context.stroke();
  });
  context.restore();
}

// A quarter turn apart lie the northern, eastern, southern and western ends.
function isInView({ min, max }, placer, xs, ys, start) {
  const quarter = CORNERS_OF_CIRCLE / 4;
  const top = placer.y(ys[start]);
  const bottom = placer.y(ys[start + 2 * quarter]);
  return (
    placer.x(xs[start + 3 * quarter]) < max.x && placer.x(xs[start + quarter]) > min.x && top < max.y && bottom > min.y
  );
}

function traceCircle(context, placer, xs, ys, start) {
  context.moveTo(placer.x(xs[start]), placer.y(ys[start]));
  for (let k = start + 1; k < start + CORNERS_OF_CIRCLE; k += 1) context.lineTo(placer.x(xs[k]), placer.y(ys[k]));
  context.closePath();
}
