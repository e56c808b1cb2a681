// TopoJSON, quantised: areas with rings in degrees, and each border once.

export function decodeTopology(topology, objectName) {
  const lines = topology.arcs.map((arc) => decodeArc(arc, topology.transform));
  const shapes = topology.objects[objectName].geometries.map((geometry) => decodeShape(geometry, lines));
  return { shapes, borders: findBorders(shapes, lines) };
}

// Steps in whole quanta become degrees (TopoJSON 1.0, §2.1.4).
function decodeArc(arc, { scale, translate }) {
  let x = 0;
  let y = 0;
  return arc.map(([dx, dy]) => {
    x += dx;
    y += dy;
    return [x * scale[0] + translate[0], y * scale[1] + translate[1]];
  });
}

function decodeShape(geometry, lines) {
  const chains = chainsOf(geometry);
  const rings = chains.map((chain) => joinArcs(chain, lines));
  const { name, parent, c, kind } = geometry.properties;
  return { id: geometry.id, name, parent, center: c, kind, chains, rings, box: boxOf(rings) };
}

// Rings of a MultiPolygon lie side by side: with the even-odd rule a hole is one more ring.
function chainsOf({ type, arcs }) {
  const depth = { LineString: 1, MultiLineString: 2, Polygon: 2, MultiPolygon: 3 }[type];
  if (depth === 1) return [arcs];
  return depth === 3 ? [].concat(...arcs) : arcs || [];
}

function joinArcs(chain, lines) {
  const ring = [];
  chain.forEach((index) => {
    const line = index < 0 ? lines[~index].slice().reverse() : lines[index];
    ring.push(...(ring.length ? line.slice(1) : line));
  });
  return ring;
}

export function boxOf(rings) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  rings.forEach((ring) =>
    ring.forEach(([x, y]) => {
      box[0] = Math.min(box[0], x);
      box[1] = Math.min(box[1], y);
      box[2] = Math.max(box[2], x);
      box[3] = Math.max(box[3], y);
    }),
  );
  return box;
}

// A border is as strong as the highest division it parts; the outer one (a coast, the rim of the file) has one owner.
function findBorders(shapes, lines) {
  const owners = lines.map(() => []);
  shapes.forEach((shape) => {
    shape.chains.forEach((chain) => chain.forEach((index) => owners[index < 0 ? ~index : index].push(shape)));
  });
  return lines.map((line, index) => ({ line, owners: owners[index], rank: rankOf(owners[index]) }));
}

function rankOf([one, other]) {
  if (!one || !other) return "outer";
  if (String(one.id).slice(0, 2) !== String(other.id).slice(0, 2)) return "province";
  return one.parent === other.parent ? "inner" : "city";
}

export function shapeAt(shapes, lon, lat) {
  return shapes.find(({ box, rings }) => {
    if (lon < box[0] || lon > box[2] || lat < box[1] || lat > box[3]) return false;
    return rings.reduce((inside, ring) => inside !== crosses(ring, lon, lat), false);
  });
}

function crosses(ring, lon, lat) {
  let inside = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
    const [x, y] = ring[i];
    const [px, py] = ring[j];
    if (y > lat !== py > lat && lon < ((px - x) * (lat - y)) / (py - y) + x) inside = !inside;
  }
  return inside;
}
