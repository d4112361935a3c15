import { useState, type FormEvent } from "react";

/** In place of your own sign-in: whoever gives a name is taken at their word. */
export function SignIn({ onSignedIn }: { onSignedIn: () => void }) {
  const [name, setName] = useState("");

  async function signIn(event: FormEvent) {
    event.preventDefault();
    const answer = await fetch("/api/session", { method: "POST", body: JSON.stringify({ name }) });
    if (answer.ok) onSignedIn();
  }

  return (
    <main className="sign-in">
      <h1>Sign in</h1>
      <form onSubmit={signIn}>
        <label>
          Your name
          <input value={name} onChange={(event) => setName(event.target.value)} maxLength={80} required />
        </label>
        <button type="submit">Sign in</button>
      </form>
    </main>
  );
}
