// Which tab this is: what the server keeps a case under, so that a reload finds it again.
//
// The number is in the tab's own storage, and with it a lock: a duplicated tab copies the storage, finds the
// lock taken, and begins with a case of its own. Browsers have locks on https and on localhost only.

const STORE = "densexplain-tab";
const HELD = "densexplainTab"; // of the window: the number that this page holds the lock of

function hold(tab) {
  if (window[HELD] === tab || !navigator.locks) return Promise.resolve(true);
  return new Promise((answer) => {
    navigator.locks
      .request(`${STORE}-${tab}`, { ifAvailable: true }, (lock) => {
        if (lock) window[HELD] = tab;
        answer(Boolean(lock));
        return lock ? new Promise(() => {}) : undefined; // held until the page is gone
      })
      .catch(() => answer(true));
  });
}

function stored() {
  try {
    return sessionStorage.getItem(STORE) || "";
  } catch {
    return ""; // storage is refused
  }
}

async function whichTab() {
  const tab = window[HELD] || stored();
  if (!tab) return "";
  if (await hold(tab)) return tab;
  await new Promise((wait) => setTimeout(wait, 150)); // the page before a reload may hold it for a moment
  return (await hold(tab)) ? tab : "";
}

function keep({ cookie, secret, tab }) {
  const secure = window.location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${cookie}=${secret}; Path=/; SameSite=Strict${secure}`; // gone when the browser is closed
  try {
    sessionStorage.setItem(STORE, tab);
  } catch {
    return; // a reload begins anew
  }
  if (window[HELD] !== tab) hold(tab);
}

export default function ({ data, setTriggerValue }) {
  if (!data) return;
  if (data.ask) whichTab().then((tab) => setTriggerValue("tab", { tab }));
  else keep(data);
}
