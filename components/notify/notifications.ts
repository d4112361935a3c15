/** What became of asking whether the page may notify. */
export type Permission = "granted" | "denied" | "unasked" | "unsupported";

/** Whether this browser lets the page notify. Asks nobody. */
function notificationPermission(): Permission {
  try {
    if (typeof Notification === "undefined") return "unsupported";
    return Notification.permission === "default" ? "unasked" : Notification.permission;
  } catch {
    // Some embedded browsers have the name and forbid its use.
    return "unsupported";
  }
}

/** Asks the reader, who has just said that they want to be notified; not if they have answered before. */
export async function askPermission(): Promise<Permission> {
  if (notificationPermission() !== "unasked") return notificationPermission();
  try {
    await Notification.requestPermission();
  } catch {
    // Some embedded pages may not even ask.
  }
  return notificationPermission();
}

interface Message {
  readonly title: string;
  readonly body: string;
  /** Tabs that tell the same under one tag tell it once. */
  readonly tag: string;
}

/** Shows a notification whose click brings the page to the front. Whether the browser could. */
export function showNotification({ title, body, tag }: Message): boolean {
  if (notificationPermission() !== "granted") return false;
  try {
    const notification = new Notification(title, { body, tag, icon: "/icon.svg" });
    notification.addEventListener("click", () => {
      window.focus();
      notification.close();
    });
    return true;
  } catch {
    // Chrome on Android has the constructor and forbids it.
    return false;
  }
}
