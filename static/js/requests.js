// Commands of scripts: what comes of them is drawn by the socket.
const PATIENCE = 20_000;

// Rejects when nobody answers; whatever can send `body` again does so with the same key, so that it counts once.
const post = (address, body, options = {}) =>
  fetch(address, {
    method: "POST",
    body,
    headers: { "HX-Request": "true" },
    signal: AbortSignal.timeout(PATIENCE),
    ...options,
  });

// crypto.randomUUID exists on secure origins only; getRandomValues everywhere.
const newKey = () => {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
};

const isConnected = () => Boolean(document.querySelector("chat-live")?.isOpen);
