import { StrictMode, useCallback, useEffect, useState } from "react";
import { createRoot } from "react-dom/client";
import { SignIn } from "./sign-in";
import { Team } from "./team";
import "./app.css";

export interface User {
  readonly id: string;
  readonly name: string;
}

/** Shows the team's page to signed-in users, and the sign-in to others. */
function App() {
  const [user, setUser] = useState<User | null>();

  const load = useCallback(async () => {
    const answer = await fetch("/api/session");
    setUser(answer.ok ? await answer.json() : null);
  }, []);
  useEffect(() => {
    void load();
  }, [load]);

  if (user === undefined) return null;
  return user ? <Team user={user} onSignedOut={load} /> : <SignIn onSignedIn={load} />;
}

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
