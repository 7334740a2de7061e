// Requests to the door. Every failure becomes an ApiError whose `info` has the form {code, retryable, message}.

export class ApiError extends Error {
  constructor(info) {
    super(info.message);
    this.info = info;
  }
}

const OFFLINE = { code: "network", retryable: true, message: "网络连不上，您已填的内容都在。请检查网络后再试。" };

async function call(path, options) {
  let response;
  let body;
  try {
    response = await fetch(path, { cache: "no-store", ...options });
    body = await response.json();
  } catch {
    throw new ApiError(OFFLINE);
  }
  if (!response.ok) throw new ApiError(body.error ?? OFFLINE);
  return body;
}

const post = (path, body) =>
  call(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

export const openSession = async () => (await post("/api/session", {})).session;

export const sendTurn = (session, text, turnId) => post("/api/turn", { session, text, turn_id: turnId, channel: "page" });

export const track = (receipt, phone4) => call(`/api/track?${new URLSearchParams({ receipt, phone4 })}`);

// randomUUID exists only on secure connections; a turn needs an id on any.
export function newTurnId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
}
