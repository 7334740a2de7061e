// What a reload of this tab must not lose. Kept in sessionStorage only: it ends with the tab.

const KEY = "wenban";
const MOST_ENTRIES = 80;

function load() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY)) ?? {};
  } catch {
    return {};
  }
}

export const memory = { session: null, entries: [], record: null, pending: null, ...load() };

export function remember(change) {
  Object.assign(memory, change);
  memory.entries = memory.entries.slice(-MOST_ENTRIES);
  sessionStorage.setItem(KEY, JSON.stringify(memory));
}
