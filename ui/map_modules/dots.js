// Points and proposed groups: unpacked once, projected once, painted on every move.

const GRID_CELLS = 256;
const COATS = 16;
const MANY = 20000;
const SQUARE_PX = 3;
const MOST_TOGETHER = 200;
const MARK_SIZES = [[300, 6], [2000, 4.5], [8000, 3.25], [MANY, 2.5]]; // at most so many in view: so large (px)
const FEW_SELECTED = 60;
const FEW_RINGS = { radius: 10, strokes: [["#ffffff", 5], ["#111827", 2.5]] };
const MANY_RINGS = { radius: 6, strokes: [["#111827", 1.1]] };
const LEAD_SIZES = [[60, 8], [400, 6.5], [Infinity, 4.5]];

export function unpackPoints(L, crs, body) {
  const points = projectPairs(crs, new Float32Array(bytesOf(body.lonlat).buffer));
  return Object.assign(points, {
    categories: bytesOf(body.categories),
    texts: body.texts,
    grid: buildGrid(points),
  });
}

// A group is its lead (or the middle, where nobody leads) followed by its members.
export function unpackGroups(L, crs, body) {
  const seats = projectPairs(crs, new Float32Array(bytesOf(body.lonlat).buffer));
  const sizes = new Uint16Array(bytesOf(body.sizes).buffer);
  const starts = new Uint32Array(sizes.length + 1);
  sizes.forEach((size, group) => {
    starts[group + 1] = starts[group] + size;
  });
  const hubs = { xs: new Float64Array(sizes.length), ys: new Float64Array(sizes.length) };
  sizes.forEach((_, group) => {
    hubs.xs[group] = seats.xs[starts[group]];
    hubs.ys[group] = seats.ys[starts[group]];
  });
  const grid = buildGrid(hubs);
  return { seats, starts, hubs, grid, categories: bytesOf(body.categories), texts: body.texts };
}

export function bytesOf(base64) {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i += 1) bytes[i] = text.charCodeAt(i);
  return bytes;
}

export function projectPairs(crs, pairs) {
  const count = pairs.length / 2;
  const xs = new Float64Array(count);
  const ys = new Float64Array(count);
  for (let i = 0; i < count; i += 1) {
    const { x, y } = crs.projection.project({ lng: pairs[2 * i], lat: pairs[2 * i + 1] });
    xs[i] = x;
    ys[i] = y;
  }
  return { xs, ys };
}

// Points sorted by cell of a square grid: cell k holds order[starts[k]] .. order[starts[k + 1] - 1].
function buildGrid({ xs, ys }) {
  const left = xs.reduce((a, b) => Math.min(a, b), Infinity);
  const bottom = ys.reduce((a, b) => Math.min(a, b), Infinity);
  const width = xs.reduce((a, b) => Math.max(a, b), -Infinity) - left;
  const height = ys.reduce((a, b) => Math.max(a, b), -Infinity) - bottom;
  const side = Math.max(width, height, 1) / (GRID_CELLS - 1);
  const place = (value, start) => Math.min(GRID_CELLS - 1, Math.max(0, Math.floor((value - start) / side)));
  const cellOf = (x, y) => place(y, bottom) * GRID_CELLS + place(x, left);
  const starts = new Uint32Array(GRID_CELLS * GRID_CELLS + 1);
  xs.forEach((x, i) => {
    starts[cellOf(x, ys[i]) + 1] += 1;
  });
  for (let cell = 0; cell < GRID_CELLS * GRID_CELLS; cell += 1) starts[cell + 1] += starts[cell];
  const next = starts.slice();
  const order = new Uint32Array(xs.length);
  xs.forEach((x, i) => {
    const cell = cellOf(x, ys[i]);
    order[next[cell]] = i;
    next[cell] += 1;
  });
  return { starts, order, column: (x) => place(x, left), row: (y) => place(y, bottom) };
}

// Calls `visit(index, square of the distance)` for each point at most `reach` metres away from a place.
function visitNear({ xs, ys }, grid, place, reach, visit) {
  for (let row = grid.row(place.y - reach); row <= grid.row(place.y + reach); row += 1) {
    const from = grid.starts[row * GRID_CELLS + grid.column(place.x - reach)];
    const to = grid.starts[row * GRID_CELLS + grid.column(place.x + reach) + 1];
    for (let k = from; k < to; k += 1) {
      const i = grid.order[k];
      const square = (xs[i] - place.x) ** 2 + (ys[i] - place.y) ** 2;
      if (square <= reach * reach) visit(i, square);
    }
  }
}

// Index of the point nearest to a place, the one painted last among equals; -1 for none.
export function nearest(points, grid, place, reach, isShown = () => true) {
  let best = -1;
  let bestSquare = Infinity;
  visitNear(points, grid, place, reach, (i, square) => {
    if ((square < bestSquare || (square === bestSquare && i > best)) && isShown(i)) {
      best = i;
      bestSquare = square;
    }
  });
  return best;
}

// Indices of the points that nobody can tell apart from one of them at this zoom, in their order.
export function together({ xs, ys }, grid, index, reach, isShown) {
  const found = [];
  visitNear({ xs, ys }, grid, { x: xs[index], y: ys[index] }, reach, (i) => {
    if (isShown(i)) found.push(i);
  });
  return found.sort((a, b) => a - b).slice(0, MOST_TOGETHER);
}

// Paints in several coats, so that no category hides the others; `shown` says of each category whether it is painted.
// Returns the size of the marks, 0 for squares.
export function paintPoints(context, bounds, placer, points, categories, stamp, shown) {
  const inView = countInView(bounds, placer, points, shown);
  if (inView > MANY) {
    paintSquares(context, bounds, placer, points, categories, shown);
    return 0;
  }
  const coats = Array.from({ length: COATS }, () => categories.map(() => []));
  visitShown(bounds, placer, points, shown, (i, x, y) => coats[i % COATS][points.categories[i]].push(x, y));
  const size = sizeFor(MARK_SIZES, inView);
  coats.forEach((byCategory) =>
    byCategory.forEach((pixels, k) => {
      if (pixels.length) paintSprites(context, pixels, stamp(categories[k].shape, size, categories[k].color));
    }),
  );
  return size;
}

// Calls `visit(index, x, y)` for each point that is shown and in view.
function visitShown({ min, max }, placer, { xs, ys, categories }, shown, visit) {
  for (let i = 0; i < xs.length; i += 1) {
    if (!shown[categories[i]]) continue;
    const x = placer.x(xs[i]);
    const y = placer.y(ys[i]);
    if (x > min.x && x < max.x && y > min.y && y < max.y) visit(i, x, y);
  }
}

function countInView(bounds, placer, points, shown) {
  let count = 0;
  visitShown(bounds, placer, points, shown, () => {
    count += 1;
  });
  return count;
}

// A ring around each point of these categories.
export function paintRings(context, bounds, placer, points, wanted, sprite) {
  const pixels = [];
  visitShown(bounds, placer, points, wanted, (i, x, y) => pixels.push(x, y));
  paintSprites(context, pixels, sprite);
}

// Written pixel by pixel: a hundred thousand rectangles would take the canvas ten times as long.
function paintSquares(context, { min, max }, placer, { xs, ys, categories: kinds }, categories, shown) {
  const ratio = window.devicePixelRatio || 1;
  const image = new ImageData(Math.ceil((max.x - min.x) * ratio), Math.ceil((max.y - min.y) * ratio));
  const pixels = new Uint32Array(image.data.buffer);
  const side = Math.round(SQUARE_PX * ratio);
  const colors = categories.map(({ color }) => pixelOf(color));
  for (let coat = 0; coat < COATS; coat += 1) {
    for (let i = coat; i < xs.length; i += COATS) {
      if (!shown[kinds[i]]) continue;
      const left = Math.round((placer.x(xs[i]) - min.x - SQUARE_PX / 2) * ratio);
      const top = Math.round((placer.y(ys[i]) - min.y - SQUARE_PX / 2) * ratio);
      if (left < 0 || top < 0 || left + side > image.width || top + side > image.height) continue;
      for (let row = top; row < top + side; row += 1) {
        const start = row * image.width + left;
        pixels.fill(colors[kinds[i]], start, start + side);
      }
    }
  }
  const canvas = document.createElement("canvas");
  canvas.width = image.width;
  canvas.height = image.height;
  canvas.getContext("2d").putImageData(image, 0, 0);
  context.drawImage(canvas, min.x, min.y, image.width / ratio, image.height / ratio);
}

// #rrggbb as the four bytes of a pixel, red first; every browser's machine has the lowest byte first.
function pixelOf(color) {
  const [red, green, blue] = [1, 3, 5].map((place) => parseInt(color.slice(place, place + 2), 16));
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

// A few stand out; many are ringed thinly, or their rings would be all that is seen.
export function paintSelected(context, placer, { xs, ys }, selected) {
  const { radius, strokes } = selected.length > FEW_SELECTED ? MANY_RINGS : FEW_RINGS;
  strokes.forEach(([color, width]) => {
    context.beginPath();
    selected.forEach((i) => {
      const [x, y] = [placer.x(xs[i]), placer.y(ys[i])];
      context.moveTo(x + radius, y);
      context.arc(x, y, radius, 0, 2 * Math.PI);
    });
    context.strokeStyle = color;
    context.lineWidth = width;
    context.stroke();
  });
}

function sizeFor(sizes, count) {
  return sizes.find(([limit]) => count <= limit)[1];
}

function paintSprites(context, pixels, { image, half }) {
  for (let i = 0; i < pixels.length; i += 2) {
    context.drawImage(image, pixels[i] - half, pixels[i + 1] - half, 2 * half, 2 * half);
  }
}

export function paintGroups(context, placer, groups, categories, stamp) {
  const { seats, starts, hubs } = groups;
  const size = sizeFor(LEAD_SIZES, hubs.xs.length);
  context.lineWidth = size > 5 ? 1.75 : 1;
  categories.forEach(({ color }, k) => {
    context.beginPath();
    for (let group = 0; group < hubs.xs.length; group += 1) {
      if (groups.categories[group] === k) traceGroup(context, placer, seats, starts[group], starts[group + 1]);
    }
    context.strokeStyle = color;
    context.stroke();
  });
  for (let group = 0; group < hubs.xs.length; group += 1) {
    const { color } = categories[groups.categories[group]];
    paintSprites(context, [placer.x(hubs.xs[group]), placer.y(hubs.ys[group])], stamp("star", size, color));
  }
}

function traceGroup(context, placer, { xs, ys }, hub, end) {
  for (let member = hub + 1; member < end; member += 1) {
    context.moveTo(placer.x(xs[hub]), placer.y(ys[hub]));
    context.lineTo(placer.x(xs[member]), placer.y(ys[member]));
  }
}
