// Streamlit sends what is typed only when the field is left or Enter is pressed. A draft must not be older than five
// seconds, so the key that sends it is pressed for the planner while he types; the focus stays where it is.
if (!window.sendsWhatIsTyped) {
  window.sendsWhatIsTyped = true;
  const WAIT_MS = 3000;
  const NUMBER = '[data-testid="stNumberInput"] input';
  const TEXT = '[data-testid="stTextInput"] input, [data-testid="stTextArea"] textarea';
  const timers = new WeakMap();
  const composing = new WeakSet();

  const send = (field) => {
    timers.delete(field);
    if (composing.has(field)) { later(field); return; }
    field.dispatchEvent(new KeyboardEvent("keydown", {
      key: "Enter", code: "Enter", keyCode: 13, bubbles: true, cancelable: true, ctrlKey: field.tagName === "TEXTAREA",
    }));
  };
  const later = (field) => timers.set(field, setTimeout(send, WAIT_MS, field));

  document.addEventListener("compositionstart", (event) => composing.add(event.target), true);
  document.addEventListener("compositionend", (event) => composing.delete(event.target), true);
  document.addEventListener("input", (event) => {
    const field = event.target;
    if (!(field instanceof HTMLElement) || !field.matches(`${NUMBER}, ${TEXT}`)) return;
    // A number is written anew when it is sent, so it waits for a pause; a text is sent while typing goes on.
    if (field.matches(NUMBER)) clearTimeout(timers.get(field));
    else if (timers.has(field)) return;
    later(field);
  }, true);
}
