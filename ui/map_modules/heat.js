// Where points stand close: counted in small squares, smoothed, coloured by one ramp. Relative to the densest in view.

import { element } from "./furniture.js";

const CELL_PX = 4;
const BLUR_CELLS = 4;
const BLUR_TIMES = 3; // three running means are close to a bell curve
const FAINTEST = 0.06;

export function paintHeat(context, bounds, placer, points, wanted, colors) {
  const columns = Math.ceil((bounds.max.x - bounds.min.x) / CELL_PX);
  const rows = Math.ceil((bounds.max.y - bounds.min.y) / CELL_PX);
  let field = new Float32Array(columns * rows);
  for (let i = 0; i < points.xs.length; i += 1) {
    if (!wanted[points.categories[i]]) continue;
    const column = Math.floor((placer.x(points.xs[i]) - bounds.min.x) / CELL_PX);
    const row = Math.floor((placer.y(points.ys[i]) - bounds.min.y) / CELL_PX);
    if (column >= 0 && column < columns && row >= 0 && row < rows) field[row * columns + column] += 1;
  }
  for (let time = 0; time < BLUR_TIMES; time += 1) {
    field = blurred(field, columns, rows, 1, columns);
    field = blurred(field, rows, columns, columns, 1);
  }
  const densest = field.reduce((a, b) => Math.max(a, b), 0);
  if (densest === 0) return;
  context.imageSmoothingEnabled = true;
  context.drawImage(coloured(field, columns, rows, densest, colors), bounds.min.x, bounds.min.y, columns * CELL_PX, rows * CELL_PX);
}

// The running mean along lines of `length` cells, `step` apart; the next line begins `next` further on.
function blurred(field, length, lines, step, next) {
  const result = new Float32Array(field.length);
  const width = 2 * BLUR_CELLS + 1;
  for (let line = 0; line < lines; line += 1) {
    let sum = 0;
    for (let place = -BLUR_CELLS; place < length; place += 1) {
      if (place + BLUR_CELLS < length) sum += field[line * next + (place + BLUR_CELLS) * step];
      if (place > BLUR_CELLS) sum -= field[line * next + (place - BLUR_CELLS - 1) * step];
      if (place >= 0) result[line * next + place * step] = sum / width;
    }
  }
  return result;
}

function coloured(field, columns, rows, densest, colors) {
  const canvas = document.createElement("canvas");
  canvas.width = columns;
  canvas.height = rows;
  const image = new ImageData(columns, rows);
  const ramp = rampOf(colors);
  field.forEach((density, cell) => {
    const share = Math.sqrt(density / densest); // a city must not hide the towns
    if (share < FAINTEST) return;
    image.data.set(ramp.subarray(4 * Math.round(255 * share), 4 * Math.round(255 * share) + 3), 4 * cell);
    image.data[4 * cell + 3] = Math.min(225, 120 * (share / 0.25) ** 1.5);
  });
  canvas.getContext("2d").putImageData(image, 0, 0);
  return canvas;
}

// 256 steps from the first colour to the last, as red, green, blue, 255.
function rampOf(colors) {
  const canvas = document.createElement("canvas");
  canvas.width = 256;
  canvas.height = 1;
  fillRamp(canvas, colors);
  return canvas.getContext("2d").getImageData(0, 0, 256, 1).data;
}

function fillRamp(canvas, colors) {
  const context = canvas.getContext("2d");
  const gradient = context.createLinearGradient(0, 0, canvas.width, 0);
  colors.forEach((color, place) => gradient.addColorStop(place / (colors.length - 1), color));
  context.fillStyle = gradient;
  context.fillRect(0, 0, canvas.width, canvas.height);
}

// The legend of a heat: low, the ramp, high, and what is counted.
export function heatLegend(colors, words) {
  const legend = element("div", "coverage-map-heat");
  const ramp = element("canvas");
  ramp.width = 120;
  ramp.height = 10;
  fillRamp(ramp, colors);
  const line = element("div", "coverage-map-heat-line");
  line.append(element("span", "", words.low), ramp, element("span", "", words.high));
  legend.append(line, element("div", "coverage-map-heat-about", words.heat_about));
  return legend;
}
