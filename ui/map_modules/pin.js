// The one marker that a planner moves: by drag, or with the arrow keys while it has the focus.

const DEGREE_DECIMALS = 6;
const KEY_PX = 6;
const ARROWS = { ArrowLeft: [-KEY_PX, 0], ArrowRight: [KEY_PX, 0], ArrowUp: [0, -KEY_PX], ArrowDown: [0, KEY_PX] };
// So long after the last key the new place is told: each one tells would run the page.
const KEYS_REST_MS = 600;
const PIN_SIZE = [22, 30];
const CIRCLE = { color: "#b3261e", weight: 1.2, opacity: 0.7, fillOpacity: 0.06, dashArray: "4 4", interactive: false };

// Where the pin of a view stands now; the page refuses it once it shows another view.
export function placedAt({ lat, lng }, { view_key }) {
  return { kind: "moved", view: view_key, lon: Number(lng.toFixed(DEGREE_DECIMALS)), lat: Number(lat.toFixed(DEGREE_DECIMALS)) };
}

// The marker of the scene; one that is where it was stays as it is, or its focus would be lost.
export function syncPin(state) {
  const { pin, view_key } = state.scene.view;
  const key = JSON.stringify([view_key, pin]); // two places may look alike
  if (state.pinKey === key) return;
  state.pinKey = key;
  if (state.pinView !== view_key) clearTimeout(state.pinMoving); // within a view a later key still counts
  state.pinView = view_key;
  const hadFocus = state.pin && state.pin.marker.getElement() === document.activeElement;
  if (state.pin) state.pin.group.remove();
  state.pin = pin && drawPin(state, pin);
  if (state.pin && hadFocus) state.pin.marker.getElement().focus();
}

function drawPin(state, pin) {
  const { L, map, scene } = state;
  const group = L.layerGroup().addTo(map);
  const icon = L.divIcon({
    className: `coverage-pin${pin.is_set ? " coverage-pin-set" : ""}`,
    html: false,
    iconSize: PIN_SIZE,
    iconAnchor: [PIN_SIZE[0] / 2, PIN_SIZE[1]],
  });
  const marker = L.marker([pin.lat, pin.lon], { icon, draggable: true, autoPan: true, keyboard: true, zIndexOffset: 1000 });
  if (pin.radius_m) L.circle([pin.lat, pin.lon], { ...CIRCLE, radius: pin.radius_m }).addTo(group);
  marker.addTo(group);
  const element = marker.getElement();
  element.setAttribute("aria-label", pin.label);
  element.title = pin.label;
  marker.on("dragend", () => state.emit(placedAt(marker.getLatLng(), scene.view)));
  element.addEventListener("keydown", (event) => moveByKey(state, marker, event));
  return { group, marker };
}

function moveByKey(state, marker, event) {
  const step = ARROWS[event.key];
  if (!step) return;
  event.preventDefault();
  event.stopPropagation(); // else the map pans as well
  const { map, scene } = state;
  marker.setLatLng(map.containerPointToLatLng(map.latLngToContainerPoint(marker.getLatLng()).add(step)));
  clearTimeout(state.pinMoving);
  state.pinMoving = setTimeout(() => state.emit(placedAt(marker.getLatLng(), scene.view)), KEYS_REST_MS);
}
