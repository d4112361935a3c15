import { Page, type Tab } from "./browser";
import type { Action } from "./script";
import type { World } from "./world";

/** Lets an action of the script happen, if there is anything for it to happen to. */
export function perform(world: World, action: Action): void {
  const tab = world.tabs[action.tab];
  if (!tab) return;
  const page = tab.page && !tab.page.isGone ? tab.page : null;
  switch (action.do) {
    case "open":
      if (!page) open(world, tab);
      return;
    case "tokens":
      return world.tokens.trouble(action.kind, action.ms);
    case "hibernate":
    case "alwaysHibernate":
      return world.host.hibernate(action.do === "alwaysHibernate");
    case "crash":
      return world.host.stop(action.share, action.seen ? "both" : "neither", action.ms);
    case "deploy":
      return world.host.stop(null, "both", action.ms);
    case "setServerClock":
      return world.host.setClock(action.ms);
    case "stall":
      return world.host.stall(action.ms);
    case "lateAlarm":
      world.nextAlarmLateMs = action.ms;
      return;
    default:
      if (page) befall(world, tab, page, action);
  }
}

/** The user opens the tab again; who has signed out signs in anew. */
function open(world: World, tab: Tab): void {
  if (world.oracles.signedOut.has(tab.sessionId)) tab.sessionId = world.newId("sign-in");
  tab.storage.clear();
  tab.isVisible = true;
  tab.page = new Page(world, tab);
}

function befall(world: World, tab: Tab, page: Page, action: Action): void {
  switch (action.do) {
    case "input":
    case "scroll":
      return page.emit({ type: action.do });
    case "type":
      // With pauses, so that each key is worth telling and no ping is ever due.
      for (let at = 0; at < action.ms; at += world.timings.intervalMs * 0.7)
        world.scheduler.after(at, () => page.emit({ type: "input" }));
      return;
    case "hide":
    case "show":
      if (page.held) return;
      tab.isVisible = action.do === "show";
      return page.emit({ type: "visibility" });
    case "throttle":
    case "unthrottle":
      return page.throttle(action.do === "throttle");
    case "signOut":
      if (page.held) return;
      world.oracles.signedOut.add(tab.sessionId);
      return page.run(() => void page.client.signOut());
    case "stop":
    case "start":
    case "reconnect":
      if (page.held || (action.do !== "stop" && world.oracles.signedOut.has(tab.sessionId))) return;
      page.stopped = action.do === "stop";
      return page.run(() => page.client[action.do]());
    case "refreshToken":
      if (page.held || world.oracles.signedOut.has(tab.sessionId)) return;
      page.refreshes = true;
      return page.run(() => page.client.refreshToken());
    case "hear":
      if (page.held) return;
      page.scope = action.scope;
      return page.run(() => page.client.setScope(action.scope));
    case "choose":
      if (page.held) return;
      return page.run(() => {
        page.client.setAvailability(action.availability);
        page.client.setHideLastSeen(action.hideLastSeen);
      });
    case "freeze":
    case "sleep":
      for (const wire of page.openWires()) {
        if (action.do === "sleep") wire.hold(world.now + action.ms, "both");
        if (action.loses) wire.cut("neither");
      }
      return page.hold(action.do === "sleep" ? "asleep" : "frozen", action.ms, () => {
        if (action.tells) page.emit({ type: action.do === "sleep" ? "online" : "resume" });
      });
    case "cache":
      if (page.held) return;
      page.emit({ type: "pagehide" });
      return page.hold("cached", action.ms, () => page.emit({ type: "pageshow", restored: true }));
    case "reload":
      if (action.tells) page.emit({ type: "pagehide" });
      page.end(true);
      world.scheduler.after(action.ms, () => {
        if (tab.page === page) tab.page = new Page(world, tab);
      });
      return;
    case "close":
      if (action.how === "told") page.emit({ type: "pagehide" });
      page.end(action.how !== "vanished");
      tab.page = null;
      return;
    case "setClock":
      tab.clockAheadMs += action.ms;
      return;
    case "cut":
      for (const wire of page.openWires()) wire.cut(action.seenBy);
      return;
    case "hold":
      for (const wire of page.openWires()) wire.hold(world.now + action.ms, action.which);
      return;
    case "offline":
      page.isOffline = true;
      if (action.tells) page.emit({ type: "offline" });
      for (const wire of page.openWires()) {
        if (action.loses) wire.cut("neither");
        else wire.hold(world.now + action.ms, "both");
      }
      world.scheduler.after(action.ms, () => {
        page.isOffline = false;
        if (action.tells) page.emit({ type: "online" });
      });
      return;
    default:
      throw new Error(`nobody knows how to ${action.do}`);
  }
}
