/** Whether the page may notify. */
export type Permission = "granted" | "denied" | "unasked" | "unsupported";

/** Returns whether this page may notify. Does not ask the user. */
function notificationPermission(): Permission {
  try {
    if (typeof Notification === "undefined") return "unsupported";
    return Notification.permission === "default" ? "unasked" : Notification.permission;
  } catch {
    // Some embedded browsers have `Notification` and forbid its use.
    return "unsupported";
  }
}

/** Asks the user for permission, unless they have answered before. Call it after the user asked for a notification. */
export async function askPermission(): Promise<Permission> {
  if (notificationPermission() !== "unasked") return notificationPermission();
  try {
    await Notification.requestPermission();
  } catch {
    // Some embedded pages may not ask.
  }
  return notificationPermission();
}

interface Message {
  readonly title: string;
  readonly body: string;
  /** Several tabs with the same tag show one notification. */
  readonly tag: string;
}

/** Shows a notification whose click brings the page to the front. Returns whether the browser could. */
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
    // Chrome on Android has the constructor, and throws.
    return false;
  }
}
