// What the page knows: the workspace as one person sees it, and what is open.

export const store = {
  state: null,
  messages: [],
  screen: { modals: [], home: null },
  channel: '',
  tab: 'messages',
  thread: '',
  online: true,
  drawer: false,
  browserZone: false,
};

export const me = () => store.state.people[store.state.me];
export const person = (id) => store.state.people[id];
export const app = () => store.state.app;
export const place = (id = store.channel) => store.state.places.find((one) => one.id === id);
export const isApp = (id = store.channel) => id === app().channel;

export function placeName(one) {
  if (one.kind !== 'direct') return one.name;
  return one.others.map((id) => person(id)?.realName ?? id).join(', ') || `${me().realName} (you)`;
}

const ERRORS = {
  operation_timeout: 'The app did not answer in time (operation_timeout).',
  dispatch_failed: 'The app could not be reached or answered with an error (dispatch_failed).',
  is_archived: 'This channel is archived.',
  message_not_found: 'That message is gone.',
};

export const inWords = (error) => ERRORS[error] ?? error;
