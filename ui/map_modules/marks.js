// Hatches and symbols: one drawing for map and legend, so that they cannot differ.

export const FONT = '"Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", SimHei, sans-serif';
const HATCH_PX = 8;
const MARK_EDGE = "#ffffff";

export function hatchPattern(kind) {
  const tile = document.createElement("canvas");
  tile.width = HATCH_PX;
  tile.height = HATCH_PX;
  const context = tile.getContext("2d");
  context.fillStyle = "#f4f4f2";
  context.fillRect(0, 0, HATCH_PX, HATCH_PX);
  if (kind === "suppressed") drawDots(context);
  else drawStrokes(context);
  return context.createPattern(tile, "repeat");
}

// No data: thin slanted strokes. The two short ones close the seam between tiles.
function drawStrokes(context) {
  context.strokeStyle = "#a3a6aa";
  context.lineWidth = 1;
  [-HATCH_PX, 0, HATCH_PX].forEach((shift) => {
    context.beginPath();
    context.moveTo(shift - 1, HATCH_PX + 1);
    context.lineTo(shift + HATCH_PX + 1, -1);
    context.stroke();
  });
}

// Too few to show: dots.
function drawDots(context) {
  context.fillStyle = "#6f747a";
  [
    [2, 2],
    [6, 6],
  ].forEach(([x, y]) => {
    context.beginPath();
    context.arc(x, y, 1.3, 0, 2 * Math.PI);
    context.fill();
  });
}

const CORNERS = {
  square: [[-0.85, -0.85], [0.85, -0.85], [0.85, 0.85], [-0.85, 0.85]],
  diamond: [[0, -1.2], [1.2, 0], [0, 1.2], [-1.2, 0]],
  triangle: [[0, -1.1], [1.1, 0.85], [-1.1, 0.85]],
  triangle_down: [[0, 1.1], [1.1, -0.85], [-1.1, -0.85]],
  cross: [
    [-0.4, -1.1], [0.4, -1.1], [0.4, -0.4], [1.1, -0.4], [1.1, 0.4], [0.4, 0.4],
    [0.4, 1.1], [-0.4, 1.1], [-0.4, 0.4], [-1.1, 0.4], [-1.1, -0.4], [-0.4, -0.4],
  ],
  star: Array.from({ length: 10 }, (_, i) => {
    const radius = i % 2 ? 0.6 : 1.35;
    return [radius * Math.sin((i * Math.PI) / 5), -radius * Math.cos((i * Math.PI) / 5)];
  }),
};

export function drawMark(context, shape, x, y, radius, color) {
  if (shape === "ring") {
    strokeRing(context, x, y, radius, color);
    return;
  }
  context.beginPath();
  if (shape === "circle") context.arc(x, y, radius, 0, 2 * Math.PI);
  else CORNERS[shape].forEach(([dx, dy]) => context.lineTo(x + dx * radius, y + dy * radius));
  context.closePath();
  context.fillStyle = color;
  context.fill();
  context.lineWidth = Math.max(0.75, radius / 5);
  context.strokeStyle = MARK_EDGE;
  context.stroke();
}

function strokeRing(context, x, y, radius, color) {
  [[MARK_EDGE, 2.6], [color, 1.4]].forEach(([edge, width]) => {
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.strokeStyle = edge;
    context.lineWidth = width;
    context.stroke();
  });
}

// A symbol drawn once and copied ten thousand times.
export function markSprite(shape, radius, color) {
  const ratio = window.devicePixelRatio || 1;
  const half = Math.ceil(radius * 1.5) + 1;
  const sprite = document.createElement("canvas");
  sprite.width = 2 * half * ratio;
  sprite.height = 2 * half * ratio;
  const context = sprite.getContext("2d");
  context.scale(ratio, ratio);
  drawMark(context, shape, half, half, radius, color);
  return { image: sprite, half };
}

const SWATCH = { width: 26, height: 16 };

export function drawSwatch(entry) {
  const ratio = window.devicePixelRatio || 1;
  const canvas = document.createElement("canvas");
  canvas.width = SWATCH.width * ratio;
  canvas.height = SWATCH.height * ratio;
  canvas.style.width = `${SWATCH.width}px`;
  canvas.style.height = `${SWATCH.height}px`;
  const context = canvas.getContext("2d");
  context.scale(ratio, ratio);
  SWATCHES[entry.swatch](context, entry);
  return canvas;
}

const SWATCHES = {
  area: (context, { color }) => fillSwatch(context, color),
  hatch: (context, { hatch }) => fillSwatch(context, hatchPattern(hatch)),
  mark: (context, { color, shape }) => drawMark(context, shape, SWATCH.width / 2, SWATCH.height / 2, 5, color),
  lead: (context, { color }) => drawMark(context, "star", SWATCH.width / 2, SWATCH.height / 2, 6, color || "#374151"),
  dashes: drawDashes,
  ring: (context, { color }) => drawMark(context, "ring", SWATCH.width / 2, SWATCH.height / 2, 6, color),
  limit: drawLimitSwatch,
  count: (context) => drawBubble(context, SWATCH.width / 2, SWATCH.height / 2, "8"),
};

function fillSwatch(context, fill) {
  context.fillStyle = fill;
  context.fillRect(0.5, 0.5, SWATCH.width - 1, SWATCH.height - 1);
  context.strokeStyle = "rgba(40, 44, 52, 0.35)";
  context.strokeRect(0.5, 0.5, SWATCH.width - 1, SWATCH.height - 1);
}

function drawDashes(context, { color }) {
  context.strokeStyle = color;
  context.lineWidth = 2;
  context.setLineDash([7, 4]);
  context.beginPath();
  context.moveTo(2, SWATCH.height / 2);
  context.lineTo(SWATCH.width - 2, SWATCH.height / 2);
  context.stroke();
}

function drawLimitSwatch(context, { color }) {
  context.strokeStyle = color;
  context.lineWidth = 1.2;
  context.setLineDash([4, 3]);
  context.beginPath();
  context.arc(SWATCH.width / 2, SWATCH.height / 2, 6.5, 0, 2 * Math.PI);
  context.stroke();
}

const BUBBLE_HEIGHT = 16;

// A number in a rounded box; returns half its width.
export function drawBubble(context, x, y, text) {
  context.font = `600 11px ${FONT}`;
  const half = Math.max(BUBBLE_HEIGHT / 2, context.measureText(text).width / 2 + 5);
  context.beginPath();
  context.roundRect(x - half, y - BUBBLE_HEIGHT / 2, 2 * half, BUBBLE_HEIGHT, BUBBLE_HEIGHT / 2);
  context.fillStyle = "#ffffff";
  context.fill();
  context.lineWidth = 1.2;
  context.strokeStyle = "#4b5563";
  context.stroke();
  context.fillStyle = "#22262e";
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(text, x, y + 0.5);
  return half;
}
