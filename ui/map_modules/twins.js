// Maps of one name show one place: where a reader moves one of them, the others follow.

export function syncTwins(state) {
  const { map, root, scene } = state;
  root.dataset.twins = scene.view.twins;
  if (state.leads) return;
  state.leads = () => leadTwins(state);
  map.on("moveend", state.leads);
}

function leadTwins(state) {
  const { map, root } = state;
  if (!root.dataset.twins || state.isLed || state.scene.view.view_key !== state.zoomedKey) return;
  const roots = [...document.querySelectorAll(".coverage-map")].filter(({ dataset }) => dataset.twins === root.dataset.twins);
  const twins = roots.map(({ coverageMap }) => coverageMap).filter((twin) => twin && twin !== state);
  twins.forEach((twin) => {
    twin.isLed = true;
    twin.map.setView(map.getCenter(), map.getZoom(), { animate: false });
    twin.isLed = false;
  });
}
