import { useState, type FormEvent } from "react";

/** A placeholder for your own sign-in. It accepts any name without proof. */
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
