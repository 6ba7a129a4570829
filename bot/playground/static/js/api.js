// The line to the playground's server, as the person the page looks as.

let viewer = '';

// Where this workspace is served: others stand under /w/TEAM.
export const base = /^\/w\/[^/]+/.exec(location.pathname)?.[0] ?? '';

export function lookAs(user) {
  viewer = user;
}

const as = () => `as=${encodeURIComponent(viewer)}`;

export async function get(path) {
  const answer = await fetch(`${base}/play/${path}${path.includes('?') ? '&' : '?'}${as()}`);
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  return answer.json();
}

// Gives {error: ''} or the reason why it could not be done; never throws.
export async function act(deed, body) {
  try {
    const answer = await fetch(`${base}/play/do/${deed}?${as()}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!answer.ok) return { error: await answer.text() };
    return await answer.json();
  } catch {
    return { error: 'The playground does not answer. Is it still running?' };
  }
}

export function fileUrl(id) {
  return `${base}/play/files/${encodeURIComponent(id)}?${as()}`;
}

export function listen(onChange, onLine) {
  const source = new EventSource(`${base}/play/changes?${as()}`);
  source.onmessage = (event) => onChange(JSON.parse(event.data));
  source.onopen = () => onLine(true);
  source.onerror = () => onLine(false);
  return () => source.close();
}
